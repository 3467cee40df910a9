import type { DownloadId } from '../../shared/download'
import { DownloadFailure, type DownloadError } from '../../shared/errors'
import type { HostRule } from '../../shared/host-rules'
import type { HostLook } from '../../shared/inspection'
import type { QueueId } from '../../shared/queues'
import type { Outages } from './outages'
import type { Reachability } from './reachability'
import type { Clock } from './ports'
import { HostSlots } from './host-slots'
import { compareTurns, type Turn } from './queues/order'
import { Slots, type Release, type Waiter } from './slots'

/** How often and how fast failed requests are repeated. */
export interface RetryPolicy {
  /** Upper bound of the first pause, in ms; it doubles with every failure in a row. */
  readonly base: number
  /** Upper bound of every pause, in ms. */
  readonly cap: number
  /** Failures in a row, without a byte in between, after which a connection gives up. */
  readonly attempts: number
}

export const defaultRetryPolicy: RetryPolicy = { base: 500, cap: 30_000, attempts: 10 }

export interface Limits {
  /** Downloads at a time. */
  readonly downloads: number
  /** Connections to one host at a time. */
  readonly perHost: number
  /** Failures in a row after which a connection gives up; missing: those of the policy. */
  readonly attempts?: number
}

/**
 * The pause before attempt `failures + 1`: full jitter under an exponential bound, but never less than the server asked
 * for (RFC 9110 §10.2.3).
 * @param failures failures in a row so far, at least 1
 * @param random a number in [0, 1)
 * @returns ms, or `null` when the budget is spent or the error does not allow another attempt
 */
export function retryDelay(policy: RetryPolicy, failures: number, error: DownloadError, random: number): number | null {
  const attempts = Math.min(policy.attempts, error.attempts ?? Infinity)
  if (error.retry !== 'later' || failures >= attempts) return null
  const bound = Math.min(policy.cap, policy.base * 2 ** (failures - 1))
  return Math.max(error.retryAfter ?? 0, random * bound)
}

/**
 * The patience with a server is over. What tried already is not tried once more at a higher level: attempts of attempts
 * would ask a server that is silent for ever a hundred times.
 */
export class GaveUp extends DownloadFailure {
  constructor(failed: DownloadFailure) {
    super(failed.error, { cause: failed })
  }
}

/** The patience of one connection: counts its failures in a row. */
export interface Patience {
  /** Failures in a row so far. */
  readonly failures: number
  /** Something arrived: the count starts again. */
  reset(): void
  /**
   * Waits until the next attempt is due.
   * @param announce told when that is, in ms since the epoch; `null` for when the network is back
   * @throws the failure itself when it is final
   */
  afterFailure(
    failed: DownloadFailure,
    signal: AbortSignal,
    announce: (until: number | null, reason: DownloadError) => void,
  ): Promise<void>
}

export interface ConnectionRequest {
  readonly host: string
  readonly owner: DownloadId
  /** Connections that the user asked for explicitly; raises the host's limit. */
  readonly atLeast: number
  /** Called when the connection should end early, because another download has fewer. */
  readonly onYield: () => void
}

/** An answer that is being read. */
export interface Answer {
  /** Something came from the host. */
  readonly came: () => void
  /** @param how it ended: with all that was wanted of it, without it, or because somebody stopped it */
  readonly end: (how: 'whole' | 'lost' | 'stopped') => void
}

/** Owner of all slots and of all retry timing. */
export interface Scheduler {
  /** Waits for one of the program's download slots. */
  download(waiter: Waiter<Turn>): void
  /** @returns negative when `a` goes first */
  compareTurns(a: Turn, b: Turn): number
  /**
   * Waits for a connection to a host; the host's connections are shared fairly between downloads.
   */
  connection(request: ConnectionRequest, signal: AbortSignal): Promise<Release>
  /**
   * Tells how many connections a download can use: those beyond go to others that can use them.
   * @param connections Infinity when each makes it faster, and when it has ended
   */
  uses(owner: DownloadId, connections: number): void
  /** Counts a connection that a redirect has opened already; it may be one more than the host's limit. */
  redirected(request: ConnectionRequest): Release
  /** Whether a host would give another connection at once. */
  room(host: string): boolean
  /** The answer to a request began. */
  answers(host: string): Answer
  /**
   * Judges a request that failed before its answer began. When the host goes on to send bytes to others after that, it
   * wants no more of them: its limit is lowered to what is left, for a day. (A host that goes away refuses new connections
   * before the others see their resets.) What came may have waited in the kernel since before the host went away: the lesson
   * is kept once one of the others has come to its end, and is void when one breaks off, or none is left. Call it while the failed one still holds its slot, so that nobody
   * takes that before the limit is lower.
   * @param settled false when one of the host's connections has just ended and it may count that one still: then
   *   nothing is learned
   * @param signal ends the wait
   * @returns ms to wait before asking for a connection again, not counted as a failure; `null` when it is one
   */
  refused(host: string, error: DownloadError, settled: boolean, signal: AbortSignal): Promise<number | null>
  /** How many connections a host has and may have; `null` when none is open or waited for. */
  host(name: string): HostLook | null
  /** @param host where its requests go: while the network is away, failures are not counted */
  patience(host: () => string): Patience
  /** The limits were changed, or who is held: lets those in who now may. */
  limitsChanged(): void
}

