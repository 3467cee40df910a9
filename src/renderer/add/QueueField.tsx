import type { FolderChoice } from '../../shared/contract'
import { defaultQueue, type QueueId } from '../../shared/queues'
import { call } from '../api'
import { queueName } from '../queueText'
import { t } from '../text'
import { Select } from '../ui/Select'
import { useQueues } from '../useQueues'
import { orShow } from '../windowState'

interface Props {
  /** `null` for the default one. */
  readonly value: QueueId | null
  readonly onChange: (queue: QueueId | null) => void
  /** The chosen queue has a folder of its own. */
  readonly onFolder: (folder: FolderChoice) => void
}

/** Which queue new downloads go into, where there are several. */
export function QueueField({ value, onChange, onFolder }: Props) {
  const queues = useQueues()
  if (queues.length < 2) return null
  const choose = (id: QueueId) => {
    onChange(id === defaultQueue ? null : id)
    orShow(call('queues.folder', { id }).then((folder) => (folder === null ? undefined : onFolder(folder))))
  }
  return (
    <Select
      label={t('add.queue')}
      value={String(value ?? defaultQueue)}
      options={queues.map((queue) => ({ value: String(queue.id), label: queueName(queue) }))}
      onChange={(id) => choose(Number(id))}
    />
  )
}
