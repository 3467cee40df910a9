import type { HttpResponse, Sink } from '../http/http'
import { keep } from '../http/slabs'
import type { Gate } from '../throttle'

export interface Limits {
  readonly gate: Gate
  /** Ends the waiting: nothing more is delivered then. */
  readonly signal: AbortSignal
  /** Told of each read, before its bytes may pass. */
  readonly came?: () => void
  /** Told when a limit begins to hold the connection back, and when it ends to. */
  readonly holds?: (held: boolean) => void
}

/**
 * Reads a body as fast as the limits of speed allow. What has come and may not pass yet waits in the memory that it was
 * read into, one read a connection; more than that is not read.
 * @param sink gets what may pass, in portions
 * @returns and throws as `response.read`
 */
export function readLimited(response: HttpResponse, sink: Sink, limits: Limits): Promise<void> {
  const { gate, signal, came } = limits
  return response.read(
    (chunk) => {
      came?.()
      const may = gate.pass(chunk.length, signal)
      if (may === chunk.length) return sink(chunk)
      const release = keep(chunk)
      return inPortions(chunk, may, sink, limits).finally(release)
    },
    () => gate.portion,
  )
}

async function inPortions(
  chunk: Buffer,
  first: number | Promise<number>,
  sink: Sink,
  { gate, signal, holds }: Limits,
): Promise<void | 'enough'> {
  let may = first
  for (let at = 0; ;) {
    if (typeof may !== 'number') {
      holds?.(true)
      may = await may
      holds?.(false)
    }
    if (signal.aborted) return undefined
    const portion = chunk.subarray(at, at + may)
    at += portion.length
    if ((await sink(portion)) === 'enough') return 'enough'
    if (at === chunk.length) return undefined
    may = gate.pass(chunk.length - at, signal)
  }
}
