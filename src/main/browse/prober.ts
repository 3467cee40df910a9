import type { LinkLook } from '../../shared/contract'
import { isPresigned } from '../../shared/cloud-address'
import { RequestFailure } from '../../shared/errors'
import { fileNameFrom } from '../engine/files/filename'
import { parseContentLength, singleValue } from '../engine/http/headers'
import type { Head, HttpClient } from '../engine/http/http'
import { networkFailure } from '../engine/http/network-errors'
import { digestsFromHeaders } from '../engine/integrity/digest-headers'
import type { OpenSession } from '../engine/ports'
import { nobody } from '../engine/session/session'
import { parseAddress } from '../sources/address'

export interface ProberParts {
  readonly http: HttpClient
  readonly openSession: OpenSession
}

/** Asks about addresses while somebody types them. */
export interface Prober {
  /**
   * Asks a server what an address leads to. It sends HEAD, which uses no one-time link up, and nothing that the user gave
   * for it: neither login nor headers nor cookies. A presigned address is not asked at all: it is signed for one method.
   * A new question ends the one before.
   * @param text as typed; `null` only ends the question before
   * @param account the cloud account whose keys sign, for addresses of its store
   * @returns `null` when another question came meanwhile
   */
  look(text: string | null, account: string | null): Promise<LinkLook | null>
}

/** ms for an answer: somebody is waiting, but not for long. */
const patience = 10_000
/** Answers that speak of the method, or of somebody who was not asked for: a download may well work. */
const saysNothing = new Set([400, 403, 405, 429, 500, 501, 503])

export function createProber({ http, openSession }: ProberParts): Prober {
  let asking: AbortController | null = null
  return {
    async look(text, account) {
      asking?.abort(new Error('another question'))
      asking = null
      if (text === null) return null
      const mine = (asking = new AbortController())
      try {
        return await ask(text, account, AbortSignal.any([mine.signal, AbortSignal.timeout(patience)]))
      } catch (error) {
        if (mine.signal.aborted) return null
        if (error instanceof RequestFailure) return { kind: 'silent' }
        return { kind: 'refused', error: networkFailure(error).error }
      }
    },
  }
  async function ask(text: string, account: string | null, signal: AbortSignal): Promise<LinkLook> {
    const { url } = parseAddress(text)
    if (URL.canParse(url) && isPresigned(new URL(url))) return { kind: 'silent' }
    const session = await openSession(url, nobody, account)
    return read(await http.look({ url: session.url, session }, signal))
  }
}

function read(head: Head): LinkLook {
  const { status, headers, url } = head
  if (saysNothing.has(status)) return { kind: 'silent' }
  if (status !== 200) {
    return { kind: 'refused', error: { code: `HTTP_${status}`, retry: 'no', detail: `status ${status} to HEAD` } }
  }
  const contentType = singleValue(headers['content-type'])
  const coded = !/^(identity)?$/i.test(singleValue(headers['content-encoding'])?.trim() ?? '')
  const length = parseContentLength(headers['content-length'])
  const ranges = singleValue(headers['accept-ranges'])?.trim().toLowerCase()
  return {
    kind: 'answered',
    name: fileNameFrom({ contentDisposition: singleValue(headers['content-disposition']), url, contentType }),
    total: typeof length === 'number' && !coded ? length : null,
    ranges: ranges === 'bytes' ? true : ranges === 'none' ? false : null,
    digests: digestsFromHeaders(head).map(({ algorithm }) => algorithm),
    page: /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? ''),
  }
}