/** What is remembered of hosts over restarts. */
export interface HostMemory {
  /** Connections that a host allowed, and when that was learned (ms since the epoch). */
  read(host: string): LearnedLimit | null
  write(host: string, learned: LearnedLimit): void
}

export interface LearnedLimit {
  readonly connections: number
  readonly at: number
}

/** ms after which a host gets another chance. */
const memory = 24 * 60 * 60 * 1000
/** ms in which it shows whether a host refuses one connection or loses all of them; looked at so many times. */
const moment = 250
const moments = 8
/** What a server answers, or does, to a connection too many. */
const refusals = new Set(['CONNECT', 'CONNECTION_LOST', 'HTTP_429', 'HTTP_503', 'CLOUD_BUSY'])

/** ms after which another handle is tried for while the table of open files is full. */
const fullTable = 2000
/** What a request ends with when there is no network. */
const unreachable = new Set(['DNS', 'CONNECT', 'CONNECTION_LOST', 'TIMEOUT', 'PROXY'])

/** ms between two looks at the order of all that wait. */
const reorderEvery = 10_000

interface Host {
  readonly name: string
  readonly slots: HostSlots
  /** The most connections that a download of this host asked for by itself. */
  atLeast: number
  /** Answers that are being read now. */
  answers: number
  /** Reads so far, of all answers: while they become more, it is there. */
  reads: number
  /** Connections that were refused just now and are not judged yet. */
  refused: number
  learned: LearnedLimit | null
  /** Whether the others, of which it was learned, may still turn out to be dead. */
  doubted: boolean
}

function count<T>(all: Iterable<T>, fits: (one: T) => boolean): number {
  let found = 0
  for (const one of all) if (fits(one)) found++
  return found
}

