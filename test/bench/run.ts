// `npm run bench [-- --quick]`: other programs beside us, on one machine, in one run, interleaved. Only ratios of one run
// mean anything.
import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/paths.mjs'
import { Content } from '../server'
import { measure, median, type Run } from './measure'
import { isInstalled, ours, peers, type Program } from './programs'
import { startNginx } from './server'

const quick = process.argv.includes('--quick')
const mebibyte = 1024 * 1024
const size = (quick ? 256 : 2048) * mebibyte
const rounds = quick ? 3 : 5

if (process.platform !== 'linux') throw new Error('The benchmark reads /proc: it runs on Linux only')
const scratch = await mkdtemp(join(tmpdir(), 'longshore-bench-'))
const memory = await mkdtemp('/dev/shm/longshore-bench-')
const source = join(memory, 'source')
await mkdir(source)
const server = await startNginx(source, scratch)

try {
  if (!server) {
    console.log('skipped: nginx is not installed (Debian: apt-get install nginx-light)')
  } else {
    await makeFile(join(source, 'data.bin'))
    const programs = [...ours, ...peers].filter((program) => {
      const there = isInstalled(program)
      if (!there) console.log(`skipped: ${program.name}, which is not installed`)
      return there
    })
    const results = []
    for (const [place, folder] of [
      ['memory', memory],
      ['disk', scratch],
    ] as const) {
      results.push({ place, rows: await compare(programs, server.url('data.bin'), folder) })
    }
    for (const { place, rows } of results) print(`${size / mebibyte} MiB, http to ${place}, ${rounds} rounds`, rows)
    const file = join(root, 'test-results', 'bench.json')
    await mkdir(join(root, 'test-results'), { recursive: true })
    await writeFile(file, `${JSON.stringify({ size, rounds, results }, null, 2)}\n`)
    console.log(`\nwritten: ${file}`)
  }
} finally {
  await server?.close()
  await rm(scratch, { recursive: true, force: true })
  await rm(memory, { recursive: true, force: true })
}

interface Row {
  readonly program: string
  readonly seconds: number
  readonly cpuPerGiB: number
  readonly memory: number
}

/** Runs all programs in turn, so that a slow moment of the machine hits each of them. */
async function compare(programs: readonly Program[], url: string, folder: string): Promise<Row[]> {
  const runs = new Map<Program, Run[]>(programs.map((program) => [program, []]))
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      const target = await mkdtemp(join(folder, 'target-'))
      const own = await mkdtemp(join(scratch, 'store-'))
      const run = await measure(program, { url, folder: target, file: 'data.bin', scratch: own })
      await requireSame(join(target, 'data.bin'), program)
      runs.get(program)?.push(run)
      await rm(target, { recursive: true })
    }
  }
  return programs.map((program) => {
    const own = runs.get(program) ?? []
    return {
      program: program.name,
      seconds: median(own.map((run) => run.seconds)),
      cpuPerGiB: median(own.map((run) => run.cpu)) / (size / 1024 ** 3),
      memory: median(own.map((run) => run.memory)),
    }
  })
}

async function requireSame(file: string, program: Program): Promise<void> {
  const same = (await stat(file)).size === size && spawnSync('cmp', [file, join(source, 'data.bin')]).status === 0
  if (!same) throw new Error(`${program.name} got another file`)
}

async function makeFile(file: string): Promise<void> {
  const content = new Content(size, 1)
  const out = createWriteStream(file)
  for (let at = 0; at < size; at += mebibyte) {
    if (!out.write(content.bytes(at, at + mebibyte))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
}

function print(title: string, rows: readonly Row[]): void {
  const first = rows[0]!
  console.log(`\n${title}`)
  console.log('program             wall s   ours/it   CPU s/GiB   peak MiB')
  for (const { program, seconds, cpuPerGiB, memory } of rows) {
    console.log(
      [
        program.padEnd(16),
        seconds.toFixed(2).padStart(9),
        (first.seconds / seconds).toFixed(2).padStart(9),
        cpuPerGiB.toFixed(2).padStart(11),
        memory.toFixed(0).padStart(10),
      ].join(' '),
    )
  }
}
