import { constants } from 'node:fs'
import { open, rename, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import type { BundleHead } from '../../../shared/bundle'
import { noFollow, removeIfThere, requireSpace } from '../files/file'
import { syncFolder } from '../files/folder-sync'
import { isSameFile } from '../files/identity'
import { blockRange, blockSize, type BlockSums, type Range } from '../integrity/blocks'
import type { Leftover } from '../ports'
import { bundleLength, Chain, encodeHead, piecesOf, sumLength } from './layout'
import type { Carried } from './head'
import { asRequest } from './problems'

export interface Packing {
  /** What is known of whole blocks, and of what makes none; what differs is not carried. */
  readonly sums: BlockSums
  readonly leftovers: readonly Leftover[]
  readonly signal: AbortSignal
  /** Told how many bytes of the file are in the bundle. */
  readonly onProgress: (bytes: number) => void
}

export type Packed =
  | { readonly kind: 'written'; readonly bytes: number }
  /** Bytes on the disk are not those that were written; there is no bundle. */
  | { readonly kind: 'damaged'; readonly ranges: readonly Range[] }

/** Another name until it is whole: what a crash leaves behind does not look like a bundle. */
export const unfinishedName = (target: string) => `${target}.unfinished`

/**
 * Writes a bundle, piece by piece through one buffer of 4 MiB. It has its name only when all of it is on the medium; one
 * that stands there is replaced then.
 * @param target path of the bundle
 * @param carried the partial file; `null` when the head names no bytes
 * @throws RequestFailure E_SPACE, E_DISK, E_FILE_MISSING when the partial file is another one; the signal's reason.
 *   Nothing is left behind then
 */
export async function pack(
  target: string,
  head: BundleHead,
  carried: Carried | null,
  packing: Packing,
): Promise<Packed> {
  const unfinished = unfinishedName(target)
  const front = await encodeHead(head)
  try {
    const source = carried === null ? null : await openCarried(carried)
    try {
      await requireSpace(path.dirname(target), bundleLength(front.length, head))
      const flags = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | noFollow
      const bundle = await open(unfinished, flags, 0o600)
      try {
        await writeAll(bundle, front)
        const bad = source === null ? [] : await copy(source, bundle, front, head, packing)
        if (bad.length > 0) {
          await removeIfThere(unfinished)
          return { kind: 'damaged', ranges: bad }
        }
        await bundle.sync()
      } finally {
        await bundle.close()
      }
    } finally {
      await source?.close()
    }
    packing.signal.throwIfAborted()
    await rename(unfinished, target)
    await syncFolder(path.dirname(target))
    return { kind: 'written', bytes: bundleLength(front.length, head) }
  } catch (error) {
    await removeIfThere(unfinished).catch(() => undefined)
    packing.signal.throwIfAborted()
    throw asRequest(error)
  }
}

async function openCarried({ path: file, inode }: Carried): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | noFollow)
  if (isSameFile(inode, await handle.stat({ bigint: true }))) return handle
  await handle.close()
  throw Object.assign(new Error(`another file stands at ${file}`), { code: 'ENOENT' })
}

/** @returns blocks that are not what was written; then what was written of the bundle is worth nothing */
async function copy(
  source: FileHandle,
  bundle: FileHandle,
  front: Buffer,
  { runs, remote }: BundleHead,
  { sums, leftovers, signal, onProgress }: Packing,
): Promise<Range[]> {
  const chain = new Chain(front.subarray(-sumLength))
  const bad: Range[] = []
  let done = 0
  for (const { start, end } of piecesOf(runs)) {
    signal.throwIfAborted()
    const piece = chain.room(end - start)
    const short = await readAll(source, piece, start)
    const block = Math.floor(start / blockSize)
    const whole = blockRange(block, remote?.total ?? Infinity)
    const isWhole = whole.start === start && whole.end === end
    const sum = isWhole ? sums.get(block) : leftovers.find((each) => each.start === start && each.end === end)?.crc32
    if (short || (sum !== undefined && crc32(piece) !== sum)) bad.push({ start, end })
    const digest = await chain.next(piece.length)
    if (bad.length > 0) continue // the rest is looked at all the same, so that all damage is known at once
    await writeAll(bundle, piece)
    await writeAll(bundle, digest)
    onProgress((done += piece.length))
  }
  return bad
}

/** @returns true when the file ends earlier */
async function readAll(file: FileHandle, into: Buffer, position: number): Promise<boolean> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at)
    if (bytesRead === 0) return true
    at += bytesRead
  }
  return false
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
}