export function createScheduler(options: {
  readonly limits: () => Limits
  /** Downloads of one queue at a time; `null` where it has no bound of its own. */
  readonly queueSlots: (queue: QueueId) => number | null
  /** What the user said about a host, name and port; `null` for nothing. */
  readonly rule: (host: string) => Pick<HostRule, 'connections' | 'attempts'> | null
  readonly policy: RetryPolicy
  readonly clock: Clock
  readonly random: () => number
  readonly hosts: HostMemory
  readonly reachability: Reachability
  readonly outages: Outages
}): Scheduler {
  const { limits, policy, clock, random, reachability, outages } = options
  const compare = (a: Turn, b: Turn) => compareTurns(a, b, clock.now())
  let ordered = clock.monotonic()
  const downloads = new Slots(
    () => limits().downloads,
    compare,
    ({ queue, held, rule, atOnce }: Turn, others) => {
      if (held) return false
      const holders = [...others]
      const most = options.queueSlots(queue)
      if (!atOnce && most !== null && count(holders, (other) => other.queue === queue) >= most) return false
      const ofRule = rule?.downloads ?? null
      return ofRule === null || count(holders, (other) => other.rule?.id === rule?.id) < ofRule
    },
    () => {
      // Links that end soon go first: that changes by itself, and slowly.
      const now = clock.monotonic()
      if (now - ordered < reorderEvery) return false
      ordered = now
      return true
    },
    ({ atOnce }) => atOnce,
  )
  const hosts = new Map<string, Host>()
  /** Connections that those downloads can use that are held back by a limit of speed. */
  const useful = new Map<DownloadId, number>()
  const newHost = (name: string): Host => {
    const host: Host = {
      atLeast: 1,
      answers: 0,
      reads: 0,
      refused: 0,
      learned: options.hosts.read(name),
      doubted: false,
      slots: new HostSlots(
        () => limitOf(host),
        (owner) => useful.get(owner) ?? Infinity,
      ),
      name,
    }
    return host
  }
  /** A rule names the host: it counts more than the setting, and than what a download asked for. */
  const wantedOf = ({ name, atLeast }: Host) => options.rule(name)?.connections ?? Math.max(limits().perHost, atLeast)
  const limitOf = (host: Host): number => {
    const wanted = wantedOf(host)
    const { learned } = host
    return holds(learned) ? Math.min(wanted, learned.connections) : wanted
  }
  const holds = (learned: LearnedLimit | null): learned is LearnedLimit =>
    // Also in the other direction: a clock that was set back must not make a lesson last for years (fault 63).
    learned !== null && Math.abs(clock.now() - learned.at) < memory
  const keep = (host: Host) => {
    host.doubted = false
    if (host.learned) options.hosts.write(host.name, host.learned)
  }
  const forget = (host: Host) => {
    if (!host.doubted) return
    host.doubted = false
    host.learned = options.hosts.read(host.name)
    host.slots.admit()
  }
  const hostOf = ({ host, atLeast }: ConnectionRequest): Host => {
    const entry = hosts.get(host) ?? newHost(host)
    hosts.set(host, entry)
    entry.atLeast = Math.max(entry.atLeast, atLeast)
    return entry
  }
  /** A host is forgotten with its last connection. */
  const leaving = (host: string, slots: HostSlots, release: Release) => () => {
    release()
    if (slots.idle && hosts.get(host)?.slots === slots) hosts.delete(host)
  }

  return {
    download: (waiter) => downloads.wait(waiter),
    compareTurns: compare,
    async connection(request, signal) {
      const { slots } = hostOf(request)
      return leaving(request.host, slots, await slots.acquire(request.owner, signal, request.onYield))
    },
    uses(owner, connections) {
      if ((useful.get(owner) ?? Infinity) === connections) return
      if (connections === Infinity) useful.delete(owner)
      else useful.set(owner, connections)
      for (const { slots } of hosts.values()) slots.admit()
    },
    redirected(request) {
      const { slots } = hostOf(request)
      return leaving(request.host, slots, slots.take(request.owner, request.onYield))
    },
    room: (name) => hosts.get(name)?.slots.room ?? true,
    answers(name) {
      outages.answered(name)
      const host = hosts.get(name)
      if (!host) return { came: () => undefined, end: () => undefined }
      host.answers++
      const { learned: before } = host
      return {
        came: () => void host.reads++,
        end(how) {
          host.answers--
          // One that began after the lesson says nothing of the others.
          if (!host.doubted || host.learned === before) return
          if (how === 'lost') forget(host)
          else if (how === 'whole') keep(host)
        },
      }
    },
    async refused(name, error, settled, signal) {
      const host = hosts.get(name)
      // With no answer under way, the host may be down as well: that says nothing about how many it wants.
      if (host?.answers === 0) forget(host)
      if (!host || host.answers === 0 || !refusals.has(error.code)) return null
      host.refused++
      try {
        // Without those that are refused at the same time.
        const others = host.slots.held - host.refused
        if (others < 1) return null
        const { reads } = host
        for (let n = 0; n < moments && (n === 0 || host.reads === reads); n++) {
          await clock.sleep(moment, signal)
          if (host.answers === 0) return null
        }
        if (host.reads === reads) return null
        if (settled) {
          host.learned = { connections: others, at: clock.now() }
          host.doubted = true
        }
        return error.retryAfter ?? 0
      } finally {
        host.refused--
      }
    },
    host(name) {
      const host = hosts.get(name)
      if (!host) return null
      const { learned } = host
      return {
        host: name,
        held: host.slots.held,
        limit: limitOf(host),
        wanted: wantedOf(host),
        learned: holds(learned) ? learned : null,
      }
    },
    patience(host) {
      let failures = 0
      return {
        get failures() {
          return failures
        },
        reset() {
          failures = 0
        },
        async afterFailure(failed, signal, announce) {
          if (unreachable.has(failed.error.code) && !reachability.reaches(host())) {
            announce(null, { code: 'OFFLINE', retry: 'later', detail: failed.error.detail })
            await reachability.whenReached(host(), signal)
            return
          }
          if (failed.error.code === 'TOO_MANY_FILES') {
            // A handle comes free as soon as something ends: no number of attempts says that it will not (fault 49).
            const delay = Math.min(policy.cap, fullTable)
            announce(clock.now() + delay, failed.error)
            await clock.sleep(delay, signal)
            return
          }
          failures++
          const usual = options.rule(host())?.attempts ?? limits().attempts ?? policy.attempts
          // It is known to be away: one that looks whether it is back does not hold a slot for long.
          const attempts = outages.away(host()) ? 1 : usual
          const delay = retryDelay({ ...policy, attempts }, failures, failed.error, random())
          if (delay === null) throw failed
          announce(clock.now() + delay, failed.error)
          await clock.sleep(delay, signal)
        },
      }
    },
    limitsChanged() {
      downloads.admit()
      for (const { slots } of hosts.values()) slots.admit()
    },
  }
}
