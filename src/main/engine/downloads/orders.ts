import type { DownloadId } from '../../../shared/download'
import type { AddRequest } from '../api'
import type { Clock, DownloadRecord, NewDownload } from '../ports'
import { checkName, newDownload } from './adding'
import type { Entries, Entry } from './entries'
import type { Sessions } from './sessions'

export interface OrdersEnv {
  readonly entries: Entries
  readonly sessions: Sessions
  readonly clock: Clock
  /** Lets those that are queued run when it is their turn. */
  readonly start: (entries: readonly Entry[]) => void
  /** Those that rest are looked at now. */
  readonly rested: (entries: readonly Entry[]) => void
}

/** What somebody tells downloads to do: begin, stop, go on. Ids of which the state allows it not are passed over. */
export class Orders {
  readonly #env: OrdersEnv

  constructor(env: OrdersEnv) {
    this.#env = env
  }

  /** Adds all in one commit; see `Engine.addAll`. */
  async add(requests: readonly AddRequest[]): Promise<DownloadId[]> {
    const { sessions, clock } = this.#env
    const added: NewDownload[] = []
    for (const request of requests) {
      checkName(request)
      added.push(newDownload(request, await sessions.seal(request.credentials), clock.now()))
    }
    const entries = this.#env.entries.insert(added)
    for (const [index, entry] of entries.entries()) {
      entry.credentials = requests[index]?.credentials ?? null
      entry.alone = requests[index]?.alone ?? false
    }
    const ids = entries.map(({ record }) => record.id)
    this.#env.entries.emit(ids)
    this.#env.start(entries)
    return ids
  }

  pause(ids: readonly DownloadId[]): void {
    this.#env.entries.move(ids, ['queued', 'active'], { kind: 'pause' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('paused'))
    })
  }

  /** Goes on with what is there; one whose bytes are known to be wrong begins again from byte 0. */
  resume(ids: readonly DownloadId[]): void {
    const wrong = this.#env.entries
      .pick(ids)
      .filter(({ record: { state } }) => state.kind === 'failed' && state.error.code === 'HASH')
    forgetRemote(wrong)
    this.goOn(ids)
  }

  /** Lets downloads run beyond the slots there are, and before their time; those that stand go on. */
  startNow(ids: readonly DownloadId[]): void {
    const { entries } = this.#env
    this.resume(ids)
    const waiting = entries.pick(ids).filter(({ record: { state } }) => state.kind === 'queued')
    for (const entry of waiting) entry.atOnce = true
    this.#env.rested(waiting)
    const timed = waiting.filter(({ record: { startAt } }) => startAt !== null)
    entries.saveAll(timed.map(({ record: { id } }) => [id, { startAt: null }]))
  }

  /** Goes on with what is there, whatever is known of it. */
  goOn(ids: readonly DownloadId[]): void {
    this.#env.entries.move(ids, ['paused', 'failed'], { kind: 'resume' }, (entries) => this.#env.start(entries))
  }

  /** Begins again from byte 0. */
  restart(ids: readonly DownloadId[]): void {
    const standing = this.#env.entries
      .pick(ids)
      .filter(({ record: { state } }) => state.kind === 'failed' || state.kind === 'paused')
    forgetRemote(standing)
    this.resume(ids)
  }

  /** Gives up connections that may be dead, of those that can go on where they are. */
  reconnect(): void {
    const ids = this.#env.entries
      .all()
      .filter(({ record }) => gainsByReconnecting(record))
      .map(({ record }) => record.id)
    this.#env.entries.move(ids, ['active'], { kind: 'requeue' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('reconnecting'))
    })
  }
}

/** Without the old answer a new generation begins. */
function forgetRemote(entries: readonly Entry[]): void {
  for (const entry of entries) entry.record = { ...entry.record, remote: null }
}

function gainsByReconnecting({ state, remote }: DownloadRecord): boolean {
  if (state.kind !== 'active') return false
  const { phase } = state
  if (phase.kind === 'waiting') return phase.reason.retryAfter === undefined
  // What cannot go on where it is would begin again at byte 0; perhaps its connection has survived.
  return phase.kind === 'transferring' && remote !== null && remote.ranges && remote.validator !== null
}
