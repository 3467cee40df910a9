import path from 'node:path'
import { WriteMode } from './write-mode'

/** Folders whose pace is remembered. */
const mostFolders = 64
const folders = new Map<string, WriteMode>()

/**
 * Makes a small call to the file system: in this thread as long as those of the same folder are quick there, which saves
 * the way to another thread and back, several times what the call itself takes; else in another one.
 * @param file whose folder says how quick it is
 * @param here the call, blocking
 * @param elsewhere the same call, not blocking
 * @returns what it returns
 */
export function quickly<T>(file: string, here: () => T, elsewhere: () => Promise<T>): T | Promise<T> {
  const mode = modeOf(path.dirname(file))
  const began = performance.now()
  const took = () => mode.took(performance.now() - began)
  if (!mode.here) return elsewhere().finally(took)
  try {
    return here()
  } finally {
    took()
  }
}

function modeOf(folder: string): WriteMode {
  let mode = folders.get(folder)
  if (!mode) {
    if (folders.size === mostFolders) folders.clear()
    folders.set(folder, (mode = new WriteMode()))
  }
  return mode
}
