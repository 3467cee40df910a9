import type { Event, Kind, Program, SecondServer, Trouble } from './program'

/**
 * True when the server keeps strong validators over different bytes, so that nothing but a digest can tell (fault 11).
 * Narrow: every other server must be found out without one.
 */
export function lies({ size, troubles, events, mirror }: Program): boolean {
  if (serverLies(troubles, events)) return true
  return mirror !== null && (serverLies(mirror.troubles, uploads(mirror)) || forges(mirror, size))
}

/** The same ETag, which looks as if it were made of the content, for content that three samples do not tell apart. */
function forges({ has, grow, tag }: SecondServer, size: number): boolean {
  if (tag !== 'content' || has === 'same' || grow !== 0) return false
  return has !== 'other' || size < 1000 // a few bytes may be the same by accident
}

/** The changes of a mirror as events. */
export function uploads({ changes }: SecondServer): Event[] {
  return changes.map(({ request, grow, keepValidators }) => ({
    at: { request },
    what: { kind: 'change', grow, keepValidators },
  }))
}

function serverLies(troubles: readonly Trouble[], events: readonly Event[]): boolean {
  const has = (test: (trouble: Trouble) => boolean) => troubles.some(test)
  if (has(({ kind }) => kind === 'corrupt')) return true
  const changes = events.flatMap(({ what }) => (what.kind === 'change' ? [what] : []))
  // One that has another length is told by the total in Content-Range.
  const sameLength =
    changes.length > 1 || changes.some(({ grow }) => grow === 0) || has(({ kind }) => kind === 'contentRange')
  if (sameLength && changes.some(({ keepValidators }) => keepValidators)) return true
  if (changes.length === 0) return false
  const dates = troubles.flatMap((trouble) => (trouble.kind === 'date' ? [trouble] : []))
  // A date of the very second in which the answer was sent proves nothing (§8.8.2.2): no lie.
  const weakDate = dates.length === 1 && dates[0]?.value === 'fixed' && dates[0].where === 'all'
  return (
    has((trouble) => trouble.kind === 'etag' && trouble.value === '"fixed"') ||
    (!weakDate && has((trouble) => trouble.kind === 'lastModified' && trouble.value === 'fixed')) ||
    // A 206 to If-Range without Last-Modified means that the date was compared (RFC 9110 §15.3.7): it was not.
    (has(({ kind }) => kind === 'conditions') &&
      has((trouble) => trouble.kind === 'lastModified' && trouble.value === null && trouble.where !== 'all'))
  )
}

const retried = new Set([408, 429, 500, 502, 503, 504])

/**
 * True when the program has nothing but what a download must get over: servers with fewer abilities, a change, and a
 * few failures in a row.
 */
export function mustComplete(program: Program): boolean {
  const { troubles, events } = program
  if (program.checksum && events.some(({ what }) => what.kind === 'change')) return false
  if (lies(program) || events.filter(({ what }) => what.kind === 'change').length > 1) return false
  if (!troubles.every((trouble) => harmless(trouble) || transient(trouble))) return false
  // Then the stand-in says two lengths, which is refused.
  const chunked = troubles.some(({ kind }) => kind === 'badChunk' || kind === 'truncatedChunk')
  if (chunked && troubles.some(({ kind }) => kind === 'extraBytes')) return false
  const single = troubles.some(singleStream)
  if (single && troubles.some(({ kind }) => kind === 'maxRange' || kind === 'short')) return false
  // Less than the budget of 5 (lane.ts), with something left for a slow machine; a change costs one as well.
  const failures =
    troubles.filter((trouble) => !harmless(trouble)).reduce((sum, { where }) => sum + count(where), 0) +
    events.filter(({ what }) => what.kind === 'resetConnections' || what.kind === 'change').length
  return failures <= 3
}

function count(where: Trouble['where']): number {
  if (typeof where !== 'object' || 'from' in where) return Infinity
  return 'nth' in where ? 1 : where.first
}

function singleStream(trouble: Trouble): boolean {
  switch (trouble.kind) {
    case 'ranges':
      return trouble.value !== true && trouble.value !== 'unannounced'
    case 'etag':
    case 'lastModified':
    case 'date':
      return true
    default:
      return false
  }
}

/** A server may be like that all the time. */
function harmless({ where, ...kind }: Trouble): boolean {
  switch (kind.kind) {
    case 'delay':
    case 'delayBody':
    case 'emptyRange':
    case 'maxRange':
    case 'extraBytes':
      return true
    case 'framing':
      return kind.value === 'chunked'
    case 'ranges':
      return where === 'all' && kind.value !== 'refuse' && kind.value !== 'ignore-nonzero'
    case 'etag':
      return where === 'all' && kind.value !== '"fixed"'
    case 'lastModified':
    case 'date':
      return where === 'all'
    case 'terse':
      return where === 'all' && kind.tag
    case 'contentEncoding':
      return kind.value === 'identity' && !kind.twice
    case 'redirect':
      return where === 'all' && kind.hops < 20
    default:
      return false
  }
}

function transient(kind: Kind): boolean {
  switch (kind.kind) {
    case 'cut':
    case 'stall':
    case 'badChunk':
    case 'refuse':
    case 'silent':
    case 'truncatedChunk':
      return true
    case 'short':
      return kind.share > 0
    case 'status':
      return retried.has(kind.code) && kind.retryAfter !== '1000000000'
    default:
      return false
  }
}
