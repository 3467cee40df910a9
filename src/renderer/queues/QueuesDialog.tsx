import { Play, Square } from 'lucide-react'
import { useState } from 'react'
import { defaultQueue, type QueueView } from '../../shared/queues'
import { call } from '../api'
import { gateText, queueName } from '../queueText'
import { useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogClose, DialogFooter } from '../ui/Dialog'
import { Records } from '../ui/Records'
import { removeQueue, useQueues } from '../useQueues'
import { closeDialog, orShow } from '../windowState'
import { QueueForm } from './QueueForm'
import './queues.css'

/** All queues: whether they run, and what the user decides about them. */
export function QueuesDialog() {
  const queues = useQueues()
  const [edited, setEdited] = useState<string | null>(null)
  const close = () => setEdited(null)
  return (
    <Dialog title={t('queues.title')} size="wide" onClose={closeDialog}>
      <DialogBody>
        <Records
          records={queues}
          idOf={({ id }) => String(id)}
          row={(queue) => ({
            name: queueName(queue),
            icon: <span className={`queue-dot ${queue.hold === null ? 'queue-open' : ''}`} aria-hidden />,
            says: <Says queue={queue} />,
            buttons: <RunButton queue={queue} />,
            editLabel: t('queues.editOne', { name: queueName(queue) }),
            removeLabel: t('queues.removeOne', { name: queueName(queue) }),
            ...(queue.id === defaultQueue ? {} : { onRemove: () => removeQueue(queue) }),
          })}
          edited={edited}
          onEdit={setEdited}
          form={(queue) => <QueueForm queue={queue} onClose={close} />}
          add={t('queues.new')}
        />
      </DialogBody>
      <DialogFooter>
        {queues.length > 1 && <span className="hint">{t('queues.removeHint')}</span>}
        <span className="spring" />
        <DialogClose onClose={closeDialog}>{t('queues.close')}</DialogClose>
      </DialogFooter>
    </Dialog>
  )
}

function Says({ queue }: { readonly queue: QueueView }) {
  const count = useStore((state) => {
    let found = 0
    for (const view of state.mirror.rows.values()) {
      const { kind } = view.state
      if (view.queue === queue.id && kind !== 'done' && kind !== 'failed') found++
    }
    return found
  })
  return (
    <span className="record-says">
      {gateText(queue)} · {t('queues.count', { count })}
    </span>
  )
}

function RunButton({ queue }: { readonly queue: QueueView }) {
  const name = queueName(queue)
  const run = (on: boolean) => orShow(call('queues.run', { id: queue.id, run: on }))
  return queue.stopped ? (
    <Button icon={<Play size={14} aria-hidden />} label={t('queues.startOne', { name })} onPress={() => run(true)}>
      {t('queues.start')}
    </Button>
  ) : (
    <Button icon={<Square size={13} aria-hidden />} label={t('queues.stopOne', { name })} onPress={() => run(false)}>
      {t('queues.stop')}
    </Button>
  )
}
