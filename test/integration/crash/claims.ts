import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import { isSameFile } from '../../../src/main/engine/files/identity'
import type { DownloadRecord } from '../../../src/main/engine/ports'
import { openDatabase } from '../../../src/main/store/database'
import { createDownloadStore } from '../../../src/main/store/downloads'
import { Content } from '../../server'

/** What a database claims, compared with what the disk has. */
export interface Findings {
  /** Bytes that the database calls written. */
  readonly claimed: number
  /** Every claim that is not true, in words. */
  readonly bad: readonly string[]
}

/** @throws when the database cannot be read */
export function compareClaims(database: string): Findings {
  const opened = openDatabase(database)
  try {
    let claimed = 0
    const bad: string[] = []
    for (const record of createDownloadStore(opened).all()) {
      for (const { file, inode, start, end, what } of claimsOf(record)) {
        const problem = difference(contentOf(record), file, inode, start, end)
        claimed += end - start
        if (problem !== null) bad.push(`${path.basename(record.url)}, ${what} ${start}-${end}: ${problem}`)
      }
    }
    return { claimed, bad }
  } finally {
    opened.close()
  }
}

/** Bytes of one file that the store says are there; `file` is every name it may have. */
interface Claim {
  readonly file: readonly string[]
  readonly inode: string
  readonly start: number
  readonly end: number
  readonly what: string
}

function claimsOf({ part, finalBytes, folder, name }: DownloadRecord): Claim[] {
  switch (part.kind) {
    case 'none':
    case 'foreign':
      return []
    case 'open':
      // At least the name of the part, also while nothing is in it.
      return part.segments.map(({ start, written }) => ({
        file: [part.path],
        inode: part.inode,
        start,
        end: written,
        what: 'written',
      }))
    case 'finalizing':
      return [{ file: [part.finalPath, part.path], inode: part.inode, start: 0, end: part.bytes, what: 'publishing' }]
    case 'published':
      return [{ file: [path.join(folder, name)], inode: part.inode, start: 0, end: finalBytes ?? 0, what: 'done' }]
  }
}

/** The test server's ETags say what the bytes are: `"v<seed>-<size>"`. */
function contentOf({ remote }: DownloadRecord): Content {
  const [, seed, size] = /^"v(\d+)-(\d+)/.exec(remote?.validator?.value ?? '') ?? []
  return new Content(Number(size), Number(seed))
}

function difference(
  content: Content,
  names: readonly string[],
  inode: string,
  start: number,
  end: number,
): string | null {
  for (const name of names) {
    let fd: number
    try {
      fd = openSync(name, 'r')
    } catch {
      continue
    }
    try {
      if (!isSameFile(inode, fstatSync(fd, { bigint: true }))) continue
      const piece = Buffer.alloc(1024 * 1024)
      for (let at = start; at < end;) {
        const length = readSync(fd, piece, 0, Math.min(piece.length, end - at), at)
        if (length === 0) return `the file ends at ${at}`
        if (!piece.subarray(0, length).equals(content.bytes(at, at + length))) return `other bytes from ${at} on`
        at += length
      }
      return null
    } finally {
      closeSync(fd)
    }
  }
  return 'no such file'
}
