import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { syncFolder } from '../../src/main/engine/files/folder-sync'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-folder-sync-'))
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

/** Counts the syncs of real handles, which go on to the disk. */
async function watchSyncs() {
  const handle = await open(folder)
  await handle.close()
  return vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync')
}

it.skipIf(process.platform === 'win32')('shares one more sync among all who come during one', async () => {
  const syncs = await watchSyncs()
  await Promise.all(Array.from({ length: 50 }, () => syncFolder(folder)))
  expect(syncs).toHaveBeenCalledTimes(2)
})

it.skipIf(process.platform === 'win32')('syncs again for who comes after the end of one', async () => {
  const syncs = await watchSyncs()
  await syncFolder(folder)
  await syncFolder(folder)
  expect(syncs).toHaveBeenCalledTimes(2)
})

it.skipIf(process.platform === 'win32')(
  'tells every caller of a failure, and syncs the folder once it is there',
  async () => {
    const later = join(folder, 'later')
    const failed = await Promise.allSettled([syncFolder(later), syncFolder(later)])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const syncs = await watchSyncs()
    mkdirSync(later)
    await syncFolder(later)
    expect(syncs).toHaveBeenCalledTimes(1)
  },
)
