import { z } from 'zod'
import { languageSettings } from './languages'
import { concurrentRange, connectionsRange } from './limits'
import { proxySettingSchema } from './proxy'

export const connectionsSchema = z.number().int().min(connectionsRange.min).max(connectionsRange.max)

/** Everything the user can set for the whole program. Every field has a default, so that an old file stays valid. */
export const settingsSchema = z.object({
  /** Folder for new downloads; `null` is the system's download folder. */
  folder: z.string().nullable().default(null),
  /** Connections per download. */
  connections: connectionsSchema.default(16),
  /** Connections to one host, for the whole program. */
  connectionsPerHost: connectionsSchema.default(8),
  /** Downloads at a time. */
  concurrentDownloads: z.number().int().min(concurrentRange.min).max(concurrentRange.max).default(5),
  proxy: proxySettingSchema.default({ kind: 'system' }),
  /** PEM file with authorities to trust beside the system's; `null` for none. */
  caFile: z.string().nullable().default(null),
  appearance: z.enum(['system', 'light', 'dark']).default('system'),
  /** Of the window and of the system's own dialogs; the command line speaks English. */
  language: z.enum(languageSettings).default('system'),
})

export type Settings = z.infer<typeof settingsSchema>
export const defaultSettings: Settings = settingsSchema.parse({})
