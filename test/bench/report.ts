import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Goal } from './cases'

/** Medians of one program in one case. */
export interface Row {
  readonly program: string
  /** Wall time. */
  readonly seconds: number
  /** CPU seconds, user and system. */
  readonly cpu: number
  /** Largest resident set, MiB. */
  readonly memory: number
}

export interface Verdict {
  readonly goal: string
  readonly value: number
  readonly most: number
}

export interface CaseResult {
  readonly name: string
  readonly title: string
  readonly gibibytes: number
  readonly rows: readonly Row[]
  readonly verdicts: readonly Verdict[]
}

export interface Results {
  readonly quick: boolean
  readonly rounds: number
  /** What ran and where, for people. */
  readonly machine: string
  readonly cases: readonly CaseResult[]
}

const words = { seconds: 'wall', cpu: 'CPU', memory: 'memory' } as const

/** Judges one goal. @returns `null` where a program of it did not run */
export function judge(
  goal: Goal,
  rows: readonly Row[],
  idleMemory: number,
  unchecked: Row | undefined,
): Verdict | null {
  const row = (name: string) => rows.find((each) => each.program === name)
  const own = row(goal.of.name)?.[goal.measure]
  if (own === undefined) return null
  const { to, most, measure } = goal
  if (to === 'idle') return { goal: `${words[measure]}, MiB above an idle Node`, value: own - idleMemory, most }
  if (to === 'unchecked') {
    return unchecked ? { goal: `${words[measure]} / without it`, value: own / unchecked[measure], most } : null
  }
  if ('ideal' in to) return { goal: `${words[measure]} / ideal`, value: own / to.ideal, most }
  const other = row(to.name)?.[measure]
  return other === undefined ? null : { goal: `${words[measure]} / ${to.name}`, value: own / other, most }
}

/** The newest committed result of the same kind. */
export function lastCommitted(folder: string, quick: boolean): { name: string; results: Results } | null {
  const kind = quick ? 'quick' : 'full'
  const name = readdirSync(folder)
    .filter((file) => file.endsWith(`.${kind}.json`))
    .sort()
    .at(-1)
  return name === undefined ? null : { name, results: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Results }
}

/** What every program took in one case. */
export function printRows({ title, gibibytes, rows }: CaseResult): void {
  const first = rows[0]!
  console.log(`\n${title}`)
  console.log('program               wall s   ours/it   CPU s/GiB   ours/it   peak MiB')
  for (const { program, seconds, cpu, memory } of rows) {
    console.log(
      [
        program.padEnd(18),
        seconds.toFixed(2).padStart(9),
        (first.seconds / seconds).toFixed(2).padStart(9),
        (cpu / gibibytes).toFixed(2).padStart(11),
        (first.cpu / cpu).toFixed(2).padStart(9),
        memory.toFixed(0).padStart(10),
      ].join(' '),
    )
  }
}

/** The table of goals, each with what it was in an earlier result. */
export function printVerdicts(cases: readonly CaseResult[], before: Results | undefined): void {
  console.log(`\n${'case'.padEnd(14)} ${'what'.padEnd(34)}   value    goal          before`)
  for (const { name, verdicts } of cases) {
    const old = before?.cases.find((each) => each.name === name)
    for (const { goal, value, most } of verdicts) {
      const was = old?.verdicts.find((each) => each.goal === goal)?.value
      console.log(
        [
          name.padEnd(14),
          goal.padEnd(34),
          value.toFixed(2).padStart(7),
          `≤ ${most.toFixed(2)}`.padStart(8),
          value <= most ? ' ok   ' : ' SHORT',
          (was === undefined ? '' : was.toFixed(2)).padStart(6),
        ].join(' '),
      )
    }
  }
}

export function isKnown(all: readonly Case[], name: string): boolean {
  return all.some((each) => each.name === name)
}
