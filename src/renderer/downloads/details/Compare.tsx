import { Check, Copy, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { DownloadView } from '../../../shared/download'
import type { RequestError } from '../../../shared/errors'
import type { Comparison } from '../../../shared/verification'
import { asRequestError, call } from '../../api'
import { algorithmNames, requestProblem, t } from '../../text'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { orShow, showDone } from '../../windowState'
import './Compare.css'

type Outcome =
  { readonly kind: 'compared'; readonly comparison: Comparison } | { readonly kind: 'wrong'; readonly text: string }

/** A completed file beside a checksum that the user has from elsewhere; and its SHA-256, to pass on. */
export function Compare({ view }: { readonly view: DownloadView }) {
  const { id, name, check } = view
  const [text, setText] = useState('')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const busy = check !== undefined

  const wrong = (error: RequestError) => {
    if (error.code === 'E_STOPPED') return
    const problem = requestProblem(error)
    setOutcome({ kind: 'wrong', text: t('join.titleText', { title: problem.title, text: problem.suggestion }) })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    if (text.trim() === '') return setOutcome({ kind: 'wrong', text: t('compare.empty') })
    setOutcome(null)
    call('downloads.compare', { id, checksum: text }).then(
      (comparison) => setOutcome({ kind: 'compared', comparison }),
      (error: unknown) => wrong(asRequestError(error)),
    )
  }
  const copy = async () => {
    const { hex } = await call('downloads.digest', { id, algorithm: 'sha-256' })
    await call('clipboard.write', { text: hex })
    showDone(t('compare.copied', { name }))
  }
  return (
    <form className="compare" onSubmit={submit} noValidate aria-label={t('compare.title')}>
      <TextField
        label={t('compare.field')}
        value={text}
        onChange={(value) => {
          setText(value)
          setOutcome(null)
        }}
        hint={t('compare.hint')}
        code
        error={outcome?.kind === 'wrong' ? outcome.text : null}
      />
      <div role="status">{outcome?.kind === 'compared' && <Verdict {...outcome.comparison} />}</div>
      <div className="compare-buttons">
        <Button type="submit" disabled={busy}>
          {t('compare.submit')}
        </Button>
        <Button icon={<Copy size={14} aria-hidden />} onPress={() => orShow(copy())} disabled={busy}>
          {t('compare.copy')}
        </Button>
      </div>
    </form>
  )
}

function Verdict({ fits, found }: Comparison) {
  const verdict = useRef<HTMLParagraphElement>(null)
  useEffect(() => verdict.current?.scrollIntoView({ block: 'nearest' }), [])
  const algorithm = algorithmNames[found.algorithm]
  return (
    <p className={`verdict verdict-${fits ? 'fits' : 'differs'}`} ref={verdict}>
      {fits ? <Check size={15} aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
      <span>
        {t(fits ? 'compare.fits' : 'compare.differs', { algorithm })} {!fits && <code>{found.hex}</code>}
      </span>
    </p>
  )
}
