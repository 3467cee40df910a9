import type { ReactNode } from 'react'
import type { DownloadView } from '../../shared/download'
import { downloadProblem, formatDateTime, noticeText, t, verificationText } from '../text'
import './Details.css'

/** Everything that is known about one download in words. It stays as long as the reader wants it. */
export function Details({ view, id }: { readonly view: DownloadView; readonly id: string }) {
  const { state } = view
  const error = state.kind === 'failed' ? state.error : null
  const problem = error === null ? null : downloadProblem(error)
  const notice = view.notice === null ? null : noticeText(view.notice)
  return (
    <div className="details" role="gridcell" id={id}>
      <dl className="details-list">
        {problem !== null && (
          <>
            <Fact name={t('details.cause')}>{problem.cause}</Fact>
            <Fact name={t('details.suggestion')}>{problem.suggestion}</Fact>
          </>
        )}
        {notice !== null && <Fact name={t('details.notice')}>{t('join.titleText', notice)}</Fact>}
        {state.kind === 'done' && <Fact name={t('details.check')}>{verificationText(state.verification).hint}</Fact>}
        <Fact name={t('details.address')}>{view.url}</Fact>
        <Fact name={t('details.folder')}>{view.folder}</Fact>
        <Fact name={t('details.added')}>{formatDateTime(view.addedAt)}</Fact>
        {view.finishedAt !== null && <Fact name={t('details.finished')}>{formatDateTime(view.finishedAt)}</Fact>}
        {error !== null && (
          <Fact name={t('details.technical')}>
            <code>
              {error.code}: {error.detail}
            </code>
          </Fact>
        )}
      </dl>
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="selectable">{children}</dd>
    </>
  )
}
