import type { Mirror, SourceView } from '../../../shared/download'
import { failure, type DownloadError, type DownloadErrorCode, type DownloadFailure } from '../../../shared/errors'
import type { SourceLook } from '../../../shared/inspection'
import type { Remote } from '../ports'
import { GaveUp } from '../scheduler'
import { chooseSource, movesFrom, type Candidate } from './choose'
import type { Source } from './source'

/** Causes that end with the generation: a new one may begin with such a server. */
const changed = new Set<DownloadErrorCode>(['CHANGED', 'RANGE'])

const nobodyLeft: DownloadError = { code: 'CONNECTION_LOST', retry: 'restart', detail: 'its server is not on the list' }

/** All addresses of one download while it runs: its own one first, then its mirrors. */
export class Sources {
  readonly #make: (address: string, publicOnly: boolean) => Source
  readonly #changed: () => void
  #all: Source[] = []
  /** True while all bytes of the generation must come from one server. */
  #alone = false
  /** True when part of the generation was written before this run: nobody knows by whom. */
  #inherited = false

  /** @param changed told when one of them is used, held back or dropped */
  constructor(make: (address: string, publicOnly: boolean) => Source, changed: () => void) {
    this.#make = make
    this.#changed = changed
  }

  get all(): readonly Source[] {
    return this.#all
  }

  /** The download's own address. */
  get own(): Source {
    return this.#all[0]!
  }

  /** Takes over the addresses of the record; those that stay keep what is known of them. */
  set(url: string, mirrors: readonly Mirror[]): void {
    const wanted = [{ url, from: 'user' as const }, ...mirrors]
    const before = this.#all
    this.#all = wanted.map(
      (each) => before.find((source) => source.address === each.url) ?? this.#make(each.url, each.from === 'server'),
    )
    for (const source of before) {
      if (this.#all.includes(source)) continue
      source.state = { kind: 'dropped', error: { code: 'OTHER_FILE', retry: 'no', detail: 'taken off the list' } }
    }
  }

  /** Goes on with a generation of an earlier run. */
  resumed(url: string, remote: Remote, inherited: boolean): void {
    this.#alone = remote.alone ?? false
    this.#inherited = inherited
    const begun = this.#all.find((source) => source.address === (remote.address ?? url))
    for (const source of this.#all) {
      if (source.state.kind === 'dropped' && !source.mayReturn) continue
      if (source === begun) source.use(remote)
      else if (source.state.kind !== 'used') source.renew()
    }
    this.#changed()
  }

  /** A new generation was begun by one of them. */
  begun(source: Source, remote: Remote): void {
    this.#alone = remote.alone ?? false
    this.#inherited = false
    for (const each of this.#all) {
      const { state } = each
      each.bytes = 0
      if (state.kind !== 'dropped' || changed.has(state.error.code) || state.error.code === 'OTHER_FILE') each.renew()
    }
    source.use(remote)
    this.#changed()
  }

