import type { SourceLook } from '../../../shared/inspection'
import { downloadProblem, formatBytes, formatSpeed, t } from '../../text'
import { Table, type Column } from './Table'

/** Where the bytes come from: the own address first, then the mirrors, each with what it gives. */
export function Servers({ sources }: { readonly sources: readonly SourceLook[] }) {
  return (
    <>
      <h3 className="panel-heading">{t('servers.title')}</h3>
      <Table label={t('servers.title')} columns={columns()} rows={sources} keyOf={({ url }) => url} />
    </>
  )
}

const columns = (): readonly Column<SourceLook>[] => [
  { title: t('connections.address'), look: 'grow', cell: ({ host, url }) => <span title={url}>{host}</span> },
  { title: t('servers.state'), cell: sourceText },
  { title: t('panel.connections'), look: 'figure', cell: ({ connections }) => connections },
  { title: t('column.speed'), look: 'figure', cell: ({ bytesPerSecond }) => formatSpeed(bytesPerSecond) },
  { title: t('connections.received'), look: 'figure', cell: ({ received }) => formatBytes(received) },
]

/** What has become of a server, in a few words. */
export function sourceText({ state, resting }: SourceLook): string {
  if (state.kind === 'dropped') return t('servers.dropped', { reason: downloadProblem(state.error).title })
  if (resting !== null) {
    return t('servers.resting', { reason: downloadProblem({ code: resting, retry: 'later', detail: '' }).title })
  }
  return t(`servers.${state.kind}`)
}
