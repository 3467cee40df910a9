import type { Run } from './runs'

/** What aria2 wrote down about a file that it has not finished. */
export interface Aria2Control {
  readonly total: number
  /** Pieces that it calls complete. */
  readonly runs: readonly Run[]
}

/**
 * Reads a control file of aria2 (its manual, "Technical notes: Control File Format"): version, extension bits, info hash,
 * piece length, total length, upload length, bitfield, and the pieces in flight. Version 1 is in network byte order,
 * version 0 in that of the machine, taken for little-endian. Pieces in flight are not believed: they were being written.
 * @returns `null` when it is not such a file, or one of a torrent
 */
export function parseAria2(bytes: Buffer): Aria2Control | null {
  try {
    const version = bytes.readUInt16BE(0)
    const little = version === 0
    if (version > 1) return null
    let at = 2
    const u32 = (): number => {
      const value = little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
      at += 4
      return value
    }
    const u64 = (): number => {
      const value = Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
      at += 8
      return value
    }
    u32() // extension bits
    if (u32() !== 0) return null // an info hash: its bytes are of many files
    const pieceLength = u32()
    const total = u64()
    u64() // uploaded
    const bitfieldLength = u32()
    const pieces = Math.ceil(total / pieceLength)
    const bitfield = bytes.subarray(at, at + bitfieldLength)
    const fits = pieceLength > 0 && Number.isSafeInteger(total) && bitfieldLength === Math.ceil(pieces / 8)
    if (!fits || bitfield.length < bitfieldLength) return null
    at += bitfieldLength
    for (let left = u32(); left > 0; left--) {
      const index = u32()
      const length = u32()
      const blocks = u32()
      if (index >= pieces || length > pieceLength || at + blocks > bytes.length) return null
      at += blocks
    }
    return { total, runs: runsOf(bitfield, pieces, pieceLength, total) }
  } catch (error) {
    if (error instanceof RangeError) return null // it ends too early
    throw error
  }
}

function runsOf(bitfield: Buffer, pieces: number, pieceLength: number, total: number): Run[] {
  const runs: Run[] = []
  for (let piece = 0; piece < pieces; piece++) {
    if (((bitfield[piece >> 3]! >> (7 - (piece & 7))) & 1) === 0) continue
    const start = piece * pieceLength
    const end = Math.min(total, start + pieceLength)
    const last = runs.at(-1)
    if (last?.end === start) runs[runs.length - 1] = { start: last.start, end }
    else runs.push({ start, end })
  }
  return runs
}
