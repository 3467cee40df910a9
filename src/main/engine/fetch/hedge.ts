import { failure } from '../../../shared/errors'
import { contentBytes } from '../http/headers'
import type { HttpResponse } from '../http/http'

/**
 * Reads a whole range into memory. For the last pieces only: its length is bounded by `hedgeLimit`.
 * @param response judged, from the first byte of the range
 * @param length bytes of the range
 * @param passed told of each chunk; settles when more may be read, where a limit of speed holds it back
 * @throws DownloadFailure CONNECTION_LOST when fewer came
 */
export async function readIntoMemory(
  response: HttpResponse,
  length: number,
  passed: (chunk: Buffer) => Promise<void> | undefined = () => undefined,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.min(length, contentBytes(response.status, response.headers)))
  let at = 0
  await response.read((chunk) => {
    at += chunk.copy(bytes, at)
    return at === bytes.length ? 'enough' : passed(chunk)
  })
  if (at < length) throw failure('CONNECTION_LOST', 'later', 'the range ended early')
  return bytes
}
