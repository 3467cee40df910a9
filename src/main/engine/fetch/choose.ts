/** Which server the next range is asked from, and when a connection moves to another one. Pure decisions. */

/** What is known of one server of a download. */
export interface Candidate {
  /** Connections of this download to it. */
  readonly connections: number
  /** Bytes per second of one of them, now or when there was one; `null` when that was never measured. */
  readonly perConnection: number | null
  /** Whether it would take another one now. */
  readonly room: boolean
}

/** Below this share of the best speed a server is not worth a connection while others have room. */
const worthwhile = 0.05
/** A connection moves when it can expect at least so many times its speed elsewhere. */
const moveGain = 2

/**
 * Each server gets one connection, because each adds what its line can carry; every further one goes where it can
 * expect most.
 * @returns its index; `null` only when there is no candidate
 */
export function chooseSource(candidates: readonly Candidate[]): number | null {
  const free = candidates.some(({ room }) => room)
  const best = Math.max(0, ...candidates.map((each) => each.perConnection ?? 0))
  let chosen: { index: number; rank: number } | null = null
  for (const [index, each] of candidates.entries()) {
    if (free && !each.room) continue
    const deserves = each.connections === 0 && (each.perConnection ?? Infinity) >= worthwhile * best
    const rank = deserves ? Infinity : expected(each)
    if (!chosen || rank > chosen.rank) chosen = { index, rank }
  }
  return chosen?.index ?? null
}

/**
 * Which server should give one of its connections to another one that is faster, or was not tried: never its last.
 * @returns its index, or `null`
 */
export function movesFrom(candidates: readonly Candidate[]): number | null {
  if (candidates.some(({ room, connections, perConnection }) => room && connections === 0 && perConnection === null)) {
    const most = Math.max(...candidates.map(({ connections }) => connections))
    return most < 2 ? null : candidates.findIndex(({ connections }) => connections === most)
  }
  const elsewhere = Math.max(0, ...candidates.filter(({ room }) => room).map(expected))
  if (elsewhere === 0) return null
  let slowest: { index: number; rate: number } | null = null
  for (const [index, { connections, perConnection }] of candidates.entries()) {
    if (connections < 2 || perConnection === null || perConnection * moveGain > elsewhere) continue
    if (!slowest || perConnection < slowest.rate) slowest = { index, rate: perConnection }
  }
  return slowest?.index ?? null
}

/** Bytes per second that one more connection can expect if the server's line is full, which it may be. */
function expected({ connections, perConnection }: Candidate): number {
  return (perConnection ?? 0) * (connections === 0 ? 1 : connections / (connections + 1))
}
