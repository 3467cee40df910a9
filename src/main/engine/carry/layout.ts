import { bundleHeadSchema, type BundleHead } from '../../../shared/bundle'
import { RequestFailure } from '../../../shared/errors'
import { blockSize } from '../integrity/blocks'
import type { Run } from '../adopt/runs'

/*
 * A bundle: its version in a line, the head as JSON behind its length, and then the bytes of the file in pieces, each
 * with a SHA-256 behind it that covers the one before, so that nothing can be missing, doubled or moved. All lengths
 * follow from the head. docs/bundle.md.
 */

/** What bundles of all versions begin with. */
export const family = 'longshore bundle '
export const signature = Buffer.from(`${family}1\n`)
/** Bytes of a SHA-256. */
export const sumLength = 32
/** Bytes: hashes of the pieces of a very large file make some megabytes. */
const longestHead = 64 * 1024 * 1024
/** Signature and length of the head. */
export const frontLength = signature.length + 4

/** SHA-256, off this thread. */
export async function sumOf(bytes: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes))
}

/** @returns everything before the first piece, with its sum at the end */
export async function encodeHead(head: BundleHead): Promise<Buffer> {
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  const front = Buffer.concat([signature, length, json])
  return Buffer.concat([front, await sumOf(front)])
}

/**
 * @param front the first `frontLength` bytes of a file, or fewer when it has no more
 * @returns the length of the head in bytes, which is followed by its sum
 * @throws RequestFailure E_BUNDLE, E_BUNDLE_VERSION
 */
export function headLength(front: Buffer): number {
  if (front.subarray(0, family.length).toString('latin1') !== family) throw notOne('it does not begin like a bundle')
  if (!front.subarray(0, signature.length).equals(signature)) {
    const version = front.subarray(family.length).toString('latin1').split('\n')[0] ?? ''
    throw new RequestFailure({ code: 'E_BUNDLE_VERSION', detail: `its format is ${JSON.stringify(version)}` })
  }
  if (front.length < frontLength) throw notOne('it ends in its head')
  const length = front.readUInt32BE(signature.length)
  if (length > longestHead) throw notOne(`its head has ${length} bytes`)
  return length
}

/**
 * @param bytes what `encodeHead` wrote
 * @throws RequestFailure E_BUNDLE when it was altered or says what cannot be
 */
export async function decodeHead(bytes: Buffer<ArrayBuffer>): Promise<BundleHead> {
  const front = bytes.subarray(0, -sumLength)
  if (!(await sumOf(front)).equals(bytes.subarray(-sumLength))) throw notOne('its head was altered')
  try {
    return bundleHeadSchema.parse(JSON.parse(front.toString('utf8', frontLength)))
  } catch (error) {
    throw notOne(`its head cannot be: ${(error as Error).message}`)
  }
}

/** Cuts runs at the blocks of the file, so that each piece is a block or lies inside of one. */
export function* piecesOf(runs: Iterable<readonly [start: number, end: number]>): Generator<Run> {
  for (const [start, end] of runs) {
    for (let at = start; at < end;) {
      const next = Math.min(end, (Math.floor(at / blockSize) + 1) * blockSize)
      yield { start: at, end: next }
      at = next
    }
  }
}

/** @returns bytes that `runs` stand for */
export function bytesIn(runs: BundleHead['runs']): number {
  return runs.reduce((sum, [start, end]) => sum + (end - start), 0)
}

/**
 * @param head of which `headBytes` is the encoded form's length
 * @returns how long the whole bundle has to be
 */
export function bundleLength(headBytes: number, { runs }: BundleHead): number {
  let length = headBytes
  for (const { start, end } of piecesOf(runs)) length += end - start + sumLength
  return length
}

/**
 * The sums of the pieces, each over the one before and its bytes.
 * @param first the sum of the head
 */
export class Chain {
  /** Where the bytes of a piece have their place: `room(length)` of it, so that a sum needs no copy. */
  readonly #buffer = Buffer.alloc(sumLength + blockSize)

  constructor(first: Uint8Array) {
    this.#buffer.set(first)
  }

  /** Memory for the next piece; filled by the caller before `next`. */
  room(length: number): Buffer {
    return this.#buffer.subarray(sumLength, sumLength + length)
  }

  /** @returns the sum of the piece that is in `room(length)` now */
  async next(length: number): Promise<Buffer> {
    const sum = await sumOf(this.#buffer.subarray(0, sumLength + length))
    this.#buffer.set(sum)
    return sum
  }
}

export function notOne(detail: string): RequestFailure {
  return new RequestFailure({ code: 'E_BUNDLE', detail })
}
