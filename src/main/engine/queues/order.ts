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
}

type Order = Pick<Turn, 'priority' | 'expiresAt' | 'position'>

/** ms before the end of a link from which on it goes first: later it could not be fetched at all. */
const urgent = 60 * 60 * 1000
const ranks: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 }

/**
 * Who is first: the higher priority; among equals a link that ends within the hour; then the place in the queue.
 * @param now ms since the epoch
 * @returns negative when `a` is first
 */
export function compareTurns(a: Order, b: Order, now: number): number {
  const deadline = ({ expiresAt }: Order) => (expiresAt !== null && expiresAt - now < urgent ? expiresAt : Infinity)
  const soonest = deadline(a) === deadline(b) ? 0 : deadline(a) - deadline(b)
  return ranks[a.priority] - ranks[b.priority] || soonest || a.position - b.position
}

/** By position; equal ones in the order in which they were added. */
export function comparePlaces(a: Place, b: Place): number {
  return a.position - b.position || a.id - b.id
}

/**
 * Moves downloads to another place of the queue, in the order that they have.
 * @param queue everything that has a place
 * @param ids those that move; unknown ones are left out
 * @param before they come before this one; `null`, or one that is not there, means the end
 * @returns new positions of those whose position changes: of the moved ones only, as long as numbers fit in between
 */
export function reorder(
  queue: readonly Place[],
  ids: readonly DownloadId[],
  before: DownloadId | null,
): Map<DownloadId, number> {
  const wanted = new Set(ids)
  const sorted = queue.toSorted(comparePlaces)
  const moved = sorted.filter(({ id }) => wanted.has(id))
  if (moved.length === 0) return new Map()
  const target = sorted.findIndex(({ id }) => id === before)
  // The one to come before may itself be among the moved: then it is the next one that is not.
  const next = target === -1 ? undefined : sorted.slice(target).find(({ id }) => !wanted.has(id))
  const rest = sorted.filter(({ id }) => !wanted.has(id))
  const at = next ? rest.indexOf(next) : rest.length
  const low = rest[at - 1]?.position
  const high = rest[at]?.position
  const between = spread(low, high, moved.length)
  if (between) return new Map(moved.map(({ id }, index) => [id, between[index] ?? 0]))
  const all = [...rest.slice(0, at), ...moved, ...rest.slice(at)]
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
