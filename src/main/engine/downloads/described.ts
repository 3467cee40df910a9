import { readFile } from 'node:fs/promises'
import type { Mirror } from '../../../shared/download'
import { maxMirrors } from '../../../shared/limits'
import type { AddRequest } from '../api'
import { isPrivateHost } from '../http/address-class'
import { saidBy } from '../integrity/expected'
import { longestMetalink, parseMetalink, type MetalinkFile } from '../integrity/metalink'
import type { DownloadRecord, Promised } from '../ports'
import { nobody } from '../session/session'

/**
 * The files that a downloaded Metalink document describes, with what it promises of them.
 * @param document a completed download
 * @param file where it is
 * @returns none when it is no such document
 * @throws what reading it throws
 */
export async function filesDescribedBy(document: DownloadRecord, file: string): Promise<AddRequest[]> {
  if (!isMetalink(document) || (document.finalBytes ?? Infinity) > longestMetalink) return []
  const files = await parseMetalink(await readFile(file, 'utf8'))
  const outside = !isPrivateHost(new URL(document.remote?.url ?? document.url).hostname)
  return (files ?? []).flatMap((each) => {
    // What a public server describes must not lead into the private network (fault 74).
    const urls = each.urls.filter((url) => !outside || !isPrivateHost(new URL(url).hostname))
    return urls.length === 0 ? [] : [described({ ...each, urls }, document)]
  })
}

function isMetalink({ name, remote }: DownloadRecord): boolean {
  return /\.(meta4|metalink)$/i.test(name) || remote?.contentType?.split(';')[0]?.trim() === 'application/metalink4+xml'
}

/** What a document says is no more trusted than its server: addresses in it are `server`'s. */
function described({ name, size, digests, pieces, urls }: MetalinkFile, document: DownloadRecord): AddRequest {
  return {
    url: urls[0]!,
    mirrors: urls.slice(1, maxMirrors).map((url) => ({ url, from: 'server' })),
    folder: document.folder,
    name,
    onConflict: 'rename',
    connections: document.connections,
    partSize: document.partSize,
    threshold: document.threshold,
    checksum: null,
    promised: { size, digests: saidBy('metalink', digests), pieces },
    credentials: nobody,
    account: null,
    start: true,
  }
}

/** One file of a Metalink document that the user has: what is to be added. */
export type Wanted = Pick<AddRequest, 'url' | 'mirrors'> & { readonly name: string; readonly promised: Promised }

/**
 * The files of a Metalink document that lies on this computer. Somebody else may have written it: where it names public
 * addresses, private ones beside them are left out (fault 74).
 * @param text of the document
 * @returns `null` when it is none
 */
export async function filesOfDocument(text: string): Promise<Wanted[] | null> {
  const files = await parseMetalink(text)
  return (
    files?.map(({ name, size, digests, pieces, urls }) => {
      const outside = urls.filter((url) => !isPrivateHost(new URL(url).hostname))
      const [url = '', ...others] = outside.length === 0 ? urls : outside
      const from = outside.length === 0 ? 'user' : 'server'
      const mirrors = others.slice(0, maxMirrors).map((mirror): Mirror => ({ url: mirror, from }))
      return { url, mirrors, name, promised: { size, digests: saidBy('metalink', digests), pieces } }
    }) ?? null
  )
}