  /**
   * Those that a new generation may be begun with: the own address when a mirror's file was another one and of no use, then
   * who has not failed lately.
   * @param alone who gave most goes before others then
   */
  beginners(alone: boolean): Source[] {
    const { state } = this.own
    const otherFile = state.kind === 'dropped' && state.error.code === 'OTHER_FILE'
    const first = (source: Source) => otherFile && source === this.own
    const able = this.#all.filter(
      (source) =>
        source.state.kind !== 'dropped' || changed.has(source.state.error.code) || source.mayReturn || first(source),
    )
    return (able.length > 0 ? able : this.#all).toSorted(
      (a, b) => Number(first(b)) - Number(first(a)) || a.lastFailure - b.lastFailure || (alone ? b.bytes - a.bytes : 0),
    )
  }

  /** Those that deliver ranges, or may when they are asked. */
  live(): Source[] {
    return this.#all.filter(({ state }) => state.kind === 'used' || (state.kind === 'unused' && !this.#alone))
  }

  /** Those that could begin a new generation, but are of no use for this one. */
  spare(): Source[] {
    return this.#all.filter(({ state }) => state.kind === 'spare' || (state.kind === 'unused' && this.#alone))
  }

  /**
   * Where the next range comes from.
   * @param room whether a host takes another connection
   * @param joinable whether there are bytes with which a new one can be compared
   * @param limit connections of the download
   * @returns `null` when all that are left rest or are being asked
   */
  choose(room: (host: string) => boolean, joinable: boolean, limit: number): Source | null {
    const live = this.live()
    const ready = live.filter(
      (source) => source.resting === null && (source.state.kind === 'used' || (joinable && !source.joining)),
    )
    // Room for those that can be asked as soon as there is a byte to compare with.
    const unasked = live.some((source) => source.state.kind === 'unused' && !joinable && source.resting === null)
    const share = unasked ? Math.ceil(limit / live.length) : Infinity
    const able = ready.filter((source) => source.connections < share)
    const index = chooseSource(able.map((source) => candidate(source, room)))
    return index === null ? null : (able[index] ?? null)
  }

  /** Whose connection should be closed, so that it can move to a faster one. */
  slowest(room: (host: string) => boolean): Source | null {
    const able = this.live().filter(({ resting, joining }) => resting === null && !joining)
    const index = movesFrom(able.map((source) => candidate(source, room)))
    return index === null ? null : (able[index] ?? null)
  }

  /** Why a generation cannot be finished when nobody is left for it. */
  exhausted(): DownloadFailure {
    const errors = this.#all.flatMap(({ state }) =>
      state.kind === 'dropped' && state.error.code !== 'OTHER_FILE' ? [state.error] : [],
    )
    const cause = errors.find(({ retry }) => retry === 'restart') ?? errors.find(({ retry }) => retry === 'later')
    const { code, retry, detail } = cause ?? errors[0] ?? nobodyLeft
    const again = this.ownMayBegin || this.#all.some(({ state: { kind } }) => kind === 'spare' || kind === 'unused')
    const failed = failure(code, again ? 'restart' : retry, detail)
    return failed.error.retry === 'later' ? new GaveUp(failed) : failed
  }

  drop(source: Source, error: DownloadError): void {
    source.state = { kind: 'dropped', error }
    this.#changed()
  }

  /** It is of use only when everything begins again. */
  hold(source: Source): void {
    source.state = { kind: 'spare' }
    this.#changed()
  }

  joined(source: Source, remote: Remote): void {
    source.use(remote)
    this.#changed()
  }

  /** Whoever gave bytes to the present generation; `null` when that is not known of all of them. */
  contributors(): Source[] | null {
    return this.#inherited && this.#all.length > 1 && !this.#alone
      ? null
      : this.#all.filter((source) => source.bytes > 0 || (this.#alone && source.state.kind === 'used'))
  }

  /**
   * True when the download's own address is of no use for this generation, because its file has changed or because a mirror
   * that began it has another one. When the mirrors are no use either, the own address begins again: it was asked for.
   */
  get ownMayBegin(): boolean {
    const { state } = this.own
    return state.kind === 'dropped' && (changed.has(state.error.code) || state.error.code === 'OTHER_FILE')
  }

  /** Empty when there is only the download's own address. */
  views(): SourceView[] {
    return this.#all.length < 2 ? [] : this.#all.map(viewOf)
  }

  /** As `views`, with what changes all the time. */
  looks(): SourceLook[] {
    if (this.#all.length < 2) return []
    return this.#all.map((source) => ({
      ...viewOf(source),
      received: source.received,
      bytesPerSecond: source.rate,
      connections: source.connections,
      resting: source.resting?.reason.code ?? null,
    }))
  }
}

function viewOf({ address, host, state }: Source): SourceView {
  return { url: address, host, state }
}

function candidate(source: Source, room: (host: string) => boolean): Candidate {
  const { connections, perConnection, host } = source
  return { connections, perConnection, room: room(host) }
}
