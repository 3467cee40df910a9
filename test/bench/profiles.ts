import { join } from 'node:path'
import type { Settings } from '../../src/shared/settings'
import { completed, storedDownload, writeStore } from '../stored-downloads'

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
export function makeProfile(folder: string, contents: ProfileContents): string {
  const { finished = 0, paused = 0, urls = [], target = join(folder, 'files'), settings = {} } = contents
  const total = finished + paused
  const address = (n: number) => `https://mirror${n % 40}.example.org/pub/archive/item-${n}.${kinds[n % kinds.length]}`
  const downloads = Array.from({ length: total + urls.length }, (_, n) => {
    const name = `item-${n}-of-a-long-list.${kinds[n % kinds.length]}`
    const url = urls[n - total] ?? address(n)
    const done = n < finished ? completed(1_760_000_000_000 + n * 1000, (n % 977) * 1024 ** 2) : {}
    return storedDownload(
      { url, folder: target, name, addedAt: 1_750_000_000_000 + n * 1000 },
      { position: n, ...done },
    )
  })
  writeStore(join(folder, 'longshore.db'), downloads, settings)
  return folder
}
