import type { QueueView } from '../shared/queues'
import { call } from './api'
import { queueName } from './queueText'
import { removeSoon, useStaying } from './removals'
import { useStore } from './store'

const removal = ({ id }: QueueView) => `queue ${id}`

/** All queues but those that are on their way out. */
export function useQueues(): readonly QueueView[] {
  const queues = useStore((state) => state.queues)
  return useStaying(queues, removal)
}

/** Its downloads stay in it as long as it can be undone. */
export function removeQueue(queue: QueueView): void {
  removeSoon(removal(queue), queueName(queue), () => call('queues.remove', { id: queue.id }))
}
