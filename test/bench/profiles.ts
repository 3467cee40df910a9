import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../src/shared/settings'
import { newDownload } from '../../src/main/engine/downloads/adding'
import type { NewDownload } from '../../src/main/engine/ports'
import { nobody } from '../../src/main/engine/session/session'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import { createSettingsStore } from '../../src/main/store/settings'

export interface ProfileContents {
  /** Downloads that have completed: the history. */
  readonly finished?: number
  /** Downloads that are paused. */
  readonly paused?: number
  /** Addresses of downloads that wait for the user to let them go on. */
  readonly urls?: readonly string[]
  /** Where these go. */
  readonly target?: string
  readonly settings?: Partial<Settings>
}

const kinds = ['iso', 'zip', 'mp4', 'pdf', 'flac', 'bin']

/** Writes a profile as the program itself would have left it. */
export async function makeProfile(folder: string, contents: ProfileContents): Promise<string> {
  const { finished = 0, paused = 0, urls = [], target = join(folder, 'files'), settings = {} } = contents
  await mkdir(folder, { recursive: true })
  const record = (n: number, url: string, change: Partial<NewDownload>): NewDownload => {
    const request = {
      url,
      mirrors: [],
      folder: target,
      name: `item-${n}-of-a-long-list.${kinds[n % kinds.length]}`,
      onConflict: 'rename',
      connections: null,
      partSize: null,
      threshold: null,
      checksum: null,
      credentials: nobody,
      account: null,
      start: false,
    } as const
    return {
      ...newDownload(request, { kind: 'none' }, 1_750_000_000_000 + n * 1000),
      position: n,
      state: { kind: 'paused' },
      ...change,
    }
  }
  const address = (n: number) => `https://mirror${n % 40}.example.org/pub/archive/item-${n}.${kinds[n % kinds.length]}`
  const database = openDatabase(join(folder, 'longshore.db'))
  try {
    createSettingsStore(database).write(settings)
    const store = createDownloadStore(database)
    store.insertAll([
      ...Array.from({ length: finished }, (_, n) =>
        record(n, address(n), {
          state: { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } },
          finishedAt: 1_760_000_000_000 + n * 1000,
          finalBytes: (n % 977) * 1024 ** 2,
        }),
      ),
      ...Array.from({ length: paused }, (_, n) => record(finished + n, address(finished + n), {})),
      ...urls.map((url, n) => record(finished + paused + n, url, {})),
    ])
  } finally {
    database.close()
  }
  return folder
}
