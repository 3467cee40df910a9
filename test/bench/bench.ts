import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CaseResult } from './report'
import { startNginx, type BenchServer } from './server'
import { Sources } from './sources'

/** One thing to measure; its result holds one or more figures of the goals. */
export interface Case {
  readonly name: string
  readonly title: string
  /** @throws Unable where this machine cannot run it */
  run(bench: Bench): Promise<Measured>
}

export type Measured = Pick<CaseResult, 'figures'> &
  Partial<Pick<CaseResult, 'rows' | 'gibibytes' | 'notes' | 'problem'>>

/** This machine lacks something that the case needs. */
export class Unable extends Error {}

/** What all cases share. */
export interface Bench {
  /** Smaller, and beside fewer programs. */
  readonly quick: boolean
  readonly rounds: number
  /** A folder in memory. */
  readonly memory: string
  /** A folder on a disk. */
  readonly disk: string
  /** Files that the server has. */
  readonly sources: Sources
  /** @throws Unable where nginx is not installed: a server in JavaScript would measure itself */
  server(): Promise<BenchServer>
  close(): Promise<void>
}

export async function openBench(quick: boolean, rounds: number): Promise<Bench> {
  const disk = await mkdtemp(join(tmpdir(), 'longshore-bench-'))
  const memory = await mkdtemp('/dev/shm/longshore-bench-')
  const sources = new Sources(join(memory, 'source'))
  let server: Promise<BenchServer | null> | null = null
  return {
    quick,
    rounds,
    memory,
    disk,
    sources,
    async server() {
      server ??= startNginx(sources.folder, disk)
      const running = await server
      if (!running) throw new Unable('nginx is not installed (sh scripts/bench.sh installs it)')
      return running
    },
    async close() {
      await (await server)?.close()
      await rm(disk, { recursive: true, force: true })
      await rm(memory, { recursive: true, force: true })
    },
  }
}

/** A value for each program (or state), measured in turn round after round, so that a slow moment hits all of them. */
export async function interleave<K extends string, V>(
  rounds: number,
  runs: Readonly<Record<K, (round: number) => Promise<V>>>,
): Promise<Record<K, V[]>> {
  const names = Object.keys(runs) as K[]
  const values = Object.fromEntries(names.map((name) => [name, [] as V[]])) as Record<K, V[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values[name].push(await runs[name](round))
  }
  return values
}
