import type { Hold } from '../shared/holds'
import { defaultQueue, type QueueView } from '../shared/queues'
import { downloadProblem, formatBytes, formatMoment, t } from './text'

/** The default one is called what the language calls it. */
export function queueName({ id, name }: Pick<QueueView, 'id' | 'name'>): string {
  return id === defaultQueue ? t('queues.default') : name
}

/** Whether a queue runs, in a few words. */
export function gateText({ hold, until }: QueueView): string {
  if (hold === null) return until === null ? t('queues.open') : t('queues.openUntil', { when: formatMoment(until) })
  if (hold.kind === 'stopped') {
    return hold.until === null ? t('queues.stopped') : t('queues.stoppedUntil', { when: formatMoment(hold.until) })
  }
  return hold.until === null ? t('queues.closed') : t('queues.closedUntil', { when: formatMoment(hold.until) })
}

/** What a download waits for, in a few words. */
export function holdText(hold: Hold): string {
  switch (hold.kind) {
    case 'stopped':
      return hold.until === null ? t('hold.stopped') : t('hold.stoppedUntil', { when: formatMoment(hold.until) })
    case 'schedule':
      return hold.until === null ? t('hold.schedule') : t('hold.scheduleUntil', { when: formatMoment(hold.until) })
    case 'start':
      return t('hold.start', { when: formatMoment(hold.until) })
    case 'restore':
      return t('hold.restore', { when: formatMoment(hold.until) })
    case 'server':
      return t('hold.server', { when: formatMoment(hold.until), reason: downloadProblem(hold.reason).title })
    case 'space':
      return hold.missing === null ? t('hold.spaceUnknown') : t('hold.space', { size: formatBytes(hold.missing) })
    case 'others':
    case 'battery':
    case 'metered':
      return t(`hold.${hold.kind}`)
  }
}
