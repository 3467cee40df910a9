import { create } from 'zustand'
import type { AppInfo, Events, FinishedText } from '../shared/contract'
import type { DownloadId, DownloadView } from '../shared/download'
import type { RequestError } from '../shared/errors'
import { listedFinished } from '../shared/history'
import type { QueueView } from '../shared/queues'
import type { Countdown } from '../shared/when-done'
import type { Settings } from '../shared/settings'
import { asRequestError, call, on } from './api'
import {
  addFinished,
  applyChanged,
  applyProgress,
  emptyMirror,
  fromSnapshot,
  judge,
  type Change,
  type Mirror,
} from './mirror'

/** What the main process knows, mirrored. Nothing in here is decided by the window. */
interface State {
  /** `first`: the head of the queue is here to be looked at, the list follows. */
  readonly status: 'loading' | 'first' | 'ready' | 'broken'
  /** Completed downloads are still being read. */
  readonly reading: boolean
  /** Why the list could not be read, when `status` is `broken`. */
  readonly problem: RequestError | null
  readonly mirror: Mirror
  /** Rises with every change of the mirror, which is changed in place; selectors then compare what they picked. */
  readonly version: number
  /** What the last change of the mirror was; a mirror that was read anew has none. Whoever subscribes sees each. */
  readonly changes: readonly Change[]
  /** Whether those changes are only what was read from the store: no news. */
  readonly read: boolean
  readonly settings: Settings | null
  /** The default one first. */
  readonly queues: readonly QueueView[]
  /** All is done, and something follows. */
  readonly countdown: Countdown | null
  readonly info: AppInfo | null
  /** Whether slow mode is on. */
  readonly slow: boolean
}

export const useStore = create<State>(() => ({
  status: 'loading',
  reading: true,
  problem: null,
  mirror: emptyMirror(),
  version: 0,
  changes: [],
  read: false,
  settings: null,
  queues: [],
  countdown: null,
  info: null,
  slow: false,
}))

export function useDownload(id: DownloadId): DownloadView | undefined {
  return useStore((state) => state.mirror.rows.get(id))
}

export function setSettings(settings: Settings): void {
  useStore.setState({ settings })
}

function touch(changes: readonly Change[], read = false): void {
  if (changes.length > 0) useStore.setState((state) => ({ version: state.version + 1, changes, read }))
}

/** Events that came while the snapshot was on its way; `null` when none is. */
let pending: Events['changed'][] | null = null
/** Paints before everything has crossed: with 50,000 downloads that takes a second. */
async function readFirst(): Promise<void> {
  const downloads = parse(await call('downloads.first'))
  if (useStore.getState().status !== 'loading') return
  const mirror = fromSnapshot({ revision: 0, downloads })
  useStore.setState((state) => ({ status: 'first', mirror, version: state.version + 1, changes: [] }))
}

/** What was removed while completed downloads are still being read. */
let gone: Set<DownloadId> = new Set()

/**
 * Subscribes first and then takes the snapshot, so that nothing falls in between; what the snapshot already contains is
 * dropped by its revision. A missing revision means that an event was lost: the list is read again. What is to be done
 * is shown as soon as it is there, what is done follows.
 */
export async function readList(): Promise<void> {
  if (pending !== null) return
  pending = []
  gone = new Set()
  try {
    const { revision, downloads } = await call('downloads.snapshot')
    const mirror = fromSnapshot({ revision, downloads: parse(downloads) })
    // A list that was there already does not go away in between.
    const again = useStore.getState().status === 'ready'
    if (again) await readFinished(mirror, () => undefined)
    const events = pending
    pending = null
    useStore.setState((state) => ({ status: 'ready', problem: null, mirror, version: state.version + 1, changes: [] }))
    for (const event of events) receive(event)
    if (!again) {
      const read = readFinished(mirror, (changes) => touch(changes, true))
      void read.catch(broken).finally(() => useStore.setState({ reading: false }))
    }
  } catch (error) {
    broken(error)
  }
}

function broken(error: unknown): void {
  pending = null
  useStore.setState({ status: 'broken', problem: asRequestError(error) })
}

/** @param then told what each page brought; the reading ends when the list was read anew meanwhile */
async function readFinished(mirror: Mirror, then: (changes: readonly Change[]) => void): Promise<void> {
  const removed = gone
  let before: DownloadId | null = null
  do {
    const page: FinishedText = await call('downloads.finished', { before })
    if (removed !== gone) return
    then(addFinished(mirror, parse(page.downloads), gone))
    before = page.next
    // The rest is in the history, which asks for what it shows.
  } while (before !== null && mirror.counts.done < listedFinished)
}

const parse = (text: string) => JSON.parse(text) as DownloadView[]

const shown = () => useStore.getState().mirror.rows.size > 0

function receive(event: Events['changed']): void {
  if (pending !== null) {
    pending.push(event)
    return
  }
  const { mirror, status } = useStore.getState()
  if (status === 'broken') return
  for (const id of event.removals) gone.add(id)
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

/**
 * Call once. Resolves when there is something to show, also when that is a failure.
 * @param byQueue the list is shown in the order of the queue, whose head can be shown first
 */
export async function connect(byQueue = false): Promise<void> {
  on('changed', receive)
  on('settings', setSettings)
  on('slow', (slow) => useStore.setState({ slow }))
  on('progress', (rows) => {
    if (pending === null) touch(applyProgress(useStore.getState().mirror, rows))
  })
  const settings = call('settings.get').then(setSettings, () => {
    // The dialog asks again when it opens; the list matters more.
  })
  on('countdown', (countdown) => useStore.setState({ countdown }))
  void call('whenDone.get').then(
    (countdown) => useStore.setState({ countdown }),
    () => undefined,
  )
  on('queues', (queues) => useStore.setState({ queues }))
  const queues = call('queues.list').then(
    (value) => useStore.setState({ queues: value }),
    () => undefined,
  )
  const slow = call('speed.slow').then(
    (value) => useStore.setState({ slow: value }),
    () => undefined,
  )
  const info = call('app.info').then(
    (value) => useStore.setState({ info: value }),
    () => undefined,
  )
  // Without it the list comes all the same.
  const first = byQueue ? readFirst().catch(() => undefined) : null
  const list = readList()
  const rows = first === null ? list : Promise.race([list, first.then(() => (shown() ? undefined : list))])
  await Promise.all([rows, settings, queues, slow, info])
}
