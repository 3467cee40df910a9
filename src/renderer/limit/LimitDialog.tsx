import { useState } from 'react'
import type { DownloadId } from '../../shared/download'
import { parseRate } from '../../shared/size'
import { asRequestError, call } from '../api'
import { changeAll } from '../bulk'
import { rateProblem, rateRead, typedRate } from '../rate'
import { useStore } from '../store'
import { requestProblem, t } from '../text'
import { FormDialog } from '../ui/FormDialog'
import { TextField } from '../ui/TextField'
import { closeDialog } from '../windowState'

/** The speed that each of some downloads may have. */
export function LimitDialog({ ids }: { readonly ids: readonly DownloadId[] }) {
  const [text, setText] = useState(() => typedRate(sameLimit(ids)))
  const [error, setError] = useState<string | null>(null)

  const send = async () => {
    const problem = rateProblem(text)
    if (problem !== null) return setError(problem)
    try {
      await changeAll(
        ids,
        parseRate(text),
        (view) => view.limit,
        (those, rate) => call('downloads.limit', { ids: those, rate }),
      )
      closeDialog()
    } catch (failure) {
      setError(requestProblem(asRequestError(failure)).title)
    }
  }
  return (
    <FormDialog
      title={t('limit.title')}
      size="small"
      cancel={t('limit.cancel')}
      submit={t('limit.submit')}
      onClose={closeDialog}
      onSubmit={() => void send()}
    >
      <p>{t('limit.text', { count: ids.length })}</p>
      <TextField
        label={t('add.limit')}
        value={text}
        onChange={(value) => {
          setText(value)
          setError(null)
        }}
        example={t('add.limitHint')}
        hint={rateRead(text)}
        autoFocus
        error={error}
      />
    </FormDialog>
  )
}

/** What all of them have; `null` when they differ. */
function sameLimit(ids: readonly DownloadId[]): number | null {
  const { rows } = useStore.getState().mirror
  const [first = null, ...others] = new Set(ids.map((id) => rows.get(id)?.limit ?? null))
  return others.length === 0 ? first : null
}
