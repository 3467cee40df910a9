// `npm run bench [-- --quick] [--only CASE,…] [--rounds N] [--keep NAME]`: other programs beside us, on one machine, in
// one run, interleaved. Only ratios of one run mean anything. `docs/performance.md` tells how to read them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/paths.mjs'
import { Content } from '../server'
import { cases, type Case } from './cases'
import { measureLimits, printLimits } from './limits'
import { measure, median, type Run } from './measure'
import { idleNode, isInstalled, type Job, type Program } from './programs'
import {
  isKnown,
  judge,
  lastCommitted,
  printRows,
  printVerdicts,
  type CaseResult,
  type Results,
  type Row,
} from './report'
import { startNginx, type BenchServer } from './server'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    /** Writes the result where later runs are compared with it. */
    keep: { type: 'string' },
  },
})
const quick = options.quick
const rounds = Number(options.rounds ?? (quick ? 5 : 7))
const all = cases(quick)
const chosen = options.only === undefined ? null : options.only.split(',')
for (const name of chosen ?? [])
  if (name !== 'limits' && !isKnown(all, name))
    throw new Error(`no case ${name}: ${[...all.map((c) => c.name), 'limits'].join(', ')}`)

if (process.platform !== 'linux') throw new Error('The benchmark reads /proc: it runs on Linux only')
const scratch = await mkdtemp(join(tmpdir(), 'longshore-bench-'))
const memory = await mkdtemp('/dev/shm/longshore-bench-')
const source = join(memory, 'source')
await mkdir(source)
const server = await startNginx(source, scratch)
const installed = new Map<string, boolean>()
/** Rows of cases that were measured without a checksum, for the one that asks for it. */
const unchecked = new Map<string, Row>()

try {
  const limits = chosen === null || chosen.includes('limits') ? await measureLimits(memory, quick) : null
  if (limits) {
    printLimits(limits)
    const file = join(root, 'test-results', 'bench-limits.json')
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, `${JSON.stringify({ quick, machine: machine(), limits }, null, 2)}\n`)
    console.log(`written: ${file}`)
  }
  if (chosen?.every((name) => name === 'limits') === true) {
    // nothing else was asked for
  } else if (!server) console.log('skipped: nginx is not installed (sh scripts/bench.sh installs it)')
  else await compareAll(server)
} finally {
  await server?.close()
  await rm(scratch, { recursive: true, force: true })
  await rm(memory, { recursive: true, force: true })
}

async function compareAll(running: BenchServer): Promise<void> {
  const idle = await idleMemory()
  const results: CaseResult[] = []
  for (const each of all) {
    if (chosen && !chosen.includes(each.name)) continue
    const result = await compare(each, running, idle)
    printRows(result)
    results.push(result)
  }
  const folder = join(root, 'test', 'bench', 'results')
  const before = lastCommitted(folder, quick)
  printVerdicts(results, before?.results)
  console.log(before ? `\nbefore: test/bench/results/${before.name}` : '\nno earlier result is committed')
  const written: Results = { quick, rounds, machine: machine(), cases: results }
  const file = options.keep
    ? join(folder, `${options.keep}.${quick ? 'quick' : 'full'}.json`)
    : join(root, 'test-results', 'bench.json')
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, `${JSON.stringify(written, null, 2)}\n`)
  console.log(`written: ${file}`)
}

