import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'

/** What `node --cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  /** µs before each sample. */
  readonly timeDeltas: readonly number[]
}

export interface Frame {
  readonly name: string
  /** The source file where a map tells it, else the built one. */
  readonly source: string
}

/**
 * How much time was spent in functions that `wanted` picks and in whatever they called.
 * @param locate what the source file of a place in a built file is
 * @returns µs, of all and while the thread was busy
 */
export function timeIn(
  { nodes, samples, timeDeltas }: CpuProfile,
  wanted: (frame: Frame) => boolean,
  locate: (url: string, line: number, column: number) => string,
): { wanted: number; busy: number; all: number } {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const known = new Map<number, boolean>()
  const isWanted = (id: number): boolean => {
    const before = known.get(id)
    if (before !== undefined) return before
    const { functionName: name, url, lineNumber, columnNumber } = byId.get(id)!.callFrame
    const parent = parents.get(id)
    const is =
      wanted({ name, source: locate(url, lineNumber, columnNumber) }) || (parent !== undefined && isWanted(parent))
    known.set(id, is)
    return is
  }
  const sum = { wanted: 0, busy: 0, all: 0 }
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index] ?? 0
    sum.all += time
    if (byId.get(id)?.callFrame.functionName === '(idle)') continue
    sum.busy += time
    if (isWanted(id)) sum.wanted += time
  }
  return sum
}

/** Places in built files, by the maps beside them. */
export function locator(): (url: string, line: number, column: number) => string {
  const maps = new Map<string, SourceMap | null>()
  return (url, line, column) => {
    if (!url.startsWith('file:')) return url
    if (!maps.has(url)) maps.set(url, readMap(url))
    const entry = maps.get(url)?.findEntry(line, column)
    return entry && 'originalSource' in entry ? entry.originalSource : url
  }
}

function readMap(url: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')) as never)
  } catch {
    return null
  }
}
