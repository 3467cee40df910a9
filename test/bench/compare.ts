import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Case } from './bench'
import { figure, ratio, type Figure, type Unit } from './figures'
import { measure, type Run } from './measure'
import { idleNode, isInstalled, type Job, type Program } from './programs'
import type { Row } from './report'
import type { ServerKind } from './server'
import type { Source } from './sources'
import { median } from './statistics'

/** What must hold between two programs: a ratio of medians of one run. */
export interface FetchGoal {
  readonly measure: keyof Run
  readonly of: Program
  readonly to:
    | Program
    /** The best that the server allows, s. */
    | { readonly ideal: number }
    /** MiB above a Node that does nothing. */
    | 'idle'
  /** At most; MiB where it is `idle`. */
  readonly most: number
}

/** Some programs fetch the same files. */
export interface Fetch {
  readonly name: string
  readonly title: string
  readonly server: ServerKind
  /** Another server that has the same file. */
  readonly mirror?: ServerKind
  readonly place: 'memory' | 'disk'
  readonly files: number
  /** Bytes of each file. */
  readonly size: number
  /** So many rounds at most. */
  readonly rounds?: number
  /** In the order of the table, ours first; those that are not installed are left out. */
  readonly programs: readonly Program[]
  readonly goals: readonly FetchGoal[]
}

const units: Readonly<Record<keyof Run, Unit>> = { seconds: 's', cpu: 's/GiB', memory: 'MiB' }
const words: Readonly<Record<keyof Run, string>> = { seconds: 'wall', cpu: 'CPU', memory: 'memory' }

export function fetchCase(fetch: Fetch): Case {
  return {
    name: fetch.name,
    title: fetch.title,
    async run(bench) {
      const server = await bench.server()
      const source = await bench.sources.files(fetch.files, fetch.size)
      const urls = source.names.map((name) => server.url(fetch.server, name))
      const sha256 = fetch.programs.some(({ checks }) => checks) ? await bench.sources.sum(source) : null
      const job: FetchJob = {
        urls,
        ca: fetch.server === 'https' ? server.ca : null,
        sha256,
        ...(fetch.mirror ? { mirror: server.url(fetch.mirror, source.names[0]!) } : {}),
      }
      const missing = new Set(fetch.programs.filter((program) => !isThere(program)))
      const runs = new Map<Program, Run[]>()
      for (const program of fetch.programs) if (!missing.has(program)) runs.set(program, [])
      const notes = [...missing].map(({ name }) => `${name} is not installed`)
      for (let round = 0; round < Math.min(bench.rounds, fetch.rounds ?? Infinity); round++) {
        for (const [program, own] of [...runs]) {
          try {
            own.push(await fetchOnce(bench, fetch.place, program, job, source))
          } catch (error) {
            if (program === fetch.programs[0]) throw error
            // Others crash too; what is left is compared without them.
            runs.delete(program)
            notes.push(`${program.name} is left out: ${String(error)}`)
          }
        }
      }
      // Those that are large, or many, are wanted by one case only.
      if (source.files > 1) await bench.sources.drop(source)
      const gibibytes = (fetch.files * fetch.size) / 1024 ** 3
      const idle = fetch.goals.some(({ to }) => to === 'idle') ? await idleMemory(bench) : []
      return {
        rows: [...runs].map(([program, own]) => row(program, own)),
        gibibytes,
        figures: fetch.goals.flatMap((goal) => judge(goal, runs, idle, gibibytes) ?? []),
        notes,
      }
    },
  }
}

export type FetchJob = Pick<Job, 'urls' | 'ca' | 'sha256' | 'mirror'>

/** Runs one program once, and compares every byte. */
export async function fetchOnce(
  bench: Bench,
  place: 'memory' | 'disk',
  program: Program,
  wanted: FetchJob,
  source: Source,
): Promise<Run> {
  const folder = await mkdtemp(join(bench[place], 'target-'))
  const scratch = await mkdtemp(join(bench.disk, 'store-'))
  const list = join(scratch, 'list')
  await writeFile(list, `${wanted.urls.join('\n')}\n`)
  await writeFile(`${list}.curl`, wanted.urls.map((url) => `url = "${url}"\n`).join(''))
  // Nobody pays for what the one before has left to be written.
  if (place === 'disk') spawnSync('sync', ['--file-system', folder])
  try {
    const run = await measure(program, { ...wanted, folder, scratch, list })
    requireSame(folder, source.folder, program)
    return run
  } finally {
    // Many deleted files make ext4 slow for some minutes, for whoever makes new ones: those go when all is over.
    if (source.files === 1) await rm(folder, { recursive: true })
    await rm(scratch, { recursive: true })
  }
}

function row({ name }: Program, runs: readonly Run[]): Row {
  return {
    program: name,
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: median(runs.map(({ memory }) => memory)),
  }
}

/** @returns `null` where a program of the goal did not run */
function judge(
  { measure: what, of, to, most }: FetchGoal,
  runs: ReadonlyMap<Program, readonly Run[]>,
  idle: readonly number[],
  gibibytes: number,
): Figure | null {
  const scale = what === 'cpu' ? gibibytes : 1
  const of_ = (program: Program) => runs.get(program)?.map((run) => run[what] / scale)
  const ours = of_(of)
  if (!ours) return null
  const goal = { most }
  if (to === 'idle') {
    const above = ours.map((value) => value - median(idle))
    return figure(`${words[what]} above an idle Node`, units[what], above, goal)
  }
  if ('ideal' in to) return ratio(words[what], units[what], ours, { name: 'the ideal', values: [to.ideal] }, goal)
  const theirs = of_(to)
  return theirs ? ratio(words[what], units[what], ours, { name: to.name, values: theirs }, goal) : null
}

const installed = new Map<string, boolean>()

export function isThere(program: Program): boolean {
  const known = installed.get(program.command) ?? isInstalled(program)
  installed.set(program.command, known)
  return known
}

let idle: Promise<number[]> | null = null

/** MiB of a Node that does nothing. */
export function idleMemory(bench: Bench): Promise<number[]> {
  const nothing: Job = { urls: [], list: '', folder: '', scratch: bench.disk, ca: null, sha256: null }
  idle ??= (async () => {
    const values: number[] = []
    for (let n = 0; n < 5; n++) values.push((await measure(idleNode, nothing)).memory)
    return values
  })()
  return idle
}

function requireSame(folder: string, expected: string, program: Program): void {
  const { status, stdout } = spawnSync('diff', ['--recursive', '--brief', expected, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program.name} got other files: ${stdout.slice(0, 1000)}`)
}
