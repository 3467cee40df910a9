import type { DownloadView } from '../../../shared/download'
import type { ConnectionLook, HostLook, Inspection } from '../../../shared/inspection'
import { formatBytes, formatDateTime, formatDuration, formatSpeed, t } from '../../text'
import { SegmentMap } from './SegmentMap'

interface Props {
  readonly view: DownloadView
  readonly inspection: Inspection
}

/** Which bytes are where, and who fetches them. */
export function Connections({ view, inspection }: Props) {
  const { connections, host } = inspection
  return (
    <>
      <SegmentMap inspection={inspection} total={view.total} complete={view.state.kind === 'done'} />
      {connections.length === 0 ? (
        <p className="panel-nothing">{t('connections.none')}</p>
      ) : (
        <table className="panel-table numbers" aria-label={t('panel.connections')}>
          <thead>
            <tr>
              <th scope="col" className="figure">
                {t('connections.number')}
              </th>
              <th scope="col">{t('connections.address')}</th>
              <th scope="col">{t('connections.protocol')}</th>
              <th scope="col" className="figure">
                {t('column.speed')}
              </th>
              <th scope="col" className="figure">
                {t('connections.received')}
              </th>
              <th scope="col" className="figure">
                {t('connections.rest')}
              </th>
              <th scope="col" className="figure">
                {t('connections.age')}
              </th>
              <th scope="col" className="figure">
                {t('connections.latency')}
              </th>
              <th scope="col" className="figure">
                {t('connections.retries')}
              </th>
            </tr>
          </thead>
          <tbody>
            {connections
              .toSorted((a, b) => a.number - b.number)
              .map((connection) => (
                <tr key={connection.number}>
                  <td className="figure">{connection.number}</td>
                  <td className="grow selectable">{new URL(connection.origin).host}</td>
                  <td>{protocolText(connection)}</td>
                  <td className="figure">{formatSpeed(connection.bytesPerSecond)}</td>
                  <td className="figure">{formatBytes(connection.received)}</td>
                  <td className="figure">
                    {connection.end === null ? '' : formatBytes(connection.end - connection.position)}
                  </td>
                  <td className="figure">{formatDuration(connection.age / 1000)}</td>
                  <td className="figure">
                    {connection.latency === null ? '' : t('unit.ms', { value: Math.round(connection.latency) })}
                  </td>
                  <td className="figure">{connection.retries}</td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
      {host !== null && <p className="panel-nothing">{hostText(host)}</p>}
    </>
  )
}

function protocolText({ origin, protocol }: ConnectionLook): string {
  return origin.startsWith('https:') ? t('connections.tls', { protocol }) : protocol
}

function hostText({ host, held, limit, learned }: HostLook): string {
  return learned === null
    ? t('connections.host', { host, held, limit })
    : t('connections.hostLearned', { host, held, limit, at: formatDateTime(learned.at) })
}
