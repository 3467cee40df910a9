import { failure } from '../../../shared/errors'
import { contentBytes } from '../http/headers'
import type { HttpResponse, Sink } from '../http/http'
import { type Limits, readLimited } from './limited'

export interface ReadingOptions {
  /** Of speed; without them the bytes are read as fast as they come. */
  readonly limits?: Limits
  /** Told how many bytes are there. */
  readonly progress?: (bytes: number) => void
}

/**
 * Reads a whole range into memory. For the last pieces only: its length is bounded by `hedgeLimit`.
 * @param response judged, from the first byte of the range
 * @param length bytes of the range
 * @throws DownloadFailure CONNECTION_LOST when fewer came
 */
export async function readIntoMemory(
  response: HttpResponse,
  length: number,
  { limits, progress }: ReadingOptions = {},
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.min(length, contentBytes(response.status, response.headers)))
  let at = 0
  const sink: Sink = (chunk) => {
    at += chunk.copy(bytes, at)
    progress?.(at)
    return at === bytes.length ? 'enough' : undefined
  }
  await (limits ? readLimited(response, sink, limits) : response.read(sink))
  if (at < length) throw failure('CONNECTION_LOST', 'later', 'the range ended early')
  return bytes
}
