import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../../scripts/paths.mjs'
import { openDatabase } from '../../../src/main/store/database'
import { createDownloadStore } from '../../../src/main/store/downloads'
import { Content } from '../../server'
import { Unable, type Case } from '../bench'
import { cpuOf, endChild } from '../children'
import { idleMemory } from '../compare'
import { figure, ratio } from '../figures'
import { commandLine } from '../programs'
import { median } from '../statistics'

const gigabyte = 1e9
const size = 200 * gigabyte
const seed = 7
const connections = 16
/** Bytes per second of a connection: what a server in JavaScript can give on half of a small machine. */
const rate = 8 * 1024 ** 2

interface Sample {
  /** s since the first byte. */
  readonly at: number
  readonly memory: number
  readonly cpu: number
  readonly received: number
}

/** A file of 200 GB, for a while: memory and work must not grow with what was received. */
export const large: Case = {
  name: 'large-200gb',
  title: 'a file of 200 GB, for a bounded time',
  async run(bench) {
    const folder = await mkdtemp(join(bench.disk, 'large-'))
    const target = await mkdtemp(join(bench.disk, 'large-target-'))
    // Room that is only promised: the program looks for it before it begins.
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300g', 'tmpfs', target]).status !== 0) {
      throw new Unable('a folder with room for 200 GB takes the right to mount one in memory')
    }
    const script = ['--import', './scripts/typescript.mjs', 'test/bench/large-server.ts']
    const server = spawn(process.execPath, [...script, String(size), String(rate), String(seed)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const url = String((await once(server.stdout, 'data'))[0]).trim()
      const samples = await download(url, folder, target, bench.quick ? 10 : 24)
      const checked = await compareClaims(folder)
      const quarter = samples.length >> 2
      const [first, last] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)]
      const memory = (some: readonly Sample[]) => some.map((sample) => sample.memory)
      const work = (some: readonly Sample[]) => {
        const [from, to] = [some[0]!, some.at(-1)!]
        return (to.cpu - from.cpu) / ((to.received - from.received) / 1024 ** 3)
      }
      const idle = median(await idleMemory(bench))
      return {
        figures: [
          ratio(
            'memory, at the end',
            'MiB',
            memory(last),
            { name: 'near the start', values: memory(first) },
            { most: 1.05 },
          ),
          figure('memory above an idle Node', 'MiB', [Math.max(...memory(samples)) - idle], { most: 40 }),
          ratio(
            'CPU, at the end',
            's/GiB',
            [work(last)],
            { name: 'near the start', values: [work(first)] },
            { most: 1.2 },
          ),
        ],
        notes: [`${(samples.at(-1)!.received / 1024 ** 3).toFixed(1)} GiB came; ${checked}`],
      }
    } finally {
      await endChild(server)
      spawnSync('umount', [target])
      await rm(target, { recursive: true, force: true })
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function download(url: string, folder: string, target: string, seconds: number): Promise<Sample[]> {
  const child = spawn(
    process.execPath,
    [commandLine, 'get', '--quiet', '--store', folder, '--dir', target, '--connections', String(connections), url],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  try {
    const samples: Sample[] = []
    let began: number | null = null
    while (child.exitCode === null) {
      const received = await stored(target)
      if (received > 0) began ??= performance.now()
      const at = began === null ? 0 : (performance.now() - began) / 1000
      if (began !== null) samples.push({ at, received, ...state(child.pid ?? 0) })
      if (at >= seconds) return samples
      await delay(100)
    }
    throw new Error(`longshore ended with ${child.exitCode}`)
  } finally {
    // It checkpoints, and leaves what it claims to be looked at.
    await endChild(child)
  }
}

function state(pid: number): { memory: number; cpu: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024, cpu: cpuOf(pid) }
}

/** Bytes that the files of a folder take. */
async function stored(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) {
    const file = await open(join(folder, name))
    bytes += 512 * (await file.stat()).blocks
    await file.close()
  }
  return bytes
}

/** Compares pieces all over what the program claims to have. @returns what was compared, for people */
async function compareClaims(folder: string): Promise<string> {
  const database = openDatabase(join(folder, 'command-line.db'))
  try {
    const [record] = createDownloadStore(database).unfinished()
    if (record?.part.kind !== 'open') throw new Error('no partial file is claimed')
    const content = new Content(size, seed)
    const claims = record.part.segments.filter(({ start, written }) => written > start)
    const part = await open(record.part.path)
    let bytes = 0
    for (const { start, written } of claims) {
      for (let piece = 0; piece < 16; piece++) {
        const at = start + Math.floor(((written - start) * piece) / 16)
        const wanted = content.bytes(at, Math.min(written, at + 65_536))
        const found = Buffer.alloc(wanted.length)
        await part.read(found, 0, found.length, at)
        if (!found.equals(wanted)) throw new Error(`other bytes at ${at}`)
        bytes += wanted.length
      }
    }
    await part.close()
    return `${claims.length} segments are claimed, ${(bytes / 1024 ** 2).toFixed(0)} MiB of them compared`
  } finally {
    database.close()
  }
}
