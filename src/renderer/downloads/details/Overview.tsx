import type { ReactNode } from 'react'
import type { DownloadView } from '../../../shared/download'
import type { Inspection } from '../../../shared/inspection'
import {
  algorithmNames,
  downloadProblem,
  formatBytes,
  formatDateTime,
  formatSpeed,
  formatDuration,
  noticeText,
  t,
  verificationText,
} from '../../text'
import { useNow } from '../../useNow'
import { VerificationBadge } from '../VerificationBadge'
import { Compare } from './Compare'
import { SegmentMap } from './SegmentMap'
import { sourceText } from './Servers'
import { Reasons } from './WhySlow'

interface Props {
  readonly view: DownloadView
  readonly inspection: Inspection
}

/** What it is, where it comes from and goes to, and what is wrong with it. */
export function Overview({ view, inspection }: Props) {
  const { state } = view
  const error = state.kind === 'failed' ? state.error : null
  const problem = error === null ? null : downloadProblem(error)
  const notice = view.notice === null ? null : noticeText(view.notice)
  const mirrors = inspection.sources.slice(1)
  return (
    <div className="panel-columns">
      <div>
        <dl className="facts">
          {problem !== null && (
            <>
              <Fact name={t('details.cause')}>
                {t('join.titleText', { title: problem.title, text: problem.cause })}
              </Fact>
              <Fact name={t('details.suggestion')}>{problem.suggestion}</Fact>
            </>
          )}
          {notice !== null && <Fact name={t('details.notice')}>{t('join.titleText', notice)}</Fact>}
          <Fact name={t('details.address')}>{view.url}</Fact>
          {mirrors.length > 0 && (
            <Fact name={t('details.mirrors')}>
              <ul>
                {mirrors.map((source) => (
                  <li key={source.url}>
                    {source.url} <span className="facts-minor">{sourceText(source)}</span>
                  </li>
                ))}
              </ul>
            </Fact>
          )}
          <Fact name={t('details.folder')}>{view.folder}</Fact>
          <Fact name={t('details.size')}>
            {view.total === null
              ? t('details.sizeUnknown')
              : t('details.bytes', { size: formatBytes(view.total), bytes: view.total })}
          </Fact>
          {error !== null && (
            <Fact name={t('details.technical')}>
              <code>
                {error.code}: {error.detail}
              </code>
            </Fact>
          )}
          {inspection.vitals !== null && (
            <Fact name={t('why.title')}>
              <Reasons inspection={inspection} />
            </Fact>
          )}
        </dl>
        {state.kind === 'done' && <Compare view={view} />}
      </div>
      <div>
        <SegmentMap inspection={inspection} view={view} />
        <dl className="facts overview-more">
          {state.kind === 'done' && (
            <Fact name={t('details.check')}>
              <VerificationBadge verification={state.verification} />
              <span className="facts-minor facts-hint">{verificationText(state.verification).hint}</span>
            </Fact>
          )}
          {inspection.checksum !== null && (
            <Fact name={t('details.checksum')}>
              <code>
                {algorithmNames[inspection.checksum.algorithm]} {inspection.checksum.hex}
              </code>
            </Fact>
          )}
          {view.expiresAt !== null && (
            <Fact name={t('details.link')}>
              <Expiry at={view.expiresAt} />
            </Fact>
          )}
          {view.limit !== null && <Fact name={t('add.limit')}>{formatSpeed(view.limit)}</Fact>}
          {view.ranges !== null && (
            <Fact name={t('details.continues')}>{t(view.ranges ? 'details.continuesYes' : 'details.continuesNo')}</Fact>
          )}
          <Fact name={t('details.added')}>{formatDateTime(view.addedAt)}</Fact>
          {view.finishedAt !== null && <Fact name={t('details.finished')}>{formatDateTime(view.finishedAt)}</Fact>}
        </dl>
      </div>
    </div>
  )
}

function Expiry({ at }: { readonly at: number }) {
  const seconds = Math.floor(at / 1000 - useNow())
  return seconds > 0 ? t('row.expires', { time: formatDuration(seconds) }) : t('row.expired')
}

export function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="selectable">{children}</dd>
    </>
  )
}
