import type { DownloadId } from '../../../shared/download'
import type { Ending } from './overview'
import type { Say } from './tray-menu'

export type NoticeAction = 'open' | 'folder' | 'retry'

export interface Notice {
  readonly title: string
  readonly body: string
  /** The one download that it is about; `null` for several. */
  readonly id: DownloadId | null
  readonly actions: readonly NoticeAction[]
}

/** Names in one notification. */
const named = 3

/**
 * What to say about downloads that ended together: one of a kind by name and with actions, several as a number.
 * @param endings of one moment, in their order
 */
export function noticeOf(endings: readonly Ending[], say: Say): Notice[] {
  return (['done', 'failed'] as const).flatMap((kind): Notice[] => {
    const those = endings.filter(({ state }) => state.kind === kind)
    const only = those.length === 1 ? those[0] : undefined
    if (only !== undefined) {
      const actions: readonly NoticeAction[] = kind === 'done' ? ['open', 'folder'] : ['retry']
      return [{ title: say(`notice.${kind}`), body: only.name, id: only.id, actions }]
    }
    if (those.length === 0) return []
    const names = those.slice(0, named).map(({ name }) => name)
    const body = names.join('\n') + (those.length > named ? '\n…' : '')
    return [{ title: say(`notice.${kind}Many`, { count: those.length }), body, id: null, actions: [] }]
  })
}
