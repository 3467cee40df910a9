import type { DownloadId, Priority } from '../../../shared/download'
import type { HostRule } from '../../../shared/host-rules'
import type { QueueId } from '../../../shared/queues'

/** A download's place in the queue. */
export interface Place {
  readonly id: DownloadId
  /** Any number; lower ones come first. */
  readonly position: number
}

/** What decides who gets the next slot. */
export interface Turn {
  readonly priority: Priority
  /** When its link stops working, ms since the epoch; `null` when it does not say. */
  readonly expiresAt: number | null
  readonly position: number
  readonly queue: QueueId
  /** The rule of its host, which may bound how many run. */
  readonly rule: Pick<HostRule, 'id' | 'downloads'> | null
  /** It waits for something else than a slot. */
  readonly held: boolean
  /** The user wants it now: it waits for no slot. */
  readonly atOnce: boolean
}

type Order = Pick<Turn, 'priority' | 'expiresAt' | 'position' | 'atOnce'>

/** ms before the end of a link from which on it goes first: later it could not be fetched at all. */
const urgent = 60 * 60 * 1000
const ranks: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 }

/**
 * Who is first: what is wanted at once; the higher priority; among equals a link that ends within the hour; then the place
 * in the queue.
 * @param now ms since the epoch
 * @returns negative when `a` is first
 */
export function compareTurns(a: Order, b: Order, now: number): number {
  const deadline = ({ expiresAt }: Order) => (expiresAt !== null && expiresAt - now < urgent ? expiresAt : Infinity)
  const soonest = deadline(a) === deadline(b) ? 0 : deadline(a) - deadline(b)
  return (
    Number(b.atOnce) - Number(a.atOnce) || ranks[a.priority] - ranks[b.priority] || soonest || a.position - b.position
  )
}

/** By position; equal ones in the order in which they were added. */
export function comparePlaces(a: Place, b: Place): number {
  return a.position - b.position || a.id - b.id
}

/** Downloads that come before another one, in the order that they have. */
export interface Move {
  readonly ids: readonly DownloadId[]
  /** `null`, or one that is not there, means the end. */
  readonly before: DownloadId | null
}

/**
 * Moves downloads to other places of the queue. Several moves are made at once, as if all that move were taken out first.
 * @param queue everything that has a place
 * @param moves unknown downloads are left out; one that is in several goes with the last
 * @returns new positions of those whose position changes: of the moved ones only, as long as numbers fit in between
 */
export function reorder(queue: readonly Place[], ...moves: readonly Move[]): Map<DownloadId, number> {
  const moveOf = new Map(moves.flatMap((move) => move.ids.map((id) => [id, move] as const)))
  const sorted = queue.toSorted(comparePlaces)
  const rest = sorted.filter(({ id }) => !moveOf.has(id))
  const indexOf = targets(sorted, moveOf)
  /** What comes in before the one of the rest that has this index. */
  const blocks = new Map<number, Place[]>()
  for (const place of sorted) {
    const move = moveOf.get(place.id)
    if (move === undefined) continue
    const at = (move.before === null ? undefined : indexOf.get(move.before)) ?? rest.length
    const block = blocks.get(at)
    if (block) block.push(place)
    else blocks.set(at, [place])
  }
  const places = new Map<DownloadId, number>()
  for (const [at, block] of blocks) {
    const between = spread(rest[at - 1]?.position, rest[at]?.position, block.length)
    if (between === null) return renumber([...rest, null].flatMap((one, index) => [...(blocks.get(index) ?? []), one]))
    for (const [index, { id }] of block.entries()) places.set(id, between[index] ?? 0)
  }
  return places
}

/** Of every download the index that it has among those that stay, or that the next one that stays has. */
function targets(sorted: readonly Place[], moving: ReadonlyMap<DownloadId, unknown>): Map<DownloadId, number> {
  const indexes = new Map<DownloadId, number>()
  let staying = 0
  for (const { id } of sorted) {
    indexes.set(id, staying)
    if (!moving.has(id)) staying++
  }
  return indexes
}

function renumber(places: readonly (Place | null)[]): Map<DownloadId, number> {
  const all = places.filter((place) => place !== null)
  return new Map(all.flatMap(({ id, position }, index) => (position === index + 1 ? [] : [[id, index + 1]])))
}

/** Rising numbers strictly between two; `null` when there is no room for them. */
function spread(low: number | undefined, high: number | undefined, count: number): number[] | null {
  const step = high === undefined || low === undefined ? 1 : (high - low) / (count + 1)
  const from = low ?? (high ?? count + 1) - (count + 1)
  const numbers = Array.from({ length: count }, (_, index) => from + step * (index + 1))
  const bounds = [low ?? -Infinity, ...numbers, high ?? Infinity]
  return bounds.every((value, index) => index === 0 || value > (bounds[index - 1] ?? 0)) ? numbers : null
}
