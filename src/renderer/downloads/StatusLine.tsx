import { Info, Zap } from 'lucide-react'
import type { DownloadId, DownloadView, Phase } from '../../shared/download'
import type { DownloadError } from '../../shared/errors'
import type { Hold } from '../../shared/holds'
import { holdText } from '../queueText'
import {
  downloadProblem,
  errandText,
  formatDuration,
  formatSpeed,
  noticeText,
  t,
  wantsAccount,
  wantsCredentials,
  wantsHeaders,
  wantsLink,
} from '../text'
import { openDialog } from '../windowState'
import { startOver, thaw } from './actions'
import type { ColumnName } from './columns'
import { figureOf, lastFree, through } from './figures'
import { statusKeys, statusOf } from './status'
import { useNow } from '../useNow'
import { usePrefs } from './viewPrefs'
import { DamagedBadge, VerificationBadge } from './VerificationBadge'

interface Props {
  readonly view: DownloadView
  readonly tabIndex: 0 | -1
  /** The state in one word, where it has no column of its own. */
  readonly withStatus: boolean
  /** Speed and time left stand here where their columns have no room. */
  readonly columns: readonly ColumnName[]
}

/** The second line of a row: the one thing worth knowing about it. */
export function StatusLine({ view, tabIndex, withStatus, columns }: Props) {
  const status = statusOf(view)
  return (
    <div className="status-line" style={through(lastFree(view, columns))}>
      {withStatus && (
        <span className={`status status-${status}`} id={statusId(view.id)}>
          {t(statusKeys[status])}
        </span>
      )}
      <FoldedFigures view={view} columns={columns} />
      <More view={view} tabIndex={tabIndex} />
    </div>
  )
}

/** Speed and time left, where they have no columns. */
export function FoldedFigures({ view, columns }: Pick<Props, 'view' | 'columns'>) {
  const hidden = usePrefs((prefs) => prefs.hidden)
  return (['speed', 'timeLeft'] as const).map((name) => {
    const figure = columns.includes(name) || hidden.includes(name) ? '' : figureOf(name, view)
    return figure === '' ? null : (
      <span key={name} className="status-figure numbers" title={t(`column.${name}`)}>
        {figure}
      </span>
    )
  })
}

export function statusId(id: DownloadId): string {
  return `status-${id}`
}

function More({ view, tabIndex }: { readonly view: DownloadView; readonly tabIndex: 0 | -1 }) {
  const { state } = view
  if (view.check) return <span className="status-more">{errandText(view.check)}</span>
  switch (state.kind) {
    case 'failed': {
      const problem = downloadProblem(state.error)
      return (
        <>
          {state.error.code === 'HASH' && <DamagedBadge hint={problem.cause} />}
          <span className="status-more status-problem" title={`${problem.title}\n${problem.suggestion}`}>
            {problem.title}
          </span>
          <Remedy view={view} error={state.error} tabIndex={tabIndex} suggestion={problem.suggestion} />
        </>
      )
    }
    case 'done':
      return (
        <>
          <VerificationBadge verification={state.verification} />
          <NoticeMark view={view} />
        </>
      )
    case 'active':
      return (
        <>
          <Ahead view={view} />
          <PhaseText phase={state.phase} connections={view.connections} />
          <LimitText view={view} />
          <Expiry view={view} />
          <NoticeMark view={view} />
        </>
      )
    case 'queued':
    case 'paused':
      if (view.hold !== null) {
        return (
          <>
            <HoldText hold={view.hold} />
            <LimitText view={view} />
          </>
        )
      }
      return (
        <>
          <Ahead view={view} />
          <LimitText view={view} />
          <Expiry view={view} />
          <NoticeMark view={view} />
          <span className="status-more status-minor">{hostOf(view.url)}</span>
        </>
      )
  }
}

/** It was started now, whatever it would have waited for. */
function Ahead({ view: { atOnce } }: { readonly view: DownloadView }) {
  if (atOnce !== true) return null
  return (
    <span className="notice">
      <Zap size={13} aria-hidden />
      <span className="notice-text">{t('row.ahead')}</span>
    </span>
  )
}

function HoldText({ hold }: { readonly hold: Hold }) {
  if (hold.kind === 'server') return <Countdown until={hold.until} reason={downloadProblem(hold.reason).title} />
  return <span className="status-more">{holdText(hold)}</span>
}

function LimitText({ view: { limit } }: { readonly view: DownloadView }) {
  if (limit === null) return null
  return <span className="status-more status-minor">{t('row.limit', { rate: formatSpeed(limit) })}</span>
}

/** Where it comes from, as long as there is nothing else to say. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

interface RemedyProps {
  readonly view: DownloadView
  readonly error: DownloadError
  readonly tabIndex: 0 | -1
  readonly suggestion: string
}

/** What a failure needs from the user, as a button where there is one for it. */
function Remedy({ view, error, tabIndex, suggestion }: RemedyProps) {
  const button = (label: string, onClick: () => void) => (
    <button type="button" className="inline-button" tabIndex={tabIndex} onClick={onClick}>
      {label}
    </button>
  )
  if (wantsCredentials(error)) {
    return button(t('action.credentials'), () => openDialog({ kind: 'authorize', id: view.id }))
  }
  if (wantsHeaders(error)) return button(t('action.headers'), () => openDialog({ kind: 'authorize', id: view.id }))
  if (wantsAccount(error)) return button(t('action.accounts'), () => openDialog({ kind: 'settings' }))
  if (wantsLink(error)) return button(t('action.newLink'), () => openDialog({ kind: 'relink', id: view.id }))
  if (error.code === 'CLOUD_ARCHIVED') return button(t('action.thaw'), () => thaw(view.id))
  if (error.code === 'CHANGED_LARGE') return button(t('action.startOver'), () => startOver(view))
  return <span className="status-more status-minor">{suggestion}</span>
}

/** The clock of a signed link, during its last day. */
function Expiry({ view }: { readonly view: DownloadView }) {
  return view.expiresAt === null ? null : <ExpiryClock at={view.expiresAt} />
}

function ExpiryClock({ at }: { readonly at: number }) {
  const seconds = Math.floor(at / 1000 - useNow())
  if (seconds > 24 * 60 * 60) return null
  const text = seconds > 0 ? t('row.expires', { time: formatDuration(seconds) }) : t('row.expired')
  return <span className="status-more numbers">{text}</span>
}

function PhaseText({ phase, connections }: { readonly phase: Phase; readonly connections: number }) {
  switch (phase.kind) {
    case 'probing':
      return <span className="status-more">{t('row.connecting')}</span>
    case 'transferring':
      return (
        <span className="status-more status-connections">
          {connections > 0 ? t('row.connections', { count: connections }) : t('row.noConnection')}
        </span>
      )
    case 'publishing':
      return <span className="status-more">{t('row.saving')}</span>
    case 'waiting':
      return phase.until === null ? (
        <span className="status-more">{downloadProblem(phase.reason).title}</span>
      ) : (
        <Countdown until={phase.until} reason={downloadProblem(phase.reason).title} />
      )
    case 'verifying':
      return null
  }
}

function Countdown({ until, reason }: { readonly until: number; readonly reason: string }) {
  const seconds = Math.ceil(until / 1000 - useNow())
  const text =
    seconds > 0 ? t('row.nextAttempt', { time: formatDuration(seconds), reason }) : t('row.nextAttemptNow', { reason })
  return (
    <span className="status-more numbers" title={text}>
      {text}
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
