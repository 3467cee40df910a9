import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import type { BundleHead } from '../../../shared/bundle'
import { createPart, removeIfThere, type PartFile } from '../files/file'
import { syncFolder } from '../files/folder-sync'
import { partName } from '../files/filename'
import { blockRange, blockSize, type BlockSums } from '../integrity/blocks'
import type { Leftover } from '../ports'
import { asRequest } from './problems'
import { bundleLength, Chain, decodeHead, frontLength, headLength, notOne, piecesOf, sumLength } from './layout'

/** A bundle whose head is right and which is as long as it has to be. Its pieces are looked at by `unpack`. */
export interface Bundle {
  readonly head: BundleHead
  readonly front: Buffer
  readonly handle: FileHandle
  readonly close: () => Promise<void>
}

/** A partial file that was made from a bundle; all of it is on the medium. */
export interface Unpacked {
  readonly generation: string
  readonly path: string
  readonly inode: string
  /** Of blocks that are there as a whole. */
  readonly sums: BlockSums
  /** Of what makes no whole block. */
  readonly leftovers: readonly Leftover[]
}

export interface Unpacking {
  readonly folder: string
  readonly name: string
  /** Nobody else imports the same to there; kept until the end. @throws RequestFailure when somebody does */
  readonly lock: (file: string) => void
  readonly signal: AbortSignal
  /** Told how many bytes of the file are written. */
  readonly onProgress: (bytes: number) => void
}

/**
 * Opens a bundle and checks its head and its length.
 * @throws RequestFailure E_BUNDLE when it is none, was altered or cut; E_BUNDLE_VERSION; E_FILE_MISSING, E_DISK
 */
export async function openBundle(file: string): Promise<Bundle> {
  try {
    const handle = await open(file, constants.O_RDONLY)
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) throw notOne('it is not a file')
      const length = headLength(await read(handle, 0, Math.min(frontLength, stat.size)))
      const whole = frontLength + length + sumLength
      if (stat.size < whole) throw notOne('it ends in its head')
      const front = await read(handle, 0, whole)
      const head = await decodeHead(front)
      const expected = bundleLength(whole, head)
      if (stat.size !== expected) throw notOne(`it has ${stat.size} bytes and should have ${expected}`)
      return { head, front, handle, close: () => handle.close() }
    } catch (error) {
      await handle.close()
      throw error
    }
  } catch (error) {
    throw asRequest(error)
  }
}

/**
 * Makes a partial file of a bundle's bytes. Every piece is compared with its sum before a byte of it is written, and
 * nothing may be claimed before this has returned: then all pieces were right and are on the medium.
 *
 * Until then the file has a name that is no part's and that follows from the bundle: what a killed import left behind is
 * known again, and replaced.
 * @throws RequestFailure E_BUNDLE, E_SPACE, E_DISK; the signal's reason. No partial file is left behind then
 */
export async function unpack({ head, front, handle }: Bundle, unpacking: Unpacking): Promise<Unpacked> {
  const { folder, name, lock, signal } = unpacking
  const of = (generation: string) => path.join(folder, partName(name, generation))
  const begun = `${of(front.subarray(-sumLength).toString('hex').slice(0, 8))}~`
  const generation = randomBytes(4).toString('hex')
  try {
    lock(begun)
    await removeIfThere(begun)
    const part = await createPart(begun, head.remote?.total ?? 0)
    try {
      const sums = await copy(handle, front, head, part, unpacking).finally(() => part.close())
      signal.throwIfAborted()
      await rename(begun, of(generation))
      await syncFolder(folder)
      return { generation, path: of(generation), inode: part.inode, ...sums }
    } catch (error) {
      await removeIfThere(begun).catch(() => undefined)
      throw error
    }
  } catch (error) {
    signal.throwIfAborted()
    throw asRequest(error)
  }
}

async function copy(
  bundle: FileHandle,
  front: Buffer,
  { runs, remote }: BundleHead,
  part: PartFile,
  { signal, onProgress }: Unpacking,
): Promise<Pick<Unpacked, 'sums' | 'leftovers'>> {
  const total = remote?.total ?? 0
  const chain = new Chain(front.subarray(-sumLength))
  const sums = new Map<number, number>()
  const leftovers: Leftover[] = []
  let position = front.length
  let done = 0
  for (const { start, end } of piecesOf(runs)) {
    signal.throwIfAborted()
    const piece = chain.room(end - start)
    await readInto(bundle, piece, position)
    const expected = await read(bundle, position + piece.length, sumLength)
    if (!(await chain.next(piece.length)).equals(expected)) throw notOne(`it was altered near byte ${position}`)
    await part.write([piece], start)
    const crc = crc32(piece)
    const block = Math.floor(start / blockSize)
    const whole = blockRange(block, total)
    if (whole.start === start && whole.end === end) sums.set(block, crc)
    else leftovers.push({ start, end, crc32: crc })
    position += piece.length + sumLength
    onProgress((done += piece.length))
  }
  await part.sync()
  return { sums, leftovers }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(length)
  await readInto(file, bytes, position)
  return bytes
}

async function readInto(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at)
    if (bytesRead === 0) throw notOne('it ends early')
    at += bytesRead
  }
}
