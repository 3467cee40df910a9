import { readAtMost } from '../http/slabs'
import type { Gate } from '../throttle'

/**
 * Counts a chunk in all limits of speed that apply, and says how much the next read may bring. To be called before the
 * chunk's sink returns.
 * @param signal ends the waiting; it never rejects
 * @returns settles when more may be read; `undefined` when that is now
 */
export function passed(gate: Gate, chunk: Buffer, signal: AbortSignal): Promise<void> | undefined {
  const hold = gate.passed(chunk.length, signal)
  readAtMost(chunk, gate.readSize)
  return hold
}
