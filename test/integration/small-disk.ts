import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'

const call = promisify(execFile)

/** A file system of its own, so small that it fills up. */
export async function smallDisk(mebibytes: number, at?: string) {
  const folder = at ?? (await mkdtemp(path.join(tmpdir(), 'longshore-disk-')))
  await call('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  let mounted = true
  return {
    folder,
    path: (name: string) => path.join(folder, name),
    remount: (how: 'ro' | 'rw') => call('mount', ['-o', `remount,${how}`, folder]),
    /** As soon as nobody has a file open there. */
    async unmount() {
      await expect.poll(() => call('umount', [folder]).then(() => true, String)).toBe(true)
      mounted = false
    },
    async [Symbol.asyncDispose]() {
      if (mounted) await call('umount', ['-l', folder])
      await rm(folder, { recursive: true })
    },
  }
}
async function mayMount(): Promise<boolean> {
  try {
    await (await smallDisk(1))[Symbol.asyncDispose]()
    return true
  } catch {
    console.warn('not run: tests of full and read-only disks need root, to mount one')
    return false
  }
}

/** Whether this machine lets us mount one; it says so when not. */
export const mountable = process.platform === 'linux' && (await mayMount())
