import { z } from 'zod'
import type { ChecksumAlgorithm, DownloadId } from '../download'
import type { DownloadError, RequestError } from '../errors'
import { maxCookieText, maxMirrors, maxUrls, partSizeRange } from '../limits'
import { connectionsSchema, speedLimitSchema } from '../settings'
import { call, fileTokenSchema, folderTokenSchema, idsSchema, queueIdSchema, text } from './call'

/** New downloads. */

export const addInputSchema = z.strictObject({
  /** One address a line of the form, at most 10,000 at a time. */
  urls: z.array(text(65_536)).min(1).max(maxUrls),
  /** `null` for the folder of each one's category. */
  folder: folderTokenSchema.nullable(),
  /** Only with a single URL; `null` takes the server's name. */
  name: text(1024).nullable(),
  /** `null` takes the setting. */
  connections: connectionsSchema.nullable(),
  /** `Name: value` lines. */
  headers: text(65_536),
  /** `name=value; name2=value2` lines for the address's own origin, or the text of a Netscape cookie file. */
  cookies: text(maxCookieText).default(''),
  user: text(1024),
  password: text(4096),
  /** `algorithm=hex`, or bare hex whose length names the algorithm; empty for none. */
  checksum: text(256),
  /** Further addresses of the same file; only with a single URL. */
  mirrors: z.array(text(65_536)).max(maxMirrors).default([]),
  /** Id of the cloud account whose keys sign; `null` leaves the choice to the address. */
  account: text(64).nullable().default(null),
  /** Bytes of the smallest piece that gets a connection of its own; `null` takes the default. */
  partSize: z.number().int().min(partSizeRange.min).max(partSizeRange.max).nullable().default(null),
  /** Bytes of a file below which one connection is all it gets; `null` leaves that to the pace. */
  threshold: z.number().int().nonnegative().nullable().default(null),
  /** Bytes per second; `null` is no limit of its own. */
  limit: speedLimitSchema.nullable().default(null),
  /** A prefix that all `urls` are under: what is beyond it in their keys becomes folders. */
  root: text(65_536).nullable().default(null),
  /** What all of them are one line of in the list; several calls may name the same. `null`: each is its own. */
  group: z
    .strictObject({ id: z.uuid(), name: text(1024).min(1) })
    .nullable()
    .default(null),
  /**
   * Downloads that these addresses replace: unfinished ones begin again from byte 0; a completed one is downloaded anew,
   * and its file is replaced when the new one is whole.
   */
  replaces: idsSchema.default([]),
  /** `null` for the default one. */
  queue: queueIdSchema.nullable().default(null),
  /** Id of a category, with its folder; `null` leaves it to the rules. */
  category: text(64).nullable().default(null),
  /** A partial file of another program to go on with; only with a single URL. */
  adopt: fileTokenSchema.nullable().default(null),
  start: z.boolean(),
})

export type AddInput = z.infer<typeof addInputSchema>

export type AddOutcome =
  { readonly url: string; readonly id: DownloadId } | { readonly url: string; readonly error: RequestError }

/** What a server says of an address before anything is fetched. */
export type LinkLook =
  | {
      readonly kind: 'answered'
      readonly name: string
      /** Bytes; `null` when it does not say. */
      readonly total: number | null
      /** Whether it says that it serves ranges; `null` when it says nothing. */
      readonly ranges: boolean | null
      /** Digests that it sends along. */
      readonly digests: readonly ChecksumAlgorithm[]
      /** It is a web page. */
      readonly page: boolean
    }
  /** Nothing to be known before the download begins. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly error: DownloadError }

export const addCalls = {
  /** Adds each URL on its own: one bad line does not lose the good ones. Form-wide problems reject the call. */
  'downloads.add': call<readonly AddOutcome[]>()(addInputSchema),
  /** Asks what an address leads to, without credentials; `null` ends a question. A new one ends the one before. */
  'downloads.look': call<LinkLook | null>()(
    z.strictObject({ url: text(65_536).nullable(), account: text(64).nullable() }),
  ),
  /** The clipboard's text when every line of it is an address, else nothing: what else is on it stays unseen. */
  'clipboard.links': call<string>()(z.undefined()),
} as const
