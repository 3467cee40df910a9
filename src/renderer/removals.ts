import { create } from 'zustand'
import { undoTime } from '../shared/limits'
import { t } from './text'
import { orShow, showDone } from './windowState'

/** What is taken off a list of the settings is hidden at once and removed a moment later: until then it can be undone. */
const useLeaving = create<ReadonlySet<string>>(() => new Set())

/** Those of a list that are not on their way out. */
export function useStaying<T>(list: readonly T[], idOf: (each: T) => string): readonly T[] {
  const leaving = useLeaving()
  return leaving.size === 0 ? list : list.filter((each) => !leaving.has(idOf(each)))
}

/**
 * @param id unlike any other in all lists
 * @param name as the user knows it
 * @param remove carries it out
 */
export function removeSoon(id: string, name: string, remove: () => Promise<unknown>): void {
  const hide = (hidden: boolean) =>
    useLeaving.setState((before) => new Set(hidden ? [...before, id] : [...before].filter((each) => each !== id)), true)
  hide(true)
  const timer = setTimeout(() => orShow(remove().finally(() => hide(false))), undoTime)
  const back = () => {
    clearTimeout(timer)
    hide(false)
  }
  showDone(t('record.removed', { name }), { label: t('remove.undo'), run: back, within: undoTime })
}
