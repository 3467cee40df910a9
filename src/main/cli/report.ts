import type { DownloadId, DownloadView } from '../../shared/download'
import type { ChecksumAlgorithm, DigestSource } from '../../shared/verification'
import { formatSize } from '../../shared/size'
import { formatDuration, wholeSecondsLeft } from './duration'

/** What the command line tells, as events; see the contract in the README. */
export type ReportEvent =
  | { readonly event: 'added'; readonly id: DownloadId; readonly url: string }
  | {
      readonly event: 'started'
      readonly id: DownloadId
      readonly total: number | null
      readonly connections: number
      readonly ranges: boolean
      readonly resumedAt: number
    }
  | {
      readonly event: 'progress'
      readonly id: DownloadId
      readonly received: number
      readonly total: number | null
      readonly bytesPerSecond: number
    }
  /** Nothing moves: until when (ms since the epoch; `null` for an event), and why. For people only. */
  | {
      readonly event: 'waiting'
      readonly id: DownloadId
      readonly code: string
      readonly message: string
      readonly until: number | null
    }
  | { readonly event: 'warning'; readonly id: DownloadId; readonly code: string; readonly message: string }
  | {
      readonly event: 'done'
      readonly id: DownloadId
      readonly path: string
      readonly bytes: number
      readonly seconds: number
      readonly verified: ChecksumAlgorithm | null
      /** Whose digest it was. */
      readonly verifiedBy?: DigestSource
    }
  | {
      readonly event: 'failed'
      readonly id: DownloadId
      readonly code: string
      readonly message: string
      readonly resumable: boolean
    }
  /** The command was interrupted. */
  | {
      readonly event: 'paused'
      readonly id: DownloadId
      /** Bytes that are kept. */
      readonly received: number
      readonly total: number | null
      readonly resumable: boolean
    }

export type Reporter = (event: ReportEvent, view: DownloadView) => void

/** One JSON object a line on standard output. */
export const jsonReporter: Reporter = (event) => {
  if (event.event !== 'waiting') process.stdout.write(`${JSON.stringify(event)}\n`)
}

/** Only failures and warnings, on standard error. */
export const quietReporter: Reporter = (event, view) => {
  if (event.event === 'failed' || event.event === 'warning')
    process.stderr.write(`${view.name}: ${event.message} (${event.code})\n`)
}

/** A line for people on standard error; on a terminal the progress line is rewritten in place. */
export function progressReporter(stream: NodeJS.WriteStream): Reporter {
  let open = false
  let lastLine = -Infinity
  const line = (text: string) => {
    stream.write(`${open ? '\r\x1b[K' : ''}${text}\n`)
    open = false
  }
  const moving = (text: string) => {
    if (stream.isTTY) {
      stream.write(`\r\x1b[K${text.slice(0, stream.columns - 1)}`)
      open = true
    } else if (performance.now() - lastLine > 5000) {
      lastLine = performance.now()
      line(text)
    }
  }
  return (event, view) => {
    switch (event.event) {
      case 'started':
        line(
          `${view.name}: ${event.total === null ? 'unknown size' : formatSize(event.total)}` +
            (event.resumedAt > 0 ? `, going on at ${formatSize(event.resumedAt)}` : ''),
        )
        break
      case 'progress':
        moving(`${view.name}: ${progress(view)}`)
        break
      case 'waiting': {
        if (event.until === null) break // the warning that came before says enough
        const seconds = Math.max(0, Math.ceil((event.until - Date.now()) / 1000))
        moving(`${view.name}: ${event.message}; again in ${formatDuration(seconds)}`)
        break
      }
      case 'warning':
        line(`${view.name}: ${event.message}`)
        break
      case 'done':
        line(`${event.path}: ${formatSize(event.bytes)} in ${event.seconds.toFixed(1)} s, ${verified(event)}`)
        break
      case 'failed':
        line(`${view.name}: ${event.message} (${event.code})`)
        break
      case 'paused': {
        const of = event.total === null ? '' : ` of ${formatSize(event.total)}`
        if (event.resumable) line(`${view.name}: paused, ${formatSize(event.received)}${of} kept`)
        else if (event.received > 0) line(`${view.name}: paused; its server does not continue downloads`)
        break
      }
      case 'added':
        break
    }
  }
}

function progress(view: DownloadView): string {
  const { received, total, bytesPerSecond, connections } = view
  const left = wholeSecondsLeft(view)
  return [
    total === null ? formatSize(received) : `${Math.floor((100 * received) / (total || 1))} % of ${formatSize(total)}`,
    `${formatSize(bytesPerSecond)}/s`,
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
    connections === 1 ? '1 connection' : `${connections} connections`,
  ].join(', ')
}

const origins: Readonly<Record<DigestSource, string>> = {
  user: '',
  metalink: ' of its Metalink document',
  sibling: ' of the checksum file beside it',
  server: ' that the server sent',
}

function verified({ verified, verifiedBy }: Extract<ReportEvent, { event: 'done' }>): string {
  if (verified === null || verifiedBy === undefined) return 'unverified: nothing to verify against'
  return `verified with ${verified}${origins[verifiedBy]}`
}
