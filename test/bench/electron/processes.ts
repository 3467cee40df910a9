import { readFileSync } from 'node:fs'
import { cpuOf, memoryOf, treeOf, type ProcessMemory } from '../children'

export type ProcessType = 'main' | 'window' | 'gpu' | 'network' | 'other utility' | 'zygote'

/** What one kind of the application's processes takes. */
export type ByType = Readonly<Partial<Record<ProcessType, ProcessMemory & { readonly count: number }>>>

/** What a process of Chromium is for. @param commandLine as /proc has it: some processes join theirs by spaces */
export function typeOf(commandLine: string): ProcessType {
  const value = (name: string) => new RegExp(`[ \\0]--${name}=([^ \\0]*)`).exec(commandLine)?.[1]
  switch (value('type')) {
    case undefined:
      return 'main'
    case 'renderer':
      return 'window'
    case 'gpu-process':
      return 'gpu'
    case 'zygote':
      return 'zygote'
    default:
      return value('utility-sub-type')?.startsWith('network') ? 'network' : 'other utility'
  }
}

/** Memory of an application's processes, by what they are for. @param pid of its main process */
export function memoryByType(pid: number): ByType {
  const sums: Partial<Record<ProcessType, ProcessMemory & { count: number }>> = {}
  for (const each of treeOf(pid)) {
    const memory = memoryOf(each)
    if (!memory) continue
    const type = typeOf(readFileSync(`/proc/${each}/cmdline`, 'utf8'))
    const { pss, rss, count } = sums[type] ?? { pss: 0, rss: 0, count: 0 }
    sums[type] = { pss: pss + memory.pss, rss: rss + memory.rss, count: count + 1 }
  }
  return sums
}

export function total(types: ByType, what: 'pss' | 'rss'): number {
  return Object.values(types).reduce((sum, each) => sum + each[what], 0)
}

/** CPU seconds of all processes of an application so far. */
export function cpuOfTree(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + cpuOf(each), 0)
}
