import type { DownloadView } from '../../../shared/download'
import type { ConnectionLook, HostLook, Inspection } from '../../../shared/inspection'
import { formatBytes, formatDateTime, formatDuration, formatSpeed, t } from '../../text'
import { SegmentMap } from './SegmentMap'
import { Servers } from './Servers'
import { Table, type Column } from './Table'

interface Props {
  readonly view: DownloadView
  readonly inspection: Inspection
}

/** Which bytes are where, and who fetches them. */
export function Connections({ view, inspection }: Props) {
  const { connections, host, sources } = inspection
  return (
    <>
      <SegmentMap inspection={inspection} view={view} />
      {connections.length === 0 ? (
        <p className="panel-nothing">{t('connections.none')}</p>
      ) : (
        <Table
          label={t('panel.connections')}
          columns={columns()}
          rows={connections.toSorted((a, b) => a.number - b.number)}
          keyOf={(connection) => connection.number}
        />
      )}
      {host !== null && <p className="panel-nothing">{hostText(host)}</p>}
      {sources.length > 1 && <Servers sources={sources} />}
    </>
  )
}

const columns = (): readonly Column<ConnectionLook>[] => [
  { title: t('connections.number'), look: 'figure', cell: ({ number }) => number },
  { title: t('connections.address'), look: 'grow', cell: addressText },
  { title: t('connections.protocol'), cell: protocolText },
  { title: t('column.speed'), look: 'figure', cell: ({ bytesPerSecond }) => formatSpeed(bytesPerSecond) },
  { title: t('connections.received'), look: 'figure', cell: ({ received }) => formatBytes(received) },
  {
    title: t('connections.rest'),
    look: 'figure',
    cell: ({ end, position }) => (end === null ? '' : formatBytes(end - position)),
  },
  { title: t('connections.age'), look: 'figure', cell: ({ age }) => formatDuration(age / 1000) },
  {
    title: t('connections.latency'),
    look: 'figure',
    cell: ({ latency }) => (latency === null ? '' : t('unit.ms', { value: Math.round(latency) })),
  },
  { title: t('connections.retries'), look: 'figure', cell: ({ retries }) => retries },
]

function addressText({ origin, via }: ConnectionLook): string {
  const { host } = new URL(origin)
  return via === null ? host : t('connections.via', { host, proxy: via })
}

function protocolText({ origin, protocol }: ConnectionLook): string {
  return origin.startsWith('https:') ? t('connections.tls', { protocol }) : protocol
}

function hostText({ host, held, limit, learned }: HostLook): string {
  return learned === null
    ? t('connections.host', { host, held, limit })
    : t('connections.hostLearned', { host, held, limit, at: formatDateTime(learned.at) })
}
