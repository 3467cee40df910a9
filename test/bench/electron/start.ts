import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { interleave, type Case } from '../bench'
import { figure, ratio } from '../figures'
import { makeProfile } from '../profiles'
import { electron, startApp, untilList } from './app'

const count = 100_000

/** From the process to the first list on the screen. */
export const start: Case = {
  name: 'app-start',
  title: 'start of the application until the list is painted',
  async run(bench) {
    const { version } = await electron()
    const folder = await mkdtemp(join(bench.disk, 'start-'))
    const empty = makeProfile(join(folder, 'empty'), {})
    const finished = makeProfile(join(folder, 'finished'), { finished: count })
    const once = (profile: string) => async () => {
      const app = await startApp(profile)
      try {
        return await untilList(app)
      } finally {
        await app.quit()
      }
    }
    // The first start of a profile makes Chromium's own folders, and fills the disk's cache.
    for (const profile of [empty, finished]) await once(profile)()
    const runs = await interleave(bench.rounds, { empty: once(empty), finished: once(finished) })
    await rm(folder, { recursive: true })
    return {
      figures: [
        figure('launch to first list, empty', 's', runs.empty),
        ratio(
          'launch to first list, 100,000 completed',
          's',
          runs.finished,
          { name: 'an empty list', values: runs.empty },
          { most: 1.5 },
        ),
      ],
      notes: [`Electron ${version}`],
    }
  },
}
