import type { JournalEvent } from '../../../shared/inspection'
import type { DownloadRecord } from '../ports'
import { writtenBytes } from '../fetch/segments'

/** Bytes of a record that are safe. */
function safeBytes({ part }: DownloadRecord): number {
  return part.kind === 'open' ? writtenBytes(part.segments) : part.kind === 'finalizing' ? part.bytes : 0
}

/**
 * What a change of a record means in its life. Most of the journal comes from here: a record never changes without it.
 * Queueing and its end are not told: fifty thousand downloads can be queued with one key.
 */
export function eventsOf(before: DownloadRecord, after: DownloadRecord): JournalEvent[] {
  const events: JournalEvent[] = []
  if (after.remote !== null && after.remote !== before.remote && generationOf(after) !== generationOf(before)) {
    const host = hostOf(after.remote.url)
    if (host !== hostOf(after.url)) events.push({ code: 'REDIRECTED', host })
    events.push({ code: 'ANSWERED', host, total: after.remote.total, ranges: after.remote.ranges })
  }
  if (after.notice !== null && after.notice !== before.notice) {
    events.push({ code: 'NOTICE', notice: after.notice.code })
  }
  if (after.state.kind !== before.state.kind) events.push(...stateEvents(before, after))
  return events
}

function stateEvents(before: DownloadRecord, after: DownloadRecord): JournalEvent[] {
  const { state } = after
  switch (state.kind) {
    case 'active':
      return [{ code: 'STARTED', bytes: safeBytes(after) }]
    case 'queued':
      return before.state.kind === 'active' ? [{ code: 'INTERRUPTED', bytes: safeBytes(after) }] : []
    case 'paused':
      return before.state.kind === 'active' ? [{ code: 'PAUSED', bytes: safeBytes(after) }] : []
    case 'failed':
      return [{ code: 'FAILED', error: state.error.code, bytes: safeBytes(after) }]
    case 'done': {
      const { verification } = state
      return [
        ...(verification.kind === 'verified'
          ? verification.checks.map(({ algorithm }) => ({ code: 'VERIFIED', algorithm }) as const)
          : []),
        { code: 'COMPLETED', bytes: after.finalBytes ?? 0 },
      ]
    }
  }
}

function generationOf({ part }: DownloadRecord): string | null {
  return 'generation' in part ? part.generation : null
}

/** Host and port; the address itself when it has none. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
