import type { AnswerLook } from '../../../shared/inspection'
import type { Headers } from '../http/headers'

/** Fields whose value lets its reader do what only the user may. */
const secret = /^(set-cookie2?|(proxy-)?authenti.*|(proxy-)?authorization|.*-(token|signature|secret|credential)s?)$/
const mostFields = 60
const longestValue = 1000

/**
 * What may be shown and kept of an answer's head.
 * @param at ms since the epoch
 */
export function lookAtAnswer(
  { status, headers, url }: { readonly status: number; readonly headers: Headers; readonly url: string },
  at: number,
): AnswerLook {
  const fields: [string, string | null][] = []
  for (const [name, value] of Object.entries(headers).slice(0, mostFields)) {
    const text = (Array.isArray(value) ? value.join(', ') : String(value)).slice(0, longestValue)
    fields.push([name, secret.test(name.toLowerCase()) ? null : text])
  }
  return { at, status, url: withoutQuery(url), headers: fields }
}

/** Where an address leads, without what signs it. */
export function withoutQuery(address: string): string {
  const url = new URL(address)
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}
