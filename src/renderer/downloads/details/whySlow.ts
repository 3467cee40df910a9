import type { DownloadErrorCode } from '../../../shared/errors'
import type { ConnectionLook, Inspection, SpeedLimitLook, Vitals } from '../../../shared/inspection'

/** One thing that keeps a download from being faster, with what was measured of it. Speeds in bytes per second. */
export type Reason =
  /** The server does not continue downloads: one connection must do. */
  | { readonly code: 'single' }
  /** The host refused more connections. */
  | { readonly code: 'refused'; readonly host: string; readonly connections: number; readonly at: number }
  /** Every connection gets the same, and more of them brought more. */
  | { readonly code: 'perConnection'; readonly connections: number; readonly each: number; readonly gain: number }
  /** More connections brought no more: the line, or the server as a whole. */
  | {
      readonly code: 'line'
      readonly from: number
      readonly to: number
      readonly before: number
      readonly after: number
    }
  /** The setting for one server is used up. */
  | { readonly code: 'hostLimit'; readonly host: string; readonly limit: number; readonly others: number }
  /** The setting for one download is used up, and each step up to it paid. */
  | { readonly code: 'connectionLimit'; readonly allowed: number; readonly chosen: boolean }
  /** A limit of speed that the user set held its connections back: of those that apply the one that is fullest. */
  | ({ readonly code: 'speedLimit'; readonly share: number } & SpeedLimitLook)
  /** What was measured is the speed of the way through a proxy. */
  | { readonly code: 'proxy'; readonly proxy: string; readonly through: number; readonly of: number }
  /** Connections were held back until the disk had written. */
  | { readonly code: 'disk'; readonly share: number }
  /** Much time passes between a request and its answer. */
  | { readonly code: 'latency'; readonly ms: number; readonly share: number }
  /** Not all of its servers give bytes; one of those that do not, and why. */
  | {
      readonly code: 'servers'
      readonly used: number
      readonly all: number
      readonly host: string
      readonly error: DownloadErrorCode
    }
  /** Connections fail. */
  | { readonly code: 'retries'; readonly times: number; readonly error: DownloadErrorCode }

/** Shares and gains from which on something counts. */
const noticeable = 0.2
const paid = 1.5
const paidNot = 1.2
const alike = 0.15
/** ms that a connection must have been open for its speed to mean something. */
const settled = 3000
const manyFailures = 3
/** Share of a limit from which on it is reached. */
const full = 0.9

/**
 * Why a download is not faster: what its measurements of the last minute show, and nothing else; empty when they show nothing.
 * What weighs most comes first.
 */
export function whySlow({ connections, vitals, host, sources }: Inspection): Reason[] {
  if (vitals === null) return []
  const reasons: Reason[] = []
  const failed = vitals.failures.reduce((sum, { times }) => sum + times, 0)
  const [most] = vitals.failures
  // Without a connection a failure is all there is to say: what was measured before holds nobody back now.
  const connected = connections.length > 0
  if (most && failed >= (connected ? manyFailures : 1))
    reasons.push({ code: 'retries', times: failed, error: most.error })
  if (!connected && reasons.length > 0) return reasons
  const limited = connected ? limitReason(vitals) : null
  if (limited) reasons.push(limited)
  const disk = vitals.openTime > 0 ? vitals.diskWait / vitals.openTime : 0
  if (disk >= noticeable) reasons.push({ code: 'disk', share: Math.min(1, disk) })
  const servers = serversReason(sources)
  if (servers) reasons.push(servers)
  if (vitals.single) {
    const proxy = proxyReason(connections, reasons)
    return [...reasons, { code: 'single' }, ...(proxy ? [proxy] : [])]
  }
  if (host?.learned && host.learned.connections <= host.limit && host.learned.connections < vitals.allowed) {
    reasons.push({ code: 'refused', host: host.host, ...host.learned })
  }
  // Steps that were measured under a limit say nothing of the server.
  const step = limited ? null : stepReason(connections, vitals)
  if (step) reasons.push(step)
  const full = host !== null && host.held >= host.limit && connections.length < vitals.aimedAt
  if (full && !host.learned) {
    const others = host.held - connections.length
    reasons.push({ code: 'hostLimit', host: host.host, limit: host.limit, others: Math.max(0, others) })
  } else if (gained(vitals) && vitals.aimedAt === vitals.allowed && connections.length >= vitals.allowed) {
    reasons.push({ code: 'connectionLimit', allowed: vitals.allowed, chosen: vitals.chosen })
  }
  const asked = vitals.latency / (vitals.latency + vitals.openTime)
  if (vitals.requests >= manyFailures && asked >= noticeable) {
    reasons.push({ code: 'latency', ms: vitals.latency / vitals.requests, share: asked })
  }
  const proxy = proxyReason(connections, reasons)
  if (proxy) reasons.push(proxy)
  return reasons
}

function limitReason({ limits, limitWait, openTime }: Vitals): Reason | null {
  const [fullest] = limits.toSorted((a, b) => b.used / b.rate - a.used / a.rate || a.rate - b.rate)
  if (!fullest) return null
  const share = openTime > 0 ? Math.min(1, limitWait / openTime) : 0
  // One that was set just now shows in the speed first, and only then in the waiting of a minute.
  const reached = limitWait > 0 && fullest.used >= full * fullest.rate
  return reached || share >= noticeable ? { code: 'speedLimit', ...fullest, share } : null
}

/** A proxy is named beside what was measured of the way: nothing tells it from the line and the server behind it. */
function proxyReason(connections: readonly ConnectionLook[], reasons: readonly Reason[]): Reason | null {
  const through = connections.filter(({ via }) => via !== null)
  const proxy = through[0]?.via ?? null
  const ofTheWay = reasons.some(({ code }) => ['line', 'perConnection', 'latency', 'retries', 'refused'].includes(code))
  if (proxy === null || !ofTheWay) return null
  return { code: 'proxy', proxy, through: through.length, of: connections.length }
}

/** With several servers: those that were dropped, or are left alone. */
function serversReason(sources: Inspection['sources']): Reason | null {
  const idle = sources.flatMap(({ host, state, resting }) => {
    const error = state.kind === 'dropped' ? state.error.code : resting
    return error === null ? [] : [{ host, error }]
  })
  const [first] = idle
  if (sources.length < 2 || first === undefined) return null
  const used = sources.filter(({ state, resting }) => state.kind === 'used' && resting === null).length
  return { code: 'servers', used, all: sources.length, ...first }
}

function gained({ lastStep }: Vitals): boolean {
  return lastStep !== null && lastStep.after >= paid * lastStep.before
}

/** What the last step to more connections says about where the limit is. */
function stepReason(connections: readonly ConnectionLook[], vitals: Vitals): Reason | null {
  const { lastStep } = vitals
  if (lastStep === null) return null
  if (lastStep.after < paidNot * lastStep.before) return { code: 'line', ...lastStep }
  const rates = connections.filter(({ age }) => age >= settled).map(({ bytesPerSecond }) => bytesPerSecond)
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  if (!gained(vitals) || rates.length < 2 || mean === 0) return null
  const deviation = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length) / mean
  if (deviation > alike) return null
  const gain = lastStep.after / lastStep.before
  return { code: 'perConnection', connections: rates.length, each: mean, gain }
}
