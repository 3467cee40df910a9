import path from 'node:path'
import { z } from 'zod'
import { RequestFailure } from '../../shared/errors'
import { hostRuleSchema, type HostRule } from '../../shared/host-rules'
import { settingsChangeSchema, type Settings } from '../../shared/settings'

const kind = 'longshore settings'
const changeSchema = settingsChangeSchema.omit({ recentFolders: true, certificateFile: true })
const fileSchema = z.object({
  kind: z.literal(kind),
  version: z.literal(1),
  settings: changeSchema,
  rules: z.array(hostRuleSchema).max(10_000).optional(),
})

/** What goes into a file. */
export interface SettingsFile {
  readonly settings: Settings
  readonly rules: readonly HostRule[]
}

/** What comes out of one. `rules` is `null` in files of older versions, which had none in them. */
export interface SettingsIn {
  readonly settings: Partial<Settings>
  readonly rules: readonly HostRule[] | null
}

/**
 * Without secrets: user names, passwords and headers are no part of settings and rules. Without the folders that were used, which
 * are no setting but a trace of their user, and without the client certificate, which opens only with its password.
 */
export function printSettings({ settings: all, rules }: SettingsFile): string {
  const { recentFolders: _, certificateFile: __, ...settings } = all
  return `${JSON.stringify({ kind, version: 1, settings, rules }, null, 2)}\n`
}

/**
 * What a file of `printSettings` says. Settings that it does not name stay as they are; names that this version does not
 * know are left out.
 * @throws RequestFailure E_SETTINGS
 */
export function parseSettings(text: string): SettingsIn {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw new RequestFailure({ code: 'E_SETTINGS', detail: String(error) })
  }
  const parsed = fileSchema.safeParse(file)
  if (!parsed.success) throw new RequestFailure({ code: 'E_SETTINGS', detail: parsed.error.message })
  const { folder, caFile, categories = [] } = parsed.data.settings
  for (const place of [folder, caFile, ...categories.map((category) => category.folder)]) {
    if (typeof place === 'string' && !path.isAbsolute(place)) {
      throw new RequestFailure({ code: 'E_SETTINGS', detail: `not an absolute path: ${place}` })
    }
  }
  // A field that is there but undefined cannot come out of JSON.
  return { settings: parsed.data.settings as Partial<Settings>, rules: parsed.data.rules ?? null }
}
