import { on, type Behaviours, type RequestRecord } from '../../server'
import type { RangeFault, Trouble, Where } from './program'

const fixedDay = 'Fri, 02 Jan 2026 03:04:05 GMT'
/** What a login page says in place of the file. */
export const page = '<!doctype html><title>Login</title><form>'

export function fits(where: Where, { nth, range }: RequestRecord): boolean {
  if (where === 'all') return true
  if (where === 'mid') return range !== null && range.start > 0
  if (where === 'start') return range !== null && range.start === 0
  if ('nth' in where) return nth === where.nth
  if ('first' in where) return nth <= where.first
  return nth >= where.from
}

/** The file as it is at the moment. */
export interface Now {
  /** Bytes. */
  readonly total: () => number
  /** Gets every length or total that a server says and that is not the true one. */
  readonly lied: (bytes: number) => void
}

/** The options of test/server for a list of troubles; those that are written by hand are not among them. */
export function behaviours(troubles: readonly Trouble[], now: Now): Behaviours {
  const { total } = now
  const rules: Record<string, unknown[]> = {}
  const add = (trouble: Trouble, options: Behaviours) => {
    for (const [name, value] of Object.entries(options)) {
      ;(rules[name] ??= []).push(on((request: RequestRecord) => fits(trouble.where, request), value))
    }
  }
  for (const trouble of troubles) {
    const at = 'share' in trouble ? Math.floor((total() * trouble.share) / 1000) : 0
    switch (trouble.kind) {
      case 'ranges':
        add(trouble, { ranges: trouble.value })
        break
      case 'maxRange':
        add(trouble, { maxRange: Math.max(1, at) })
        break
      case 'emptyRange':
        add(trouble, { emptyRange: trouble.value })
        break
      case 'conditions':
        add(trouble, { conditions: false })
        break
      case 'etag':
        add(trouble, { etag: trouble.value })
        break
      case 'lastModified': {
        const texts = { fixed: fixedDay, nonsense: 'yesterday', future: 'Fri, 02 Jan 2099 03:04:05 GMT' }
        add(trouble, { lastModified: trouble.value === null ? null : texts[trouble.value] })
        break
      }
      case 'date':
        // The day of the first version is the same day.
        add(trouble, {
          date: { nonsense: 'today', fixed: fixedDay, same: new Date(Date.UTC(2026, 0, 15, 12, 0, 0)), none: null }[
            trouble.value ?? 'none'
          ],
        })
        break
      case 'contentRange':
        if (typeof trouble.value === 'string') add(trouble, { contentRange: trouble.value })
        else addRangeFault(rules, trouble.where, trouble.value, now)
        break
      case 'contentEncoding':
        add(trouble, { contentEncoding: trouble.value, ...(trouble.twice ? { duplicate: ['Content-Encoding'] } : {}) })
        break
      case 'duplicate':
        add(trouble, { duplicate: [trouble.other === null ? trouble.name : [trouble.name, trouble.other]] })
        break
      case 'framing':
        add(trouble, { framing: trouble.value })
        break
      case 'contentLength':
        addComputed(rules, 'contentLength', trouble.where, (request) =>
          trouble.off.map((off) => {
            const said = Math.max(0, length(request, total()) + off)
            now.lied(said)
            return String(said)
          }),
        )
        break
      case 'lengthAndChunked':
        add(trouble, { lengthAndChunked: true })
        break
      case 'extraBytes':
        add(trouble, { extraBytes: trouble.bytes })
        break
      case 'badChunk':
        add(trouble, { badChunk: { after: at } })
        break
      case 'corrupt':
        add(trouble, { corrupt: { at: Math.min(at, Math.max(0, total() - 1)) } })
        break
      case 'cut':
        add(trouble, { cut: { after: at, how: trouble.how } })
        break
      case 'stall':
        add(trouble, { stall: { after: at } })
        break
      case 'delay':
        add(trouble, { delay: trouble.ms })
        break
      case 'delayBody':
        add(trouble, { delayBody: trouble.ms })
        break
      case 'maxConnections':
        add(trouble, { maxConnections: { limit: trouble.limit, answer: trouble.answer } })
        break
      case 'status': {
        const headers: Record<string, string> = trouble.retryAfter === null ? {} : { 'Retry-After': trouble.retryAfter }
        add(trouble, { status: { code: trouble.code, headers, ...(trouble.code < 400 ? { body: '' } : {}) } })
        break
      }
      case 'page':
        add(trouble, { status: { code: 200, headers: { 'Content-Type': 'text/html' }, body: page } })
        break
      case 'refuse':
        add(trouble, { refuse: trouble.how })
        break
      case 'silent':
        add(trouble, { silent: true })
        break
      case 'notHttp':
        add(trouble, { notHttp: true })
        break
      case 'oversizedHeaders':
        add(trouble, { oversizedHeaders: 100_000 })
        break
      case 'redirect':
        add(trouble, { redirect: { hops: trouble.hops, status: trouble.status } })
        break
      case 'otherRange':
      case 'overlong':
      case 'short':
      case 'truncatedChunk':
      case 'replica':
      case 'terse':
      case 'labelledMultipart':
        break
    }
  }
  return rules
}

/** A rule whose value depends on the request: one selector notes the request, and the value is read right after. */
function addComputed(
  rules: Record<string, unknown[]>,
  name: string,
  where: Where,
  compute: (request: RequestRecord) => unknown,
): void {
  const rule: Record<PropertyKey, unknown> = {
    ...on((request: RequestRecord) => {
      if (!fits(where, request)) return false
      current = request
      return true
    }, null),
  }
  let current: RequestRecord | null = null
  Object.defineProperty(rule, 'value', { get: () => (current === null ? undefined : compute(current)) })
  ;(rules[name] ??= []).push(rule)
}

function addRangeFault(
  rules: Record<string, unknown[]>,
  where: Where,
  { shift = 0, end = 0, total }: RangeFault,
  now: Now,
): void {
  addComputed(rules, 'contentRange', where, (request) => {
    const start = (request.range?.start ?? 0) + shift
    const last = Math.max(0, start + length(request, now.total()) - 1 + end)
    if (total === undefined || total === '*') return { shift, end: last, ...(total === '*' ? { total } : {}) }
    const said = Math.max(0, now.total() + total)
    now.lied(said)
    return { shift, end: last, total: said }
  })
}

/** Bytes of the body that a request gets, when all is well. */
function length({ range }: RequestRecord, total: number): number {
  return range === null ? total : Math.max(0, Math.min(range.end ?? total, total) - range.start)
}
