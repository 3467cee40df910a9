/** When a download takes another connection, gives one up, or asks for the last bytes twice. Pure decisions. */

/** What is known of one open connection. */
export interface Pulse {
  /** ms since its answer began. */
  readonly age: number
  /** Bytes per second over the last five seconds. */
  readonly rate: number
  /** Bytes that it still has to fetch. */
  readonly rest: number
}

/** ms that a connection gets to show its speed. */
export const trial = 5000
/** Below this share of the others' mean speed a connection is replaced (Surge's figure). */
const slowShare = 0.3
/** Bytes per second below which a connection counts as stalled, whatever the others do (fault 25). */
const crawl = 1024
/** ms that even a lone connection may crawl. */
const crawlTrial = 30_000

/**
 * Which connections are so slow that a new one is likely to be better: slower than 0.3 of the mean of the others for
 * five seconds, or next to nothing for half a minute. Never one that is nearly done.
 * @returns their indexes
 */
export function tooSlow(pulses: readonly Pulse[]): number[] {
  const sum = pulses.reduce((total, pulse) => total + pulse.rate, 0)
  return pulses.flatMap(({ age, rate, rest }, index) => {
    if (age < trial || rest <= rate) return []
    const others = pulses.length > 1 ? (sum - rate) / (pulses.length - 1) : 0
    return rate < slowShare * others || (rate < crawl && age >= crawlTrial) ? [index] : []
  })
}

/** Below this share of the others' mean speed a server's only connection is of no use. */
const hopelessShare = 0.01

/**
 * Which connections bring next to nothing while those to other servers do: less than a hundredth of their mean.
 * @returns their indexes
 */
export function hopeless(pulses: readonly Pulse[]): number[] {
  const sum = pulses.reduce((total, pulse) => total + pulse.rate, 0)
  return pulses.flatMap(({ age, rate }, index) =>
    pulses.length > 1 && age >= trial && rate < (hopelessShare * (sum - rate)) / (pulses.length - 1) ? [index] : [],
  )
}

/** Bytes that a hedge may hold in memory. */
export const hedgeLimit = 4 * 1024 * 1024
/** ms of waiting for the last piece that are worth another request. */
const hedgeWait = 1500

/**
 * Which connection's rest an idle one should fetch as well, so that a single slow one does not hold the file: the one
 * that will be last, when it has more than a moment to go and little enough to keep in memory.
 * @returns its index, or `null`
 */
export function hedgeCandidate(pulses: readonly Pulse[]): number | null {
  let last: { index: number; left: number } | null = null
  for (const [index, { age, rate, rest }] of pulses.entries()) {
    const left = rate > 0 ? (1000 * rest) / rate : Infinity
    if (age < hedgeWait || rest === 0 || rest > hedgeLimit || left < hedgeWait) continue
    if (!last || left > last.left) last = { index, left }
  }
  return last?.index ?? null
}

/** ms that each step of the ramp is measured. */
const rampStep = 500
/**
 * ms for a step whose bytes come in bursts, or that seems not to pay: nginx (`limit_rate`) and lighttpd send once a second
 * and sleep in between, so less says more of the moment than of the connection.
 */
const rampStepOfBursts = 2000
/** Twice the connections must bring at least this much more to be worth it. */
const rampGain = 1.2

/** How one step of the slow start went so far. */
export interface RampStep {
  /** Connections of this step. */
  readonly open: number
  /** Bytes per second of the step before; 0 for the first. */
  readonly before: number
  /** Bytes that arrived between two looks, one after the other. */
  readonly arrived: readonly number[]
  /** ms that it lasts. */
  readonly elapsed: number
}

/** A look that saw less than this share of the best one saw a pause between bursts. */
const pauseShare = 0.25

/**
 * Whether a step was measured long enough, and what it showed.
 * @param limit connections at most
 * @returns connections of the next step, the same number when it is not worth going on, and the bytes per second of this
 *   one; `null` when it has to be looked at longer
 */
export function judgeStep(step: RampStep, limit: number): { readonly next: number; readonly rate: number } | null {
  const { open, before, arrived, elapsed } = step
  if (elapsed < rampStep) return null
  const rate = (1000 * arrived.reduce((sum, bytes) => sum + bytes, 0)) / elapsed
  const next = nextStep(open, limit, before, rate)
  const even = Math.min(...arrived) >= pauseShare * Math.max(...arrived)
  const pays = next > open || open >= limit
  return elapsed >= rampStepOfBursts || (even && pays) ? { next, rate } : null
}

/**
 * The next step of a slow start: 1, 2, 4, 8 … connections as long as each step pays.
 * @param open connections of this step
 * @param limit connections at most
 * @param before bytes per second of the step before; 0 for the first
 * @param now bytes per second of this step
 * @returns how many connections the next step has; `open` when it is not worth going on
 */
export function nextStep(open: number, limit: number, before: number, now: number): number {
  return now >= before * rampGain ? Math.min(limit, 2 * open) : open
}
