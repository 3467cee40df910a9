import { create } from 'zustand'
import type { AppInfo, Events } from '../shared/contract'
import type { DownloadId, DownloadView } from '../shared/download'
import type { RequestError } from '../shared/errors'
import type { Settings } from '../shared/settings'
import { asRequestError, call, on } from './api'
import { applyChanged, applyProgress, emptyMirror, fromSnapshot, judge, type Change, type Mirror } from './mirror'

/** What the main process knows, mirrored. Nothing in here is decided by the window. */
interface State {
  readonly status: 'loading' | 'ready' | 'broken'
  /** Why the list could not be read, when `status` is `broken`. */
  readonly problem: RequestError | null
  readonly mirror: Mirror
  /** Rises with every change of the mirror, which is changed in place; selectors then compare what they picked. */
  readonly version: number
  /** What the last change of the mirror was; a mirror that was read anew has none. Whoever subscribes sees each. */
  readonly changes: readonly Change[]
  readonly settings: Settings | null
  readonly info: AppInfo | null
}

export const useStore = create<State>(() => ({
  status: 'loading',
  problem: null,
  mirror: emptyMirror(),
  version: 0,
  changes: [],
  settings: null,
  info: null,
}))

export function useDownload(id: DownloadId): DownloadView | undefined {
  return useStore((state) => state.mirror.rows.get(id))
}

export function setSettings(settings: Settings): void {
  useStore.setState({ settings })
}

function touch(changes: readonly Change[]): void {
  if (changes.length > 0) useStore.setState((state) => ({ version: state.version + 1, changes }))
}

/** Events that came while the snapshot was on its way; `null` when none is. */
let pending: Events['changed'][] | null = null

/**
 * Subscribes first and then takes the snapshot, so that nothing falls in between; what the snapshot already contains is
 * dropped by its revision. A missing revision means that an event was lost: the list is read again.
 */
export async function readList(): Promise<void> {
  if (pending !== null) return
  pending = []
  try {
    const { revision, downloads } = await call('downloads.snapshot')
    const mirror = fromSnapshot({ revision, downloads: JSON.parse(downloads) as DownloadView[] })
    const events = pending
    pending = null
    useStore.setState((state) => ({ status: 'ready', problem: null, mirror, version: state.version + 1, changes: [] }))
    for (const event of events) receive(event)
  } catch (error) {
    pending = null
    useStore.setState({ status: 'broken', problem: asRequestError(error) })
  }
}

function receive(event: Events['changed']): void {
  if (pending !== null) {
    pending.push(event)
    return
  }
  const { mirror, status } = useStore.getState()
  if (status === 'broken') return
  switch (judge(mirror, event.revision)) {
    case 'known':
      return
    case 'gap':
      void readList()
      return
    case 'apply':
      touch(applyChanged(mirror, event))
  }
}

/** Call once. Resolves when there is something to show, also when that is a failure. */
export async function connect(): Promise<void> {
  on('changed', receive)
  on('settings', setSettings)
  on('progress', (rows) => {
    if (pending === null) touch(applyProgress(useStore.getState().mirror, rows))
  })
  const settings = call('settings.get').then(setSettings, () => {
    // The dialog asks again when it opens; the list matters more.
  })
  const info = call('app.info').then(
    (value) => useStore.setState({ info: value }),
    () => undefined,
  )
  await Promise.all([readList(), settings, info])
}
