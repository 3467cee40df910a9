import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { root } from '../../scripts/paths.mjs'
import type { EngineJob, EngineRun } from './engine-process'

/** Runs the engine alone in a process of its own. */
export async function runEngine(job: EngineJob): Promise<EngineRun> {
  const child = spawn(
    process.execPath,
    ['--import', './scripts/typescript.mjs', 'test/bench/engine-process.ts', JSON.stringify(job)],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`the engine ended with ${child.exitCode}`)
  return JSON.parse(said) as EngineRun
}

export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

export interface ProcessMemory {
  /** What it would give back: its own pages, and its part of those that it shares. MiB. */
  readonly pss: number
  /** All that it has in memory, MiB. */
  readonly rss: number
}

/** @returns `null` where the process has ended */
export function memoryOf(pid: number): ProcessMemory | null {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024
    return { pss: field('Pss'), rss: field('Rss') }
  } catch {
    return null
  }
}

/** CPU seconds that a process, or one thread of it, has taken so far; 0 where it has ended. */
export function cpuOf(pid: number, thread?: number): number {
  try {
    const path = thread === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${thread}/stat`
    const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

/** A process and all that it has started. */
export function treeOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // it has just ended
    }
  }
  const collect = (of: number): number[] => [of, ...(children.get(of) ?? []).flatMap(collect)]
  return collect(pid)
}
