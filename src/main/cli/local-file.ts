import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Mirror } from '../../shared/download'
import { looksLikeBundle, lookAtBundle } from '../exchange/bundles'
import { filesOfDocument } from '../engine/downloads/described'
import { longestMetalink } from '../engine/integrity/metalink'
import type { Promised } from '../engine/ports'

/** A download that a file on this computer describes. */
export interface Described {
  readonly url: string
  readonly mirrors: readonly Mirror[]
  readonly name: string | null
  readonly promised: Promised | null
  /** Path of the bundle that has its bytes; `null` when they are all to be fetched. */
  readonly bundle: string | null
  /** The link of the bundle was signed and is not in it. */
  readonly linkCut: boolean
}

/**
 * What is in a file that was given in place of an address: Metalink documents and bundles.
 * @returns `null` when the text is an address, or no such file
 * @throws RequestFailure E_BUNDLE, E_BUNDLE_VERSION, E_DISK
 */
export async function describedBy(text: string): Promise<Described[] | null> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return null
  const file = path.resolve(text)
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  )
  if (size === null) return null
  if (await looksLikeBundle(file)) return [await inBundle(file)]
  if (size > longestMetalink) return null
  const files = await filesOfDocument(await readFile(file, 'utf8'))
  return files?.map((each) => ({ ...each, bundle: null, linkCut: false })) ?? null
}

async function inBundle(file: string): Promise<Described> {
  const { url, requestedName, linkCut } = await lookAtBundle(file)
  return { url, name: requestedName, mirrors: [], promised: null, bundle: file, linkCut }
}
