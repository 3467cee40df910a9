import type { JournalEntry, JournalEvent } from '../../../shared/inspection'
import type { DownloadErrorCode } from '../../../shared/errors'
import {
  algorithmNames,
  downloadProblem,
  formatBytes,
  formatStamp,
  formatDuration,
  formatSpeed,
  noticeText,
  requestProblem,
  t,
} from '../../text'

/** What happened to it, in words; the newest on top. */
export function Journal({ entries }: { readonly entries: readonly JournalEntry[] }) {
  return (
    <table className="panel-table numbers" aria-label={t('panel.log')}>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('log.when')}</th>
          <th scope="col">{t('log.what')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.toReversed().map(({ at, event }, index) => (
          <tr key={entries.length - index}>
            <td>
              <time dateTime={new Date(at).toISOString()}>{formatStamp(at)}</time>
            </td>
            <td className="wide selectable">{eventText(event)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const reasonOf = (code: DownloadErrorCode) => downloadProblem({ code, retry: 'later', detail: '' }).title

function eventText(event: JournalEvent): string {
  switch (event.code) {
    case 'ADDED':
      return t('log.ADDED')
    case 'STARTED':
      return event.bytes === 0 ? t('log.STARTED') : t('log.STARTED.at', { bytes: formatBytes(event.bytes) })
    case 'ANSWERED': {
      const size = event.total === null ? t('details.sizeUnknown') : formatBytes(event.total)
      return t(event.ranges ? 'log.ANSWERED' : 'log.ANSWERED.single', { host: event.host, size })
    }
    case 'REDIRECTED':
      return t('log.REDIRECTED', { host: event.host })
    case 'INTERRUPTED':
      return t('log.INTERRUPTED', { bytes: formatBytes(event.bytes) })
    case 'PAUSED':
      return t('log.PAUSED', { bytes: formatBytes(event.bytes) })
    case 'WAITING':
      return event.seconds === null
        ? t('log.WAITING.network', { reason: reasonOf(event.error) })
        : t('log.WAITING', { reason: reasonOf(event.error), time: formatDuration(event.seconds) })
    case 'RETRY':
      return t('log.RETRY', { count: event.times, reason: reasonOf(event.error) })
    case 'LIMIT':
      return t('log.LIMIT', { host: event.host, count: event.connections, reason: reasonOf(event.error) })
    case 'REPLACED':
      return t('log.REPLACED', { count: event.times })
    case 'ENOUGH':
      return t('log.ENOUGH', { count: event.connections, speed: formatSpeed(event.bytesPerSecond) })
    case 'DROPPED':
      return t('log.DROPPED', { host: event.host, reason: reasonOf(event.error) })
    case 'NOTICE':
      return t('join.titleText', noticeText({ code: event.notice, at: 0 }))
    case 'LINK':
      return event.bytes > 0
        ? t('log.LINK.same', { host: event.host, bytes: formatBytes(event.bytes) })
        : t('log.LINK', { host: event.host })
    case 'FAILED':
      return t('log.FAILED', { reason: reasonOf(event.error), bytes: formatBytes(event.bytes) })
    case 'COMPLETED':
      return t('log.COMPLETED', { bytes: formatBytes(event.bytes) })
    case 'CHECK':
      return t(event.repairs ? 'log.CHECK.repair' : 'log.CHECK.verify')
    case 'INTACT': {
      const { bytes, algorithm } = event
      if (algorithm === null) return t('log.INTACT', { bytes: formatBytes(bytes) })
      return t('log.INTACT.algorithm', { bytes: formatBytes(bytes), algorithm: algorithmNames[algorithm] })
    }
    case 'DAMAGED': {
      const { blocks, bytes } = event
      if (blocks === 0) return t('log.DAMAGED.nowhere')
      return t('log.DAMAGED', { count: blocks, bytes: formatBytes(bytes) })
    }
    case 'REPAIRED':
      return t('log.REPAIRED', { bytes: formatBytes(event.bytes) })
    case 'CHECK_FAILED':
      return t('log.CHECK_FAILED', { reason: requestProblem({ code: event.error, detail: '' }).title })
    case 'INCOMPARABLE':
      return t('log.INCOMPARABLE')
    case 'COMPARED':
      return t(event.fits ? 'log.COMPARED' : 'log.COMPARED.differs', { algorithm: algorithmNames[event.algorithm] })
    case 'VERIFIED':
      return t('log.VERIFIED', { algorithm: algorithmNames[event.algorithm] })
  }
}
