import { failure } from '../../../shared/errors'
import { judgeMirror } from './mixing'
import { compareSamples } from './samples'
import type { FetchContext } from './generation'
import type { Source } from './source'

/** ms in which another server has to send its samples; a limit of speed that holds it back stops the time. */
const joinTime = 20_000

/**
 * Finds out whether another server has the same file, and may deliver ranges of it.
 * @param control of the connection that it has a slot for
 * @throws DownloadFailure why it may not, or could not be asked
 */
export async function join(
  source: Source,
  { generation: { sources, segments, remote, checked, part }, env, signal, complete }: FetchContext,
  control: AbortController,
): Promise<void> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), joinTime)
  const gate = env.gate(source.host)
  const limits = {
    gate,
    signal: AbortSignal.any([signal, control.signal, complete, late.signal]),
    holds: () => void timer.refresh(),
  }
  try {
    const found = await compareSamples(segments.snapshot(), remote.total, part, (start, end) =>
      source.sample(start, end, limits),
    )
    if (source.state.kind !== 'unused') return
    const verdict = judgeMirror(remote, found, checked)
    if (verdict === 'same') sources.joined(source, found)
    else sources.hold(source)
  } catch (error) {
    throw late.signal.aborted ? failure('TIMEOUT', 'later', 'three samples took too long', { cause: error }) : error
  } finally {
    clearTimeout(timer)
    gate.close()
  }
}
