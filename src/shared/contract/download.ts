import { z } from 'zod'
import type { DownloadError } from '../errors'
import { maxCookieText, maxMirrors } from '../limits'
import { connectionsSchema } from '../settings'
import { type CheckReport, type Checksum, checksumAlgorithms, type Comparison } from '../verification'
import { call, text } from './call'

/** One download: what it is, what may be changed of it, whether its bytes are right. */

export interface Editable {
  /** Without credentials, as all addresses here. */
  readonly url: string
  readonly mirrors: readonly string[]
  /** `null` follows the setting. */
  readonly connections: number | null
  /** `algorithm=hex`; empty for none. */
  readonly checksum: string
  /** Whether a login, headers or cookies belong to it, and whether they are still there. They are not told. */
  readonly credentials: 'none' | 'known' | 'lost'
}

export const downloadCalls = {
  /** Ends a check, a repair or an export, which is rejected with E_STOPPED. */
  'downloads.stopErrand': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Gives a download that failed with CREDENTIALS, HEADERS_LOST or HTTP_401 what it needs, and queues it. */
  'downloads.authorize': call<void>()(
    z.strictObject({
      id: z.number().int().positive(),
      user: text(1024),
      password: text(4096),
      headers: text(65_536),
      cookies: text(maxCookieText).default(''),
    }),
  ),
  /** Another address of the same file; rejected with E_LINK, and nothing changed, when it is another one. */
  'downloads.relink': call<void>()(z.strictObject({ id: z.number().int().positive(), url: text(65_536) })),
  /** Replaces the mirrors of a download that is not completed; one that is running uses them at once. */
  'downloads.setMirrors': call<void>()(
    z.strictObject({ id: z.number().int().positive(), urls: z.array(text(65_536)).max(maxMirrors) }),
  ),
  /** What may be changed of a download that is paused or failed. */
  'downloads.editable': call<Editable>()(z.strictObject({ id: z.number().int().positive() })),
  /**
   * Changes it. Another address is compared as by `downloads.relink`, and the download goes on then; else it stays as
   * it is. `credentials` replace those that are there; `null` keeps them.
   */
  'downloads.edit': call<void>()(
    z.strictObject({
      id: z.number().int().positive(),
      url: text(65_536),
      mirrors: z.array(text(65_536)).max(maxMirrors),
      connections: connectionsSchema.nullable(),
      checksum: text(256),
      credentials: z
        .strictObject({ user: text(1024), password: text(4096), headers: text(65_536), cookies: text(maxCookieText) })
        .nullable(),
    }),
  ),
  /** The one download whose `inspection` events are wanted; `null` for none. */
  'downloads.inspect': call<void>()(z.strictObject({ id: z.number().int().positive().nullable() })),
  /** Reads all of it and compares it with what is known; resolves at the end. An active one is refused with E_STATE. */
  'downloads.verify': call<CheckReport>()(z.strictObject({ id: z.number().int().positive() })),
  /** The same, and fetches what is wrong again; rejected with E_CHANGED, and nothing changed, when that is another file. */
  'downloads.repair': call<CheckReport>()(z.strictObject({ id: z.number().int().positive() })),
  /** Reads a completed file for one digest. Rejected with E_STOPPED when that was stopped. */
  'downloads.digest': call<Checksum>()(
    z.strictObject({ id: z.number().int().positive(), algorithm: z.enum(checksumAlgorithms) }),
  ),
  /** The same, beside a checksum that the user pasted; rejected with E_CHECKSUM when it is none. One that fits is kept. */
  'downloads.compare': call<Comparison>()(z.strictObject({ id: z.number().int().positive(), checksum: text(4096) })),
  'downloads.open': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  'downloads.showInFolder': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Shows the folder of a group; `id` is any of its downloads. */
  'downloads.showGroup': call<void>()(z.strictObject({ id: z.number().int().positive() })),
  /** Asks the store to make an archived object readable, and waits for that. */
  'downloads.thaw': call<DownloadError | null>()(z.strictObject({ id: z.number().int().positive() })),
} as const
