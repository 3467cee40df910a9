import { randomInt } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startServer, type TestFile, type TestServer } from '../server'
import { compareClaims } from './crash/claims'
import { Image, impossible, type FileSystem } from './crash/image'
import { runDriver, steps, type DriverPlan, type Halt, type Mutant } from './crash/plan'
import type { Process } from './processes'
import { sha256 } from './rig'

/** Power cuts in all; more by hand: `LONGSHORE_CUTS=200`. */
const cuts = Number(process.env['LONGSHORE_CUTS'] ?? 20)
const mebibyte = 1024 * 1024

/**
 * With a disk of its own the database's syncs do not happen to write the downloads' folder too: then only the program's
 * own order of steps keeps the promise.
 */
type Layout = 'one disk' | 'two disks'

/** A program on disks without power supply, and the server that it downloads from. */
class Bench {
  readonly server: TestServer
  readonly #disks: readonly Image[]
  readonly #database: string
  readonly folder: string
  #round = 0
  #files: TestFile[] = []

  private constructor(server: TestServer, disks: readonly Image[]) {
    this.server = server
    this.#disks = disks
    this.folder = path.join(disks[0]!.folder, 'files')
    this.#database = path.join(disks.at(-1)!.folder, 'profile', 'longshore.db')
  }

  static async create(kind: FileSystem, layout: Layout): Promise<Bench> {
    const disks = [await Image.create(kind)]
    if (layout === 'two disks') disks.push(await Image.create(kind))
    const bench = new Bench(await startServer(), disks)
    await mkdir(bench.folder)
    return bench
  }

  /** Starts it with a few more downloads, cuts the power, and compares. */
  async cut(halt: Halt | null, mutant: Mutant | null = null) {
    this.#round++
    // 58: it goes on with one file that is another one by now, so it begins again at byte 0.
    for (const file of this.#files.filter(({ path }) => path.includes('changing'))) file.change({ seed: this.#round })
    const added = [
      this.#file('large', { size: 6 * mebibyte, rate: 8 * mebibyte }),
      this.#file('changing', { size: 3 * mebibyte, rate: 4 * mebibyte }),
      ...Array.from({ length: 12 }, (_, n) => this.#file(`small-${n}`, { size: randomInt(1, 300_000) })),
    ]
    await using program = this.#start({ urls: added.map(({ url }) => url), halt, mutant })
    await program.until(({ stdout }) => /^(began|halted)/m.test(stdout))
    if (halt) await program.until(({ stdout }) => /^(halted|finished)/m.test(stdout))
    else {
      // A busy machine may need longer than any pause to claim its first byte; every other cut waits for that.
      if (this.#round % 4 < 2) await program.until(({ stdout }) => /^(claimed|finished)/m.test(stdout))
      // The moment itself is what varies: there is no condition to wait for.
      await pass(randomInt(0, 600))
    }
    expect(program.stdout).not.toContain('failed')
    expect(program.stderr).toBe('')
    // Both disks lose power at the same moment.
    if (this.#disks.length > 1) program.child.kill('SIGSTOP')
    for (const disk of this.#disks) await disk.cut()
    await program.signal('SIGKILL')
    for (const disk of this.#disks) {
      await disk.unmount()
      await disk.mount()
    }
    return { ...compareClaims(this.#database), halted: program.stdout.includes('halted') }
  }

  /** Lets it finish. */
  async finish(): Promise<void> {
    await using program = this.#start({ urls: [], halt: null, mutant: null })
    await program.until(({ stdout }) => /^(finished|failed)/m.test(stdout))
    expect(program.stdout).not.toContain('failed')
    await program.signal('SIGKILL')
    expect(compareClaims(this.#database).bad).toEqual([])
    for (const name of await readdir(this.folder)) {
      // One that was deleted may be back after a cut, and be what the server had then.
      if (name.includes('changing')) continue
      const file = this.#files.find((each) => each.path === `/${name}`)
      if (file) expect(await sha256(path.join(this.folder, name))).toBe(file.sha256())
    }
  }

  #file(name: string, options: { size: number; rate?: number }): TestFile {
    const file = this.server.file(`/${this.#round}-${name}`, { seed: this.#round, ...options })
    this.#files.push(file)
    return file
  }

  #start(plan: Pick<DriverPlan, 'urls' | 'halt' | 'mutant'>): Process {
    return runDriver({ database: this.#database, folder: this.folder, ...plan })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close()
    for (const disk of this.#disks) await disk[Symbol.asyncDispose]()
  }
}

const kinds: FileSystem[] = []
for (const kind of ['ext4', 'xfs'] as const) {
  const why = await impossible(kind)
  if (why === null) kinds.push(kind)
  else console.log(`skipped: power cuts on ${kind}. ${why}`)
}
const layouts = ['one disk', 'two disks'] as const
const benches = kinds.flatMap((kind) => layouts.map((layout) => [kind, layout] as const))
const each = Math.ceil(cuts / Math.max(1, benches.length))

let turn = 0

describe.runIf(benches.length > 0)('the power is cut', () => {
  it.each(benches)(
    `55, 57, 58: on %s with %s, ${each} times: what the database claims is on the disk, and it goes on`,
    async (kind, layout) => {
      await using bench = await Bench.create(kind, layout)
      const counts = { cuts: 0, halted: 0, bytesClaimed: 0 }
      for (let n = 0; n < each; n++) {
        // In turn at any moment, and just where a step has been done or is about to be.
        const halt = turn++ % 2 === 0 ? null : { step: steps[(turn / 2) % steps.length]!, nth: randomInt(1, 12) }
        const { bad, claimed, halted } = await bench.cut(halt)
        expect(bad, `cut ${n}, ${JSON.stringify(halt)}`).toEqual([])
        counts.cuts++
        counts.halted += Number(halted)
        counts.bytesClaimed += claimed
      }
      await bench.finish()
      console.log(`power cuts on ${kind}, ${layout}:`, JSON.stringify(counts))
      expect(counts.bytesClaimed).toBeGreaterThan(0)
    },
    30_000 + each * 15_000,
  )

  it.each([
    ['commits before it syncs', 'one disk', 'bytes to be synced'],
    ['commits before it syncs', 'two disks', 'bytes to be synced'],
    ['claims what was written during the sync', 'two disks', 'bytes to be synced'],
    ['does not sync the folder', 'two disks', 'done'],
  ] as const)('56: a program that %s is caught, with %s', async (mutant, layout, step) => {
    await using bench = await Bench.create(kinds[0]!, layout)
    const found: string[] = []
    for (let n = 0; n < 12 && found.length === 0; n++) {
      found.push(...(await bench.cut({ step, nth: 4 + 3 * n }, mutant)).bad)
    }
    expect(found).not.toEqual([])
  })
})
