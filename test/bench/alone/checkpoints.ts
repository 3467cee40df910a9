import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchOnce } from '../compare'
import type { Bench, Case } from '../bench'
import { runEngine } from '../children'
import { figure, ratio } from '../figures'
import { interleave } from '../bench'
import { locator, timeIn, type CpuProfile, type Frame } from '../profile'
import { longshore, type Program } from '../programs'

const never = { interval: 2 ** 30, bytes: Infinity }

/**
 * What checkpoints take of the engine's thread, from profiles of the whole program; beside it, the program without any,
 * which chance moves by more than they cost.
 */
export const checkpoints: Case = {
  name: 'checkpoints',
  title: 'checkpoints, http to disk',
  async run(bench) {
    const server = await bench.server()
    const source = await bench.sources.files(1, (bench.quick ? 512 : 2048) * 1024 ** 2)
    const urls = source.names.map((name) => server.url('http', name))
    const locate = locator()
    const shares = { busy: [] as number[], all: [] as number[] }
    for (let round = 0; round < bench.rounds; round++) {
      const profiles = await mkdtemp(join(bench.disk, 'profile-'))
      await fetchOnce(bench, 'disk', profiled(profiles), { urls, ca: null, sha256: null }, source)
      const time = timeIn(await readProfile(profiles), isCheckpoint, locate)
      shares.busy.push((100 * time.wanted) / time.busy)
      shares.all.push((100 * time.wanted) / time.all)
      await rm(profiles, { recursive: true })
    }
    const runs = await interleave(bench.rounds, {
      with: () => engineRun(bench, urls, null),
      without: () => engineRun(bench, urls, never),
    })
    const without = (what: 'seconds' | 'cpu') => ({
      name: 'without any',
      values: runs.without.map((run) => run[what]),
    })
    return {
      figures: [
        figure("share of the thread's time", '%', shares.all, { most: 1 }),
        figure("share of the thread's CPU", '%', shares.busy, { most: 1 }),
        ratio(
          'wall',
          's',
          runs.with.map(({ seconds }) => seconds),
          without('seconds'),
        ),
        ratio(
          'CPU',
          's',
          runs.with.map(({ cpu }) => cpu),
          without('cpu'),
        ),
      ],
    }
  },
}

/** Rounds, the claims that they commit, the syncs of part and log, and what is told afterwards. */
function isCheckpoint({ name, source }: Frame): boolean {
  return (
    source.endsWith('fetch/checkpoint.ts') ||
    source.endsWith('store/log-sync.ts') ||
    (source.endsWith('fetch/fetch.ts') && (name === 'sync' || name === 'committed')) ||
    (source.endsWith('downloads/entries.ts') && name === 'claimed')
  )
}

function profiled(folder: string): Program {
  const plain = longshore(16)
  return { ...plain, args: (job) => ['--cpu-prof', '--cpu-prof-dir', folder, ...plain.args(job)] }
}

/** The largest: that of the main thread, where others wrote one too. */
async function readProfile(folder: string): Promise<CpuProfile> {
  const profiles = await Promise.all(
    (await readdir(folder)).map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile),
  )
  const [largest] = profiles.sort((a, b) => b.samples.length - a.samples.length)
  if (!largest) throw new Error('no profile was written')
  return largest
}

async function engineRun(bench: Bench, urls: readonly string[], policy: typeof never | null) {
  const folder = await mkdtemp(join(bench.disk, 'engine-'))
  try {
    return await runEngine({
      folder,
      target: join(folder, 'files'),
      urls,
      connections: 16,
      override: { connectionsPerHost: 16 },
      checkpoints: policy,
      seconds: null,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
