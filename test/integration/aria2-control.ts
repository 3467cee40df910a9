/** A control file as aria2 writes it, version 1. */
export function aria2Control(of: {
  readonly pieceLength: number
  readonly total: number
  /** Indexes of complete pieces, and of those that were being fetched. */
  readonly complete: readonly number[]
  readonly inFlight: readonly number[]
}): Buffer {
  const bitfield = Buffer.alloc(Math.ceil(Math.ceil(of.total / of.pieceLength) / 8))
  for (const piece of of.complete) bitfield[piece >> 3]! |= 128 >> (piece & 7)
  const head = Buffer.alloc(2 + 4 + 4 + 4 + 8 + 8 + 4)
  head.writeUInt16BE(1, 0)
  head.writeUInt32BE(of.pieceLength, 10)
  head.writeBigUInt64BE(BigInt(of.total), 14)
  head.writeUInt32BE(bitfield.length, 30)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(of.inFlight.length, 0)
  const inFlight = of.inFlight.map((index) => {
    const piece = Buffer.alloc(4 + 4 + 4 + 1)
    piece.writeUInt32BE(index, 0)
    piece.writeUInt32BE(of.pieceLength, 4)
    piece.writeUInt32BE(1, 8)
    return piece
  })
  return Buffer.concat([head, bitfield, count, ...inFlight])
}
