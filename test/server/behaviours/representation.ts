import { corruptBody, sliceBody } from '../content'
import { rawHeader, type Plan } from '../plan'

const dateText = (date: Date | string): string => (typeof date === 'string' ? date : date.toUTCString())

function entityTag(plan: Plan): string | null {
  const option = plan.option('etag') ?? 'strong'
  if (option === 'none') return null
  if (option === 'strong') return `"${plan.file.version.tag}"`
  if (option === 'weak') return `W/"${plan.file.version.tag}"`
  return option
}

function lastModified(plan: Plan): string | null {
  const option = plan.option('lastModified')
  if (option === null) return null
  return dateText(option ?? plan.file.version.lastModified)
}

/** RFC 9110 §13.1.5: strong comparison for tags, an exact match for dates. */
function ifRangeHolds(plan: Plan): boolean {
  const value = plan.request.headers['if-range']
  if (typeof value !== 'string' || plan.option('conditions') === false) return true
  if (value.startsWith('W/')) return false
  return value.startsWith('"') ? value === entityTag(plan) : value === lastModified(plan)
}

/** RFC 9110 §13.1.1 and §13.1.4. */
function preconditionFails(plan: Plan): boolean {
  if (plan.option('conditions') === false) return false
  const match = plan.request.headers['if-match']
  if (match !== undefined && match !== '*') return !match.split(',').some((tag) => tag.trim() === entityTag(plan))
  const since = plan.request.headers['if-unmodified-since']
  return match === undefined && since !== undefined && since !== lastModified(plan)
}

/** The file as an honest server sends it: RFC 9110 §14 for ranges, §8.8 for validators, §13 for conditions. */
export function represent(plan: Plan): void {
  const corrupt = plan.option('corrupt')
  const { content: intact } = plan.file.version
  const content = corrupt === undefined ? intact : corruptBody(intact, corrupt.at)
  const ranges = plan.option('ranges') ?? true
  const tag = entityTag(plan)
  const modified = lastModified(plan)
  const type = plan.option('contentType')
  const disposition = plan.option('contentDisposition')
  if (ranges === true || ranges === 'ignore-nonzero' || ranges === 'refuse') {
    plan.headers.push(['Accept-Ranges', 'bytes'])
  }
  if (ranges === 'none') plan.headers.push(['Accept-Ranges', 'none'])
  if (tag !== null) plan.headers.push(['ETag', rawHeader(tag)])
  if (modified !== null) plan.headers.push(['Last-Modified', modified])
  if (type !== null) plan.headers.push(['Content-Type', type ?? 'application/octet-stream'])
  if (disposition !== undefined) plan.headers.push(['Content-Disposition', rawHeader(disposition)])

  plan.status = 200
  plan.body = content
  if (preconditionFails(plan)) {
    plan.status = 412
    plan.body = sliceBody(content, 0, 0)
    return
  }
  const asked = plan.request.range
  if (asked === null || ranges === false || ranges === 'none' || !ifRangeHolds(plan)) return
  if (ranges === 'ignore-nonzero' && asked.start !== 0) return
  if (content.length === 0 && plan.option('emptyRange') === 200) return
  if (ranges === 'refuse' || asked.start >= content.length || (asked.end !== null && asked.end <= asked.start)) {
    plan.status = 416
    plan.headers.push(['Content-Range', `bytes */${content.length}`])
    plan.body = sliceBody(content, 0, 0)
    return
  }
  const longest = plan.option('maxRange') ?? Infinity
  const end = Math.min(asked.end ?? content.length, content.length, asked.start + longest)
  plan.status = 206
  plan.body = sliceBody(content, asked.start, end)
  plan.headers.push(['Content-Range', `bytes ${asked.start}-${end - 1}/${content.length}`])
}

/** RFC 9110 §6.6.1: every answer carries it, unless a test says otherwise. */
export function stamp(plan: Plan): void {
  const date = plan.option('date')
  if (date !== null) plan.headers.unshift(['Date', dateText(date ?? new Date())])
}
