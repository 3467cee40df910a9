import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Job, Program } from './programs'

export interface Run {
  /** Wall time, s. */
  readonly seconds: number
  /** CPU time of the process and its children, s. */
  readonly cpu: number
  /** Largest resident set, MiB. */
  readonly memory: number
}

/** Runs a program once: memory from /proc while it lives, CPU time from the kernel when it has ended. */
export async function measure(program: Program, job: Job): Promise<Run> {
  const children = childCpu()
  const began = performance.now()
  const child = spawn(program.command, program.args(job), { stdio: ['ignore', 'ignore', 'inherit'] })
  let memory = 0
  const sampler = setInterval(() => {
    memory = Math.max(memory, peakMemory(child.pid))
  }, 20)
  const [code] = (await once(child, 'exit')) as [number | null]
  const seconds = (performance.now() - began) / 1000
  clearInterval(sampler)
  if (code !== 0) throw new Error(`${program.name} ended with ${code}`)
  return { seconds, cpu: childCpu() - children, memory }
}

/** CPU seconds of all children that have ended (`cutime` and `cstime` of proc(5), in ticks of 10 ms). */
function childCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** `VmHWM`: the peak so far, MiB. */
function peakMemory(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
