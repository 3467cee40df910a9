import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

const libraries = '/usr/lib'

/** libfaketime, as Debian installs it; `null` where it is not there. */
function library(): string | null {
  if (process.platform !== 'linux' || !existsSync(libraries)) return null
  const found = readdirSync(libraries).map((each) => path.join(libraries, each, 'faketime', 'libfaketimeMT.so.1'))
  return found.find((file) => existsSync(file)) ?? null
}

/** The wall clock of a process, which can be moved while it runs; its monotonic clock is the machine's. */
export class MovedClock {
  readonly env: NodeJS.ProcessEnv
  readonly #file: string

  /** What stands between this machine and such clocks, or `null`. */
  static impossible(): string | null {
    return library() === null ? 'libfaketime is not installed' : null
  }

  private constructor(file: string) {
    this.#file = file
    this.env = {
      LD_PRELOAD: library() ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    }
  }

  /** @param folder for the file that says how wrong the clock is */
  static async create(folder: string): Promise<MovedClock> {
    const clock = new MovedClock(path.join(folder, 'clock'))
    await clock.move('+0')
    return clock
  }

  /** @param by from the true time, as libfaketime reads it: `+2h`, `-1d`, `-30y` */
  move(by: string): Promise<void> {
    return writeFile(this.#file, `${by}\n`)
  }
}
