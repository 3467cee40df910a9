import { t } from '../text'
import type { CurlReading } from '../curl'
import type { Fields } from './form'
import type { Intake } from './intake'

/** What became of a text that was brought in: changes of the form, and a sentence about them. */
export interface Taken {
  readonly change: Partial<Fields>
  readonly said: string
  readonly refused: boolean
}

/** @param before what stands in the form: links are added to it, a command replaces it */
export function taken(intake: Intake, before: Fields): Taken {
  switch (intake.kind) {
    // A document has a dialog of its own.
    case 'document':
    case 'nothing':
      return { change: {}, said: t('add.linksNone'), refused: true }
    case 'links': {
      const known = before.urls.trimEnd()
      const urls = [...(known === '' ? [] : [known]), ...intake.urls].join('\n')
      const said = intake.found ? t('add.linksFound', { count: intake.urls.length }) : ''
      return { change: { urls }, said, refused: false }
    }
    case 'curl':
      return takenFromCurl(intake.reading)
  }
}

function takenFromCurl(reading: CurlReading): Taken {
  if (reading.kind === 'refused') return { change: {}, said: refusal(reading), refused: true }
  const { urls, headers, cookies, user, password, name, ignored } = reading
  const left = ignored.length === 0 ? '' : t('add.curlIgnored', { options: ignored.join(', ') })
  const said = t('add.curlTaken')
  return {
    change: { urls: urls.join('\n'), headers, cookies, user, password, name },
    said: left === '' ? said : t('join.sentences', { first: said, second: left }),
    refused: false,
  }
}

function refusal(reading: Extract<CurlReading, { kind: 'refused' }>): string {
  switch (reading.why) {
    case 'data':
      return t('add.curlData', { what: reading.what })
    case 'method':
      return t('add.curlMethod', { what: reading.what })
    case 'broken':
      return t('add.curlBroken')
    case 'address':
      return t('add.curlAddress')
    case 'several':
      return t('add.curlSeveral')
  }
}
