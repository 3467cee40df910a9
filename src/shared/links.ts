/** What counts as an address that can be downloaded, for the form, the clipboard and links from outside. */

import { parseObjectAddress } from './cloud-address'

/** Schemes with a source behind them. */
export const downloadSchemes: readonly string[] = ['http:', 'https:', 'oss:', 's3:']

/** One address a line; empty lines do not count. */
export function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export function isDownloadable(line: string): boolean {
  const object = parseObjectAddress(line)
  if (object !== null) return object !== 'bad'
  if (!URL.canParse(line)) return false
  const { protocol, hostname } = new URL(line)
  return downloadSchemes.includes(protocol) && hostname !== ''
}

/** Whether every line is an address: only then is a text taken for a wish to download, without a question. */
export function looksLikeUrls(text: string): boolean {
  const all = lines(text)
  return all.length > 0 && all.every(isDownloadable)
}

/**
 * An address as it stands in prose: up to a space, a quotation mark, a bracket of mark-up, or a full-width mark. Without a
 * scheme it begins with `www.` and has a path: a mere name of a site is nothing to download.
 */
const inProse =
  /(?:(?:https?|oss|s3):\/\/|(?<![\w@/.:%=-])www\.(?=(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?::\d+)?\/[^\s]))[^\s<>"`{}|\\^\u3000-\u3002\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f「」『』“”‘’«»]+/giu

/**
 * The addresses in a text that was written for people, each once, in their order; https where the scheme is left out. Marks that end a sentence do not belong
 * to them, nor does a closing bracket that the address did not open.
 */
export function findLinks(text: string): string[] {
  const found = new Set<string>()
  for (const [match] of text.matchAll(inProse)) {
    const text = withoutTail(match)
    const link = /^www\./i.test(text) ? `https://${text}` : text
    if (isDownloadable(link)) found.add(link)
  }
  return [...found]
}

function withoutTail(text: string): string {
  let end = text.length
  for (;;) {
    const last = text[end - 1] ?? ''
    const head = text.slice(0, end)
    if (/[.,;:!?*_~…']/.test(last) || unopened(head, last, '(', ')') || unopened(head, last, '[', ']')) end--
    else return head
  }
}

function unopened(text: string, last: string, open: string, close: string): boolean {
  return last === close && text.split(close).length > text.split(open).length
}
