import { Info, ShieldCheck } from 'lucide-react'
import type { DownloadId, DownloadView, Phase } from '../../shared/download'
import { algorithmNames, downloadProblem, formatDuration, noticeText, t, wantsCredentials } from '../text'
import { openDialog } from '../windowState'
import { statusKeys, statusOf } from './status'
import { useNow } from './useNow'

/** The second line of a row: the state in one word, and the one thing worth knowing about it. */
export function StatusLine({ view, tabIndex }: { readonly view: DownloadView; readonly tabIndex: 0 | -1 }) {
  const status = statusOf(view)
  return (
    <div className="status-line">
      <span className={`status status-${status}`} id={statusId(view.id)}>
        {t(statusKeys[status])}
      </span>
      <More view={view} tabIndex={tabIndex} />
    </div>
  )
}

export function statusId(id: DownloadId): string {
  return `status-${id}`
}

function More({ view, tabIndex }: { readonly view: DownloadView; readonly tabIndex: 0 | -1 }) {
  const { state } = view
  switch (state.kind) {
    case 'failed': {
      const problem = downloadProblem(state.error)
      return (
        <>
          <span className="status-more status-problem" title={`${problem.title}\n${problem.suggestion}`}>
            {problem.title}
          </span>
          {wantsCredentials(state.error) ? (
            <button
              type="button"
              className="inline-button"
              tabIndex={tabIndex}
              onClick={() => openDialog({ kind: 'authorize', id: view.id })}
            >
              {t('action.credentials')}
            </button>
          ) : (
            <span className="status-more status-minor">{problem.suggestion}</span>
          )}
        </>
      )
    }
    case 'done':
      return <Verified view={view} />
    case 'active':
      return (
        <>
          <PhaseText phase={state.phase} connections={view.connections} />
          <NoticeMark view={view} />
        </>
      )
    case 'queued':
    case 'paused':
      return <NoticeMark view={view} />
  }
}

function PhaseText({ phase, connections }: { readonly phase: Phase; readonly connections: number }) {
  switch (phase.kind) {
    case 'probing':
      return <span className="status-more">{t('row.connecting')}</span>
    case 'transferring':
      return connections > 0 ? (
        <span className="status-more status-connections">{t('row.connections', { count: connections })}</span>
      ) : null
    case 'publishing':
      return <span className="status-more">{t('row.saving')}</span>
    case 'waiting':
      return <Countdown phase={phase} />
    case 'verifying':
      return null
  }
}

function Countdown({ phase }: { readonly phase: Extract<Phase, { kind: 'waiting' }> }) {
  const now = useNow()
  const seconds = Math.ceil(phase.until / 1000 - now)
  const reason = downloadProblem(phase.reason).title
  const text =
    seconds > 0 ? t('row.nextAttempt', { time: formatDuration(seconds), reason }) : t('row.nextAttemptNow', { reason })
  return (
    <span className="status-more numbers" title={text}>
      {text}
    </span>
  )
}

function Verified({ view }: { readonly view: DownloadView }) {
  if (view.state.kind !== 'done') return null
  const { verification } = view.state
  if (verification.kind === 'unverified') {
    return (
      <span className="badge" title={t(`row.unverified.${verification.reason}`)}>
        <span className="badge-text">{t('row.unverified')}</span>
      </span>
    )
  }
  const algorithm = algorithmNames[verification.algorithm]
  return (
    <span className="badge badge-verified" title={t('row.verifiedHint', { algorithm })}>
      <ShieldCheck size={13} aria-hidden />
      <span className="badge-text">{t('row.verified', { algorithm })}</span>
    </span>
  )
}

/** Something to know about a download that goes on all the same. */
function NoticeMark({ view }: { readonly view: DownloadView }) {
  if (view.notice === null) return null
  const { title, text } = noticeText(view.notice)
  return (
    <span className="notice" title={`${title}\n${text}`}>
      <Info size={13} aria-hidden />
      <span className="notice-text">{title}</span>
    </span>
  )
}
