import { Play, Plus, Square } from 'lucide-react'
import { useState } from 'react'
import { defaultQueue, type QueueId, type QueueView } from '../../shared/queues'
import { call } from '../api'
import { gateText, queueName } from '../queueText'
import { useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { closeDialog, orShow } from '../windowState'
import { QueueForm } from './QueueForm'
import './queues.css'

/** All queues: whether they run, and what the user decides about them. */
export function QueuesDialog() {
  const queues = useStore((state) => state.queues)
  const [edited, setEdited] = useState<QueueId | 'new' | null>(null)
  const close = () => setEdited(null)
  return (
    // What is being typed is not thrown away by a button for something else: Escape leaves the form first.
    <Dialog title={t('queues.title')} size="large" onClose={edited === null ? closeDialog : close}>
      <DialogBody>
        {queues.map((queue) =>
          edited === queue.id ? (
            <QueueForm key={queue.id} queue={queue} onClose={close} />
          ) : (
            <Line key={queue.id} queue={queue} onEdit={() => setEdited(queue.id)} />
          ),
        )}
        {edited === 'new' && <QueueForm queue={null} onClose={close} />}
        {edited === null && (
          <div>
            <Button icon={<Plus size={15} aria-hidden />} onPress={() => setEdited('new')}>
              {t('queues.new')}
            </Button>
          </div>
        )}
      </DialogBody>
      {edited === null && (
        <DialogFooter>
          {queues.length > 1 && <span className="hint">{t('queues.removeHint')}</span>}
          <span className="spring" />
          <Button look="main" onPress={closeDialog}>
            {t('queues.close')}
          </Button>
        </DialogFooter>
      )}
    </Dialog>
  )
}

function Line({ queue, onEdit }: { readonly queue: QueueView; readonly onEdit: () => void }) {
  const name = queueName(queue)
  const count = useStore((state) => {
    let found = 0
    for (const view of state.mirror.rows.values()) {
      if (view.queue === queue.id && view.state.kind !== 'done') found++
    }
    return found
  })
  const run = (on: boolean) => orShow(call('queues.run', { id: queue.id, run: on }))
  return (
    <div className="queue" role="group" aria-label={name}>
      <span className={`queue-dot ${queue.hold === null ? 'queue-open' : ''}`} aria-hidden />
      <span className="queue-name">{name}</span>
      <span className="queue-state">
        {gateText(queue)} · {t('queues.count', { count })}
      </span>
      <span className="spring" />
      {queue.stopped ? (
        <Button icon={<Play size={14} aria-hidden />} label={t('queues.startOne', { name })} onPress={() => run(true)}>
          {t('queues.start')}
        </Button>
      ) : (
        <Button
          icon={<Square size={13} aria-hidden />}
          label={t('queues.stopOne', { name })}
          onPress={() => run(false)}
        >
          {t('queues.stop')}
        </Button>
      )}
      <Button label={t('queues.editOne', { name })} onPress={onEdit}>
        {t('queues.edit')}
      </Button>
      {queue.id !== defaultQueue && (
        <Button label={t('queues.removeOne', { name })} onPress={() => orShow(call('queues.remove', { id: queue.id }))}>
          {t('queues.remove')}
        </Button>
      )}
    </div>
  )
}
