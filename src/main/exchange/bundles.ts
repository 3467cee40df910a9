import { open } from 'node:fs/promises'
import type { BundleHead, BundleLook } from '../../shared/bundle'
import type { DownloadId, Mirror } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { bytesIn, family, notOne } from '../engine/carry/layout'
import { openBundle } from '../engine/carry/unpack'
import type { CarryRequest, Engine } from '../engine/engine'
import { parseAddress, parseMirror } from '../sources/address'

/** What whoever imports a bundle decides, apart from what is read out of it. */
export type ImportWish = Omit<CarryRequest, 'url' | 'mirrors'>

/** Whether a file begins like a bundle of any version. @throws errors of open and read as they are */
export async function looksLikeBundle(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(family.length), 0, family.length, 0)
    return buffer.toString('latin1', 0, bytesRead) === family
  } finally {
    await handle.close()
  }
}

/**
 * What a bundle is, before anything of it is used. Its pieces are not read.
 * @throws RequestFailure E_BUNDLE, E_BUNDLE_VERSION, E_FILE_MISSING, E_DISK
 */
export async function lookAtBundle(file: string): Promise<BundleLook> {
  const bundle = await openBundle(file)
  try {
    const { head } = bundle
    return {
      name: head.name,
      requestedName: head.requestedName,
      url: addressesOf(head).url,
      total: head.remote?.total ?? null,
      bytes: bytesIn(head.runs),
      login: head.login,
      linkCut: head.linkCut,
    }
  } finally {
    await bundle.close()
  }
}

/**
 * Adds the download of a bundle.
 * @param wish told the address, which decides who is asked for a login
 * @throws RequestFailure as `lookAtBundle` and `Engine.carryIn`
 */
export async function importBundle(
  engine: Engine,
  file: string,
  wish: (head: BundleHead & { readonly url: string }) => ImportWish,
): Promise<DownloadId> {
  const bundle = await openBundle(file)
  try {
    const addresses = addressesOf(bundle.head)
    return await engine.carryIn(bundle, { ...wish({ ...bundle.head, url: addresses.url }), ...addresses })
  } finally {
    await bundle.close()
  }
}

/** The addresses of a bundle may be anything that somebody wrote: they are read like typed ones. */
function addressesOf(head: BundleHead): { readonly url: string; readonly mirrors: Mirror[] } {
  try {
    const { url } = parseAddress(head.url)
    return { url, mirrors: head.mirrors.map((mirror) => ({ url: parseMirror(mirror.url), from: mirror.from })) }
  } catch (error) {
    if (error instanceof RequestFailure) throw notOne(error.error.detail)
    throw error
  }
}
