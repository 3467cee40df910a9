import { useMemo, type ClipboardEvent } from 'react'
import { lines } from '../../shared/links'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { TextField } from '../ui/TextField'
import type { Fields, Problems } from './form'
import { takeIn, textOf } from './intake'
import { LineErrors } from './LineErrors'
import { ends, hasRange } from '../../shared/ranges'
import { countAll } from './validate'

interface Props {
  readonly fields: Fields
  readonly problems: Problems
  readonly onChange: (change: Partial<Fields>) => void
  /** Something that is more than addresses was pasted: a command, or links among words. */
  readonly onText: (text: string) => void
}

export function UrlsField({ fields, problems, onChange, onText }: Props) {
  const all = useMemo(() => lines(fields.urls), [fields.urls])
  const onPaste = (event: ClipboardEvent) => {
    const text = textOf(event.clipboardData)
    const intake = takeIn(text)
    // Addresses are pasted where the caret is, as everywhere.
    if (intake.kind === 'nothing' || (intake.kind === 'links' && !intake.found)) return
    event.preventDefault()
    onText(text)
  }
  return (
    <div className="add-urls" onPaste={onPaste}>
      <TextField
        label={t('add.urls')}
        value={fields.urls}
        onChange={(urls) => onChange({ urls })}
        rows={4}
        code
        autoFocus
        hint={t('add.urlsHint')}
        example="https://"
        error={problems.lines.length === 0 ? null : <LineErrors errors={problems.lines} single={all.length === 1} />}
      />
      {all.some(hasRange) && <Ranges all={all} on={fields.ranges} onChange={(ranges) => onChange({ ranges })} />}
    </div>
  )
}

interface RangesProps {
  readonly all: readonly string[]
  readonly on: boolean
  readonly onChange: (on: boolean) => void
}

/** Says what a range means before it is taken, because brackets may also be just brackets. */
function Ranges({ all, on, onChange }: RangesProps) {
  const [from] = ends(all[0] ?? '')
  const [, to] = ends(all.at(-1) ?? '')
  const count = countAll(all, on)
  return (
    <Checkbox
      checked={on}
      onChange={onChange}
      {...(on ? { hint: t('add.rangeCount', { count, first: from, last: to }) } : {})}
    >
      {t('add.rangeExpand')}
    </Checkbox>
  )
}
