import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { DescribedFile } from '../../shared/contract'
import type { BundleLook } from '../../shared/bundle'
import type { DownloadId } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { importBundle, lookAtBundle, looksLikeBundle } from './bundles'
import type { Engine } from '../engine/engine'
import { asRequest } from '../engine/carry/problems'
import { filesOfDocument, type Wanted } from '../engine/downloads/described'
import { longestMetalink } from '../engine/integrity/metalink'
import { nobody } from '../engine/session/session'

/** What a file on this computer is good for. */
export type LocalKind =
  | { readonly kind: 'bundle'; readonly look: BundleLook }
  | { readonly kind: 'document'; readonly text: string }
  | { readonly kind: 'other'; readonly size: number }

/** What the engine's thread does with files that the user chose or dropped: bundles and Metalink documents. */
export function createLocalFiles(engine: Engine) {
  let arriving: { readonly control: AbortController; bytes: number } | null = null
  return {
    /** @throws RequestFailure E_BUNDLE, E_BUNDLE_VERSION, E_FILE_MISSING, E_DISK */
    async lookAtFile(file: string): Promise<LocalKind> {
      try {
        const { size } = await stat(file)
        if (await looksLikeBundle(file)) return { kind: 'bundle', look: await lookAtBundle(file) }
        // Before megabytes of it are read: its name, or how it begins.
        if (size <= longestMetalink && /\.(meta4|metalink)$/i.test(file)) {
          return { kind: 'document', text: await readFile(file, 'utf8') }
        }
        return { kind: 'other', size }
      } catch (error) {
        throw asRequest(error)
      }
    },
    /** @throws RequestFailure E_NOT_FOUND */
    nameOf(id: DownloadId): string {
      const name = engine.view(id)?.name
      if (name === undefined) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
      return name
    },
    exportDownload: (id: DownloadId, target: string): Promise<number> => engine.carryOut(id, target),
    /** Ends a check, a repair or an export. */
    stopErrand: (id: DownloadId): Promise<void> => engine.stopErrand(id),
    /** One at a time. */
    async importDownload(file: string, folder: string, start: boolean): Promise<DownloadId> {
      if (arriving !== null) throw new RequestFailure({ code: 'E_STATE', detail: 'another bundle is being imported' })
      const mine = (arriving = { control: new AbortController(), bytes: 0 })
      try {
        return await importBundle(engine, file, () => ({
          folder,
          credentials: nobody,
          account: null,
          start,
          signal: mine.control.signal,
          onProgress: (bytes) => (mine.bytes = bytes),
        }))
      } finally {
        arriving = null
      }
    },
    importing: (): number | null => arriving?.bytes ?? null,
    stopImport: () => arriving?.control.abort(new RequestFailure({ code: 'E_STOPPED', detail: 'it was stopped' })),
    readDocument: async (text: string): Promise<DescribedFile[]> =>
      (await documentOf(text)).map(({ name, mirrors, promised: { size, digests } }) => ({
        name: path.basename(name),
        size,
        servers: 1 + mirrors.length,
        algorithm: digests[0]?.algorithm ?? null,
      })),
    async addDocument(text: string, chosen: readonly number[], folder: string, start: boolean): Promise<DownloadId[]> {
      const files = await documentOf(text)
      return await engine.addAll(
        chosen.flatMap((index) => {
          const file = files[index]
          return file ? [{ ...file, ...plain, folder, start }] : []
        }),
      )
    },
  }
}

const plain = {
  onConflict: 'rename',
  connections: null,
  partSize: null,
  threshold: null,
  checksum: null,
  credentials: nobody,
  account: null,
} as const

/** @throws RequestFailure E_DOCUMENT */
async function documentOf(text: string): Promise<Wanted[]> {
  const files = (await filesOfDocument(text)) ?? []
  if (files.length === 0) throw new RequestFailure({ code: 'E_DOCUMENT', detail: 'nothing in it can be downloaded' })
  return files
}
