import { t } from '../text'
import type { LineError } from './validate'

/** More would push the form out of the window, and nobody reads them all. */
const SHOWN = 3

interface Props {
  readonly errors: readonly LineError[]
  /** Whether the field has a single line, which need not be named then. */
  readonly single: boolean
}

export function LineErrors({ errors, single }: Props) {
  const only = single ? errors[0] : undefined
  if (only !== undefined) return only.reason
  return (
    <ul>
      {errors.slice(0, SHOWN).map(({ line, reason }, index) => (
        <li key={index}>{t('add.lineError', { line: shorten(line), reason })}</li>
      ))}
      {errors.length > SHOWN && <li>{t('add.moreErrors', { count: errors.length - SHOWN })}</li>}
    </ul>
  )
}

function shorten(line: string): string {
  return line.length <= 60 ? line : `${line.slice(0, 40)}…${line.slice(-18)}`
}
