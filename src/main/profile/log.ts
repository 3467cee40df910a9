import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '../engine/ports'

/** A log that grew past this many bytes becomes `….1`, which replaces the one before. */
const maxBytes = 4 * 1024 * 1024

/**
 * A log of JSON lines. An error of the log itself is dropped: a full disk must not stop what could still go on.
 * @param file path; its folder is created
 */
export function createFileLog(file: string): Log {
  let size = sizeOf(file)
  return (level, message, fields) => {
    const line = `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`
    try {
      if (size === 0) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      if (size > maxBytes) {
        renameSync(file, `${file}.1`)
        size = 0
      }
      appendFileSync(file, line, { mode: 0o600 })
      size += Buffer.byteLength(line)
    } catch {
      size = sizeOf(file)
    }
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
