import { z } from 'zod'
import { categorySchema, defaultCategories } from './categories'
import { languageSettings } from './languages'
import {
  attemptsRange,
  concurrentRange,
  connectionsRange,
  historyDaysRange,
  spaceMarginRange,
  speedLimitRange,
} from './limits'
import { whenDoneActions } from './when-done'
import { proxySettingSchema } from './proxy'
import { scheduleSchema } from './queues'

/** Folders that are remembered. */
export const mostRecentFolders = 8

/** Bytes per second. */
export const speedLimitSchema = z.number().int().min(speedLimitRange.min).max(speedLimitRange.max)
export const connectionsSchema = z.number().int().min(connectionsRange.min).max(connectionsRange.max)

/** Everything the user can set for the whole program. Every field has a default, so that an old file stays valid. */
export const settingsSchema = z.object({
  /** Folder for new downloads; `null` is the system's download folder. */
  folder: z.string().nullable().default(null),
  /** Where downloads were added, the latest first. */
  recentFolders: z.array(z.string()).max(mostRecentFolders).default([]),
  /** The form asks servers about an address as soon as it is typed. */
  lookAtLinks: z.boolean().default(true),
  /** The first one whose rules a download meets is its category. */
  categories: z.array(categorySchema).max(100).default(defaultCategories),
  /** Connections per download. */
  connections: connectionsSchema.default(16),
  /** Connections to one host, for the whole program. */
  connectionsPerHost: connectionsSchema.default(8),
  /** Failures in a row after which a connection gives up. */
  attempts: z.number().int().min(attemptsRange.min).max(attemptsRange.max).default(10),
  /** Downloads at a time. */
  concurrentDownloads: z.number().int().min(concurrentRange.min).max(concurrentRange.max).default(5),
  /** Bytes per second, all downloads together; `null` is no limit. */
  speedLimit: speedLimitSchema.nullable().default(null),
  /** Bytes per second in slow mode, all downloads together; a lower `speedLimit` counts. */
  slowLimit: speedLimitSchema.default(512 * 1024),
  /** Slow mode as the user switched it, until then (ms since the epoch; `null` for ever); `null` leaves it to the hours. */
  slowMode: z
    .strictObject({ on: z.boolean(), until: z.number().int().nonnegative().nullable() })
    .nullable()
    .default(null),
  /** When slow mode is on by itself; `null` for never. */
  slowSchedule: scheduleSchema.nullable().default(null),
  /** Whether finished files get the time of their last change on the server; else that of the download. */
  keepServerDate: z.boolean().default(false),
  /** Bytes of every volume that stay free: who would need them waits. */
  spaceMargin: z
    .number()
    .int()
    .min(spaceMarginRange.min)
    .max(spaceMarginRange.max)
    .default(512 * 1024 ** 2),
  /** Nothing runs on battery. */
  pauseOnBattery: z.boolean().default(false),
  /** Nothing runs on networks that are paid by the byte, as far as the system tells. */
  pauseOnMetered: z.boolean().default(false),
  /** Days after which completed downloads leave the list; their files stay. `null` for never. */
  historyDays: z.number().int().min(historyDaysRange.min).max(historyDaysRange.max).nullable().default(null),
  /** Once nothing is queued or active any more; all but notifying are for one time. */
  whenDone: z.enum(whenDoneActions).default('nothing'),
  proxy: proxySettingSchema.default({ kind: 'system' }),
  /** PEM file with authorities to trust beside the system's; `null` for none. */
  caFile: z.string().nullable().default(null),
  /** Client certificate with its key, PKCS#12 or PEM; `null` for none. Its password is sealed beside the settings. */
  certificateFile: z.string().nullable().default(null),
  /** Links on the clipboard are taken when the form for new downloads opens. */
  clipboardLinks: z.boolean().default(true),
  /** An icon beside the clock. */
  tray: z.boolean().default(true),
  /**
   * Closing the window leaves the program in the tray. Not by default: a program that stays when it is closed is a
   * surprise, some desktops show no tray, and what is unfinished goes on at the next start anyway.
   */
  closeToTray: z.boolean().default(false),
  /** Closing the window otherwise asks while something is active or queued. */
  askOnClose: z.boolean().default(true),
  /** Without a window, with the user's session. */
  startAtLogin: z.boolean().default(false),
  /** The computer does not go to sleep while something is active. */
  keepAwake: z.boolean().default(true),
  notifyDone: z.boolean().default(true),
  notifyFailed: z.boolean().default(true),
  /** Looks beside a download for a file with its checksum, when nothing else tells one. */
  checksumFiles: z.boolean().default(false),
  appearance: z.enum(['system', 'light', 'dark']).default('system'),
  /** Of the window and of the system's own dialogs; the command line speaks English. */
  language: z.enum(languageSettings).default('system'),
})

/**
 * A change of some of them: what is not named stays as it is. (zod's `partial` alone fills in the defaults of what is
 * missing, and would reset all the others.)
 */
export const settingsChangeSchema = z.object(withoutDefaults(settingsSchema.shape)).partial()

export type Settings = z.infer<typeof settingsSchema>
export const defaultSettings: Settings = settingsSchema.parse({})

type Shape = Readonly<Record<string, z.ZodDefault>>
function withoutDefaults<S extends Shape>(shape: S): { [K in keyof S]: ReturnType<S[K]['unwrap']> } {
  const plain = Object.entries(shape).map(([name, field]) => [name, field.unwrap()] as const)
  return Object.fromEntries(plain) as { [K in keyof S]: ReturnType<S[K]['unwrap']> }
}
