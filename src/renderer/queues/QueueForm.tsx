import { useState } from 'react'
import type { FolderChoice } from '../../shared/contract'
import { concurrentRange, speedLimitRange } from '../../shared/limits'
import { defaultQueue, type QueueView } from '../../shared/queues'
import { asRequestError, call } from '../api'
import { requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { FolderField } from '../ui/FolderField'
import { NumberField } from '../ui/NumberField'
import { RecordForm } from '../ui/RecordForm'
import { TextField } from '../ui/TextField'
import { TimeField } from '../ui/TimeField'
import { same } from '../ui/unsaved'
import { orShow } from '../windowState'
import { choicesOf, draftOf, problemOf, type Draft, type DraftProblem } from './draft'
import { ScheduleEditor } from './ScheduleEditor'

interface Props {
  /** `null` for a new one. */
  readonly queue: QueueView | null
  readonly onClose: () => void
}

export function QueueForm({ queue, onClose }: Props) {
  const [given] = useState<Draft>(() => draftOf(queue))
  const [draft, setDraft] = useState(given)
  /** `undefined` keeps what is stored. */
  const [folder, setFolder] = useState<FolderChoice | null | undefined>(undefined)
  const [problem, setProblem] = useState<DraftProblem | { field: null; text: string } | null>(null)
  const set = (change: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...change }))
    setProblem(null)
  }
  const at = (field: DraftProblem['field']) => (problem?.field === field ? problem.text : null)
  const path = folder === undefined ? (queue?.folder ?? null) : (folder?.path ?? null)

  const save = async () => {
    const found = problemOf(draft)
    setProblem(found)
    if (found !== null) return
    try {
      await call('queues.save', {
        id: draft.id,
        choices: choicesOf(draft),
        ...(folder === undefined ? {} : { folder: folder?.token ?? null }),
      })
      onClose()
    } catch (error) {
      const text = requestProblem(asRequestError(error))
      setProblem({ field: null, text: t('join.titleText', { title: text.title, text: text.suggestion }) })
    }
  }
  return (
    <RecordForm
      label={t('queues.form')}
      unsaved={!same(draft, given) || folder !== undefined}
      problem={problem?.field === null ? problem.text : null}
      onSave={() => void save()}
      onCancel={onClose}
    >
      {draft.id !== defaultQueue && (
        <TextField
          label={t('queues.name')}
          value={draft.name}
          onChange={(name) => set({ name })}
          error={at('name')}
          autoFocus
        />
      )}
      <div className="halves">
        <NumberField
          label={t('queues.slots')}
          value={draft.slots}
          onChange={(slots) => set({ slots })}
          min={concurrentRange.min}
          max={concurrentRange.max}
          hint={t('queues.slotsHint')}
          error={at('slots')}
        />
        <NumberField
          label={t('queues.limit')}
          value={draft.limit}
          onChange={(limit) => set({ limit })}
          min={speedLimitRange.min / 1024}
          max={speedLimitRange.max / 1024}
          hint={t('queues.limitHint')}
          error={at('limit')}
        />
      </div>
      <div className="queue-folder">
        <FolderField
          label={t('queues.folder')}
          path={path ?? t('queues.folderOfAll')}
          choose={t('add.chooseFolder')}
          onChoose={() =>
            orShow(call('folders.choose').then((choice) => (choice === null ? undefined : setFolder(choice))))
          }
        />
        {path !== null && (
          <Button look="quiet" onPress={() => setFolder(null)}>
            {t('queues.noFolder')}
          </Button>
        )}
      </div>
      <ScheduleEditor draft={draft} problem={at('times')} onChange={set} />
      <div className="halves">
        <TimeField
          label={t('queues.startAt')}
          type="datetime-local"
          value={draft.startAt}
          onChange={(startAt) => set({ startAt })}
        />
        <TimeField
          label={t('queues.stopAt')}
          type="datetime-local"
          value={draft.stopAt}
          onChange={(stopAt) => set({ stopAt })}
        />
      </div>
    </RecordForm>
  )
}
