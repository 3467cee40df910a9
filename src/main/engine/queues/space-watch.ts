import type { DownloadId } from '../../../shared/download'
import { failure } from '../../../shared/errors'
import type { Hold } from '../../../shared/holds'
import type { Entries, Entry } from '../downloads/entries'
import { writtenBytes } from '../fetch/segments'
import type { Clock } from '../ports'
import { missingSpace, type Need } from './space'
import type { Volume } from './volumes'

export interface SpaceEnv {
  readonly entries: Entries
  readonly clock: Clock
  readonly volumeOf: (folder: string) => Promise<Volume | null>
  /** Bytes of every volume that stay free; `null` where nobody waits for space: what finds none fails then. */
  readonly margin: () => number | null
  /** @returns negative when `a` goes first */
  readonly compare: (a: Entry, b: Entry) => number
  /** Who misses space has changed. */
  readonly changed: () => void
}

/** ms between two looks while something is written or waits for space; nobody looks otherwise. */
const interval = 5000
/** ms for which a disk that took no more is left alone, although there seems to be room: a quota, or others are quicker. */
const rest = 30_000

/** Compares what downloads still need with what is free, before they begin and while they run. */
export class SpaceWatch {
  readonly #env: SpaceEnv
  #missing: ReadonlyMap<DownloadId, number | null> = new Map()
  /** Lengths that a server named when there was no room for a part. */
  readonly #wanted = new Map<DownloadId, number>()
  /** Until when those rest that the disk refused, in ms of the monotonic clock. */
  readonly #refused = new Map<DownloadId, number>()
  /** Those whose needs were part of the last look. */
  #seen = new Set<DownloadId>()
  /** When all were looked at, those of unknown length too, in ms of the monotonic clock. */
  #lookedAt = -Infinity
  #nap = new AbortController()
  #watching = false
  #closed = false

  constructor(env: SpaceEnv) {
    this.#env = env
    env.entries.subscribe(({ upserts }) => this.#listChanged(upserts))
  }

  hold(id: DownloadId): Hold | null {
    const missing = this.#missing.get(id)
    return missing === undefined ? null : { kind: 'space', missing }
  }

  /**
   * The disk was full for it.
   * @returns true when it waits for space now; one of unknown length fails, because nobody knows what to wait for
   */
  waitsFor(entry: Entry): boolean {
    if (this.#env.margin() === null) return false
    const { id } = entry.record
    if (!this.#missing.has(id)) {
      if (this.#length(entry) === null) return false
      this.#refused.set(id, this.#env.clock.monotonic() + rest)
      this.#missing = new Map([...this.#missing, [id, null]])
    }
    this.#watch()
    return true
  }

  /**
   * Asks for room before a part is made.
   * @param total bytes; `null` when unknown
   * @throws DownloadFailure NOSPACE when it does not fit beside what others still need
   */
  async reserve(entry: Entry, total: number | null): Promise<void> {
    if (this.#env.margin() === null) return
    const { id } = entry.record
    if (total !== null) this.#wanted.set(id, total)
    await this.#measure()
    if (this.#missing.has(id)) throw failure('NOSPACE', 'no', `${total ?? 'unknown many'} bytes are needed`)
  }

  /** Looks now, if there is anything to look at: the margin was changed. */
  look(): void {
    this.#nap.abort(new Error('now'))
    this.#watch()
  }

  close(): void {
    this.#closed = true
    this.#nap.abort(new Error('closing'))
  }

  #listChanged(upserts: readonly DownloadId[]): void {
    const fresh = upserts.some((id) => isActive(this.#env.entries.get(id)) && !this.#seen.has(id))
    if (fresh && this.#watching) this.#nap.abort(new Error('another one'))
    else if (fresh) this.#watch()
  }

  #watch(): void {
    if (this.#watching || this.#closed || this.#env.margin() === null) return
    this.#watching = true
    void this.#loop().finally(() => (this.#watching = false))
  }

  async #loop(): Promise<void> {
    while (!this.#closed) {
      await this.#measure()
      if (this.#missing.size === 0 && !this.#env.entries.all().some(isActive)) return
      this.#nap = new AbortController()
      await this.#env.clock.sleep(interval, this.#nap.signal).catch(() => undefined)
    }
  }

  async #measure(): Promise<void> {
    const { entries, volumeOf, compare, margin } = this.#env
    const active = entries.active()
    const known = new Set([...entries.withParts(), ...[...this.#wanted.keys()].flatMap((id) => entries.get(id) ?? [])])
    this.#seen = new Set(active.map(({ record }) => record.id))
    const certain = [
      ...active.sort(compare),
      ...[...known].filter((entry) => isQueued(entry) && this.#length(entry) !== null).sort(compare),
    ]
    const monotonic = this.#env.clock.monotonic()
    // Of those whose length nobody knows there may be a hundred thousand, in as many folders.
    const all = monotonic - this.#lookedAt >= interval
    if (all) this.#lookedAt = monotonic
    const unknown = all ? entries.all().filter((entry) => isQueued(entry) && this.#length(entry) === null) : []
    const going = [...certain, ...unknown]
    const volumes = new Map<string, Volume | null>()
    for (const folder of new Set(going.map(({ record }) => record.folder))) volumes.set(folder, await volumeOf(folder))
    const needs = going.flatMap((entry): Need[] => {
      const volume = volumes.get(entry.record.folder)
      const bytes = this.#need(entry)
      return volume && bytes !== null ? [{ id: entry.record.id, volume: volume.id, bytes }] : []
    })
    const free = new Map([...volumes.values()].flatMap((volume) => (volume ? [[volume.id, volume.free] as const] : [])))
    const missing = new Map<DownloadId, number | null>(missingSpace(needs, free, margin() ?? 0))
    const now = this.#env.clock.monotonic()
    for (const [id, until] of this.#refused) {
      const entry = entries.get(id)
      if (now >= until || !entry || !isQueued(entry)) this.#refused.delete(id)
      else if (!missing.has(id)) missing.set(id, null)
    }
    for (const id of this.#wanted.keys()) if (!entries.get(id)) this.#wanted.delete(id)
    const before = this.#missing
    if (!all) {
      for (const [id, bytes] of before) {
        const entry = entries.get(id)
        if (entry && isQueued(entry) && this.#length(entry) === null) missing.set(id, bytes)
      }
    }
    this.#missing = missing
    const same = before.size === missing.size && [...missing].every(([id, bytes]) => before.get(id) === bytes)
    if (!same && !this.#closed) this.#env.changed()
  }

  /** Bytes that are still to be written; `null` when it needs none. */
  #need(entry: Entry): number | null {
    const length = this.#length(entry)
    if (length === null) return 0
    const { part } = entry.record
    const written = entry.segments?.written ?? (part.kind === 'open' ? writtenBytes(part.segments) : 0)
    if (part.kind === 'finalizing' || part.kind === 'published') return null
    return written >= length && length > 0 ? null : length - written
  }

  #length({ record: { id, remote, part } }: Entry): number | null {
    return (part.kind === 'none' ? this.#wanted.get(id) : undefined) ?? remote?.total ?? null
  }
}

function isActive(entry: Entry | undefined): boolean {
  return entry?.record.state.kind === 'active'
}

function isQueued(entry: Entry): boolean {
  return entry.record.state.kind === 'queued'
}
