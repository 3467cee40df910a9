import type { Inspection } from '../../../shared/inspection'
import { formatDateTime, t } from '../../text'
import { Fact } from './Overview'

/** What the server said last, and how the file is known to be the same one. */
export function Server({ inspection }: { readonly inspection: Inspection }) {
  const { answer, validator, contentType } = inspection
  if (answer === null) return <p className="panel-nothing">{t('server.nothing')}</p>
  const software = answer.headers.find(([name]) => name.toLowerCase() === 'server')?.[1]
  return (
    <div className="panel-columns">
      <dl className="facts">
        <Fact name={t('server.answeredBy')}>{answer.url}</Fact>
        <Fact name={t('server.status')}>
          {answer.status} · {formatDateTime(answer.at)}
        </Fact>
        {typeof software === 'string' && <Fact name={t('server.software')}>{software}</Fact>}
        {contentType !== null && <Fact name={t('server.type')}>{contentType}</Fact>}
        <Fact name={t('server.validator')}>
          {validator === null
            ? t('server.noValidator')
            : `${validator.kind === 'etag' ? 'ETag' : 'Last-Modified'} ${validator.value}`}
        </Fact>
      </dl>
      <div>
        <h3 className="panel-heading">{t('server.headers')}</h3>
        <dl className="facts">
          {answer.headers.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value === null ? <em>{t('server.hidden')}</em> : <code>{value}</code>}
            </Fact>
          ))}
        </dl>
      </div>
    </div>
  )
}
