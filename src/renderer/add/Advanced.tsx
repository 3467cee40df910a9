import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { lines } from '../../shared/links'
import { rateRead } from '../rate'
import { useStore } from '../store'
import { t } from '../text'
import { CredentialFields } from '../ui/CredentialFields'
import { TextField } from '../ui/TextField'
import type { Fields, Problems } from './form'
import { LineErrors } from './LineErrors'

interface Props {
  readonly fields: Fields
  readonly problems: Problems
  readonly onChange: (change: Partial<Fields>) => void
}

/**
 * Folded only for the eye: the fields can always be reached by Tab and by assistive programs, and unfold as soon as one
 * of them is entered or has an error.
 */
export function Advanced({ fields, problems: { fields: problems, mirrors }, onChange }: Props) {
  const [unfolded, setUnfolded] = useState(false)
  const wrong = ['headers', 'cookies', 'user', 'password', 'checksum', 'partSize', 'threshold', 'limit'].some((field) =>
    Object.hasOwn(problems, field),
  )
  const open = unfolded || wrong || mirrors.length > 0
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  return (
    <div className="advanced" role="group" aria-label={t('add.advanced')} data-open={open || undefined}>
      <button type="button" className="advanced-toggle" aria-expanded={open} onClick={() => setUnfolded(!open)}>
        <ChevronRight size={15} aria-hidden />
        {t('add.advanced')}
      </button>
      <div
        className="advanced-clip"
        onFocus={(event) => {
          if (open) return
          // At once, so that the browser scrolls to where the field will be.
          flushSync(() => setUnfolded(true))
          event.target.scrollIntoView({ block: 'nearest' })
        }}
      >
        <div className="advanced-fields">
          <TextField
            label={t('add.mirrors')}
            value={fields.mirrors}
            onChange={(value) => onChange({ mirrors: value })}
            rows={2}
            code
            example={t('add.mirrorsHint')}
            error={
              mirrors.length === 0 ? null : <LineErrors errors={mirrors} single={lines(fields.mirrors).length === 1} />
            }
          />
          <CredentialFields value={fields} problems={problems} onChange={onChange} />
          {!keepsSecrets && <p className="hint">{t('add.secretsNotKept')}</p>}
          <div className="halves">
            <TextField
              label={t('add.partSize')}
              value={fields.partSize}
              onChange={(partSize) => onChange({ partSize })}
              example={t('add.partSizeHint')}
              error={problems.partSize ?? null}
            />
            <TextField
              label={t('add.threshold')}
              value={fields.threshold}
              onChange={(threshold) => onChange({ threshold })}
              example={t('add.thresholdHint')}
              error={problems.threshold ?? null}
            />
          </div>
          <div className="halves">
            <TextField
              label={t('add.limit')}
              value={fields.limit}
              onChange={(limit) => onChange({ limit })}
              example={t('add.limitHint')}
              hint={rateRead(fields.limit)}
              error={problems.limit ?? null}
            />
            <span />
          </div>
          <TextField
            label={t('add.checksum')}
            value={fields.checksum}
            onChange={(checksum) => onChange({ checksum })}
            code
            example={t('add.checksumHint')}
            error={problems.checksum ?? null}
          />
        </div>
      </div>
    </div>
  )
}
