// `npm run bench [-- --quick] [--only CASE,…] [--rounds N] [--keep NAME]`: every goal a case, beside other programs on one
// machine, in one run, interleaved. Only ratios of one run mean anything. `docs/performance.md` tells how to read them.
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/paths.mjs'
import { aloneCases } from './alone'
import { openBench, Unable, type Bench, type Case } from './bench'
import { electronCases } from './electron'
import { fetchCases, tiny } from './fetches'
import { figuresTable, lastCommitted, rowsTable, summary, type CaseResult, type Results } from './report'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    /** Writes the result where later runs are compared with it. */
    keep: { type: 'string' },
  },
})
if (process.platform !== 'linux') throw new Error('The benchmark reads /proc: it runs on Linux only')
const { quick } = options
const rounds = Number(options.rounds ?? 5)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${options.rounds}: a number of rounds`)
const all: readonly Case[] = [...fetchCases(quick), ...aloneCases, ...electronCases, ...(quick ? [] : [tiny])]
const wanted = options.only?.split(',') ?? all.map(({ name }) => name)
for (const name of wanted) {
  if (!all.some((each) => each.name === name))
    throw new Error(`no case ${name}: ${all.map((each) => each.name).join(', ')}`)
}

/** Processes per processor that others keep busy from which on times say little. */
const busy = 0.3
const before = loadavg()[0]!
if (before > busy * cpus().length) console.log(`WARNING: ${busyWords(before)}`)

const began = performance.now()
const results: CaseResult[] = []
const bench = await openBench(quick, rounds)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void bench.close().finally(() => process.exit(130)))
}
try {
  for (const each of all.filter(({ name }) => wanted.includes(name))) {
    const result = await runCase(each, bench)
    results.push(result)
    console.log(['', `${result.name}: ${result.title}`, ...rowsTable(result), ...result.notes].join('\n'))
    if (result.problem !== null) console.log(result.problem)
  }
} finally {
  await bench.close()
}

const folder = join(root, 'test', 'bench', 'results')
const last = lastCommitted(folder, quick)
const load = [before, loadavg()[0]!] as const
console.log(
  ['', ...figuresTable(results, last?.results ?? null), '', summary(results, last?.results ?? null)].join('\n'),
)
console.log(last ? `before: test/bench/results/${last.name}` : 'no earlier result is committed')
if (before > busy * cpus().length) console.log(`WARNING: ${busyWords(before)}`)
const written: Results = { quick, rounds, machine: machine(), load, cases: results }
const file = options.keep
  ? join(folder, `${options.keep}.${quick ? 'quick' : 'full'}.json`)
  : join(root, 'test-results', 'bench.json')
await mkdir(join(file, '..'), { recursive: true })
await writeFile(file, `${JSON.stringify(written, null, 2)}\n`)
console.log(`${((performance.now() - began) / 60_000).toFixed(1)} minutes; written: ${file}`)
if (results.some(({ problem }) => problem?.startsWith('failed'))) process.exitCode = 1

/** What fails or cannot run says so, and the others go on. */
async function runCase(one: Case, at: Bench): Promise<CaseResult> {
  const { name, title } = one
  const base = { name, title: `${title}, ${rounds} rounds`, problem: null, rows: [], gibibytes: 0, notes: [] }
  const caseBegan = performance.now()
  try {
    const measured = await one.run(at)
    const seconds = (performance.now() - caseBegan) / 1000
    return { ...base, ...measured, notes: [...(measured.notes ?? []), `(${seconds.toFixed(0)} s)`] }
  } catch (error) {
    const problem = error instanceof Unable ? `not run: ${error.message}` : `failed: ${String(error)}`
    if (!(error instanceof Unable)) console.error(error)
    return { ...base, problem, figures: [] }
  }
}

function busyWords(load: number): string {
  return `a load of ${load.toFixed(1)} on ${cpus().length} processors before it began: wall times mean little`
}

function machine(): string {
  const kernel = spawnSync('uname', ['-sr'], { encoding: 'utf8' }).stdout.trim()
  return `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${kernel}, Node ${process.versions.node}`
}