/** Runs all programs in turn, so that a slow moment of the machine hits each of them. */
async function compare(each: Case, running: BenchServer, idle: number): Promise<CaseResult> {
  const content = await makeFiles(each)
  const urls = content.names.map((name) => running.url(each.server, name))
  const list = join(scratch, 'list')
  await writeFile(list, `${urls.join('\n')}\n`)
  await writeFile(`${list}.curl`, urls.map((url) => `url = "${url}"\n`).join(''))
  // Measured in the same rounds: what a checksum costs is a ratio of one run too.
  const kinds = each.programs
    .filter(isThere)
    .flatMap((program) => [
      { program, checked: each.checksum === true },
      ...(each.checksum ? [{ program, checked: false }] : []),
    ])
  const runs = kinds.map((): Run[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, { program, checked }] of kinds.entries()) {
      const folder = await mkdtemp(join(each.place === 'memory' ? memory : scratch, 'target-'))
      const own = await mkdtemp(join(scratch, 'store-'))
      const sha256 = checked ? content.sha256 : null
      const job: Job = { urls, list, folder, scratch: own, ca: each.server === 'https' ? running.ca : null, sha256 }
      runs[index]?.push(await measure(program, job))
      requireSame(folder, content.folder, program)
      await rm(folder, { recursive: true })
      await rm(own, { recursive: true })
    }
  }
  await rm(content.folder, { recursive: true })
  const measured = kinds.map(({ program, checked }, index) => ({ checked, row: rowOf(program, runs[index] ?? []) }))
  const plain = each.checksum ? measured.find(({ checked }) => !checked)?.row : undefined
  if (plain) unchecked.set(each.name, plain)
  const rows = measured.map(({ checked, row }) =>
    each.checksum && !checked ? { ...row, program: `${row.program}, no sum` } : row,
  )
  return {
    name: each.name,
    title: `${each.title}, ${rounds} rounds`,
    gibibytes: (each.files * each.size) / 1024 ** 3,
    rows,
    verdicts: each.goals.flatMap((goal) => judge(goal, rows, idle, unchecked.get(each.name)) ?? []),
  }
}

function rowOf(program: Program, runs: readonly Run[]): Row {
  return {
    program: program.name,
    seconds: median(runs.map((run) => run.seconds)),
    cpu: median(runs.map((run) => run.cpu)),
    memory: median(runs.map((run) => run.memory)),
  }
}

function isThere(program: Program): boolean {
  const known = installed.get(program.command) ?? isInstalled(program)
  if (!installed.has(program.command) && !known) console.log(`skipped: ${program.name}, which is not installed`)
  installed.set(program.command, known)
  return known
}

async function idleMemory(): Promise<number> {
  const nothing: Job = { urls: [], list: '', folder: '', scratch: '', ca: null, sha256: null }
  const runs: number[] = []
  for (let n = 0; n < 3; n++) runs.push((await measure(idleNode, nothing)).memory)
  return median(runs)
}

/** Every byte of every run is compared. */
function requireSame(folder: string, expected: string, program: Program): void {
  const { status, stdout } = spawnSync('diff', ['--recursive', '--brief', expected, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program.name} got other files: ${stdout.slice(0, 1000)}`)
}

/** Files for one case, in a folder of their own. */
async function makeFiles({ name, files, size }: Case): Promise<{ names: string[]; folder: string; sha256: string }> {
  const folder = join(source, name)
  await mkdir(folder)
  const names: string[] = []
  for (let n = 0; n < files; n++) {
    const file = files === 1 ? 'data.bin' : `${n}.bin`
    names.push(`${name}/${file}`)
    if (files > 1) {
      await writeFile(join(folder, file), new Content(size + files, 1).bytes(n, n + size))
      continue
    }
    const out = createWriteStream(join(folder, file))
    const content = new Content(size, 1)
    for (let at = 0; at < size; at += 1024 * 1024) {
      if (!out.write(content.bytes(at, at + 1024 * 1024))) await once(out, 'drain')
    }
    out.end()
    await once(out, 'close')
  }
  const hash = createHash('sha256')
  if (files === 1) await pipeline(createReadStream(join(folder, 'data.bin')), hash)
  return { names, folder, sha256: files === 1 ? hash.digest('hex') : '' }
}

function machine(): string {
  const kernel = spawnSync('uname', ['-sr'], { encoding: 'utf8' }).stdout.trim()
  return `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${kernel}, Node ${process.versions.node}`
}
