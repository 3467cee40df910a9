import { z } from 'zod'
import { categorySchema } from '../categories'
import { type Settings, settingsChangeSchema } from '../settings'
import { call, fileTokenSchema, folderTokenSchema, text } from './call'

/** Settings. */

/** A client certificate that was chosen and needs a password. */
export interface LockedCertificate {
  readonly kind: 'locked'
  readonly token: string
  readonly path: string
}

export const settingsCalls = {
  'settings.get': call<Settings>()(z.undefined()),
  /** `caFile` and `certificateFile` can only be forgotten here. `folder` is set by token with `settings.setFolder`, never by path. */
  'settings.set': call<Settings>()(
    settingsChangeSchema
      .omit({ folder: true, caFile: true, certificateFile: true, recentFolders: true, categories: true })
      .extend({ caFile: z.null().optional(), certificateFile: z.null().optional() })
      .strict(),
  ),
  /** Asks for a file and writes settings and rules there, without secrets; false when the user cancelled. */
  'settings.export': call<boolean>()(z.undefined()),
  /** Asks for such a file and takes it over; `null` when the user cancelled. */
  'settings.import': call<Settings | null>()(z.undefined()),
  /** Asks, and takes all defaults; `null` when the user cancelled. */
  'settings.reset': call<Settings | null>()(z.undefined()),
  /** Changes a category, or puts a new one first. A folder that is not named stays; `null` takes it away. */
  'settings.saveCategory': call<Settings>()(
    z.strictObject({
      ...categorySchema.omit({ folder: true }).shape,
      folder: folderTokenSchema.nullable().optional(),
    }),
  ),
  /** Puts a category before another one, or at the end: the first one that fits counts. */
  'settings.moveCategory': call<Settings>()(z.strictObject({ id: text(64), before: text(64).nullable() })),
  'settings.removeCategory': call<Settings>()(z.strictObject({ id: text(64) })),
  'settings.setFolder': call<Settings>()(z.strictObject({ folder: folderTokenSchema })),
  /** Opens the system's dialog for `caFile`; `null` when the user cancelled. */
  'settings.chooseAuthority': call<Settings | null>()(z.undefined()),
  /** Opens the system's dialog for `certificateFile`; `null` when the user cancelled. */
  'settings.chooseCertificate': call<
    { readonly kind: 'set'; readonly settings: Settings } | LockedCertificate | null
  >()(z.undefined()),
  /** Opens a chosen certificate with its password. */
  'settings.unlockCertificate': call<Settings>()(z.strictObject({ token: fileTokenSchema, passphrase: text(1000) })),
} as const
