import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { inRounds } from '../../../shared/rounds'

interface Folder {
  readonly sync: () => Promise<void>
  callers: number
}

const folders = new Map<string, Folder>()

/**
 * Makes creations, renames and removals in a folder durable: all that were made before the call. Many downloads that end
 * together share a sync. Windows has no such call and needs none.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const entry = folders.get(folder) ?? { sync: inRounds(() => sync(folder)), callers: 0 }
  folders.set(folder, entry)
  entry.callers++
  try {
    await entry.sync()
  } finally {
    if (--entry.callers === 0) folders.delete(folder)
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
