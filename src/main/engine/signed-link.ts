/**
 * When a signed link stops working, as its query says. Known are the forms of S3 and its kin (`X-Amz-Date` with
 * `X-Amz-Expires`), Google (`X-Goog-…`), OSS V4 (`x-oss-date` with `x-oss-expires`), OSS V1, S3 V2 and CloudFront
 * (`Expires`, seconds since the epoch), and Azure (`se`, an ISO date). Names of parameters are compared without case.
 * @param url an absolute address
 * @returns ms since the epoch, or `null` when the link says nothing of it
 */
export function linkExpiry(url: string): number | null {
  // Asked of all that wait, whenever a slot is free.
  if (!url.includes('?')) return null
  const query = new Map<string, string>()
  for (const [name, value] of new URL(url).searchParams) query.set(name.toLowerCase(), value)
  for (const prefix of ['x-amz', 'x-goog', 'x-oss']) {
    const signedAt = compactDate(query.get(`${prefix}-date`))
    const seconds = wholeNumber(query.get(`${prefix}-expires`))
    if (signedAt !== null && seconds !== null) return signedAt + seconds * 1000
  }
  const expires = wholeNumber(query.get('expires'))
  // A signature tells it from a parameter of that name that means something else.
  if (expires !== null && (query.has('signature') || query.has('key-pair-id'))) return expires * 1000
  const until = query.has('sig') ? Date.parse(query.get('se') ?? '') : NaN
  return Number.isNaN(until) ? null : until
}

/** `20231217T025437Z`. */
function compactDate(text: string | undefined): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '')
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,13}$/.test(text) ? Number(text) : null
}
