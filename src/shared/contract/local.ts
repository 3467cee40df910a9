import { z } from 'zod'
import type { BundleLook } from '../bundle'
import type { ChecksumAlgorithm, DownloadId } from '../download'
import { call, fileTokenSchema, folderTokenSchema } from './call'
import type { FolderChoice } from './folders'

/** Files on this computer: bundles, Metalink documents, partial files. */

/** Characters of a Metalink document; see `longestMetalink`. */
const documentSchema = z.string().max(16 * 1024 * 1024)

/** A file on this computer, and what it is good for. */
export type LocalFile = { readonly token: string; readonly name: string } & (
  | { readonly kind: 'bundle'; readonly look: BundleLook }
  | { readonly kind: 'document'; readonly text: string }
  /** Bytes, and the folder it is in. */
  | { readonly kind: 'other'; readonly size: number; readonly folder: FolderChoice }
)

/** One of the files that a Metalink document describes. */
export interface DescribedFile {
  readonly name: string
  readonly size: number | null
  /** Servers that have it. */
  readonly servers: number
  /** What it is compared with when it is there; `null` when nothing is said. */
  readonly algorithm: ChecksumAlgorithm | null
}

export const localCalls = {
  /** Asks for a file and says what it is; `null` when the user cancelled. @see LocalFile */
  'files.choose': call<LocalFile | null>()(z.strictObject({ what: z.enum(['bundle', 'document', 'partial']) })),
  /** Asks for a name, and writes a paused copy of the download there; `null` when the user cancelled. */
  'downloads.export': call<{ readonly path: string; readonly bytes: number } | null>()(
    z.strictObject({ id: z.number().int().positive() }),
  ),
  /** Adds what a bundle brings; resolves when all of it is there. */
  'downloads.import': call<DownloadId>()(
    z.strictObject({ file: fileTokenSchema, folder: folderTokenSchema, start: z.boolean() }),
  ),
  /** Bytes that an import has brought so far; `null` while there is none. */
  'downloads.importing': call<number | null>()(z.undefined()),
  'downloads.stopImport': call<void>()(z.undefined()),
  /** Rejected with E_DOCUMENT when it is no Metalink document. */
  'documents.read': call<readonly DescribedFile[]>()(z.strictObject({ text: documentSchema })),
  /** Adds those of its files, by their place in `documents.read`. */
  'documents.add': call<readonly DownloadId[]>()(
    z.strictObject({
      text: documentSchema,
      chosen: z.array(z.number().int().nonnegative()).max(1000),
      folder: folderTokenSchema,
      start: z.boolean(),
    }),
  ),
} as const
