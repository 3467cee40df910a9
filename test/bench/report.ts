import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { changeSince, verdict, type Figure } from './figures'

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

export interface CaseResult {
  readonly name: string
  readonly title: string
  /** Why there are no figures, or not all. */
  readonly problem: string | null
  /** Where programs were compared: ours first. */
  readonly rows: readonly Row[]
  /** What each of them fetched. */
  readonly gibibytes: number
  readonly figures: readonly Figure[]
  /** What the figures do not say. */
  readonly notes: readonly string[]
}

export interface Results {
  readonly quick: boolean
  readonly rounds: number
  /** What ran and where, for people. */
  readonly machine: string
  /** Processes that wanted a processor, on average, when it began and when it ended; the bench itself counts. */
  readonly load: readonly [before: number, after: number]
  readonly cases: readonly CaseResult[]
}

/** The newest committed result of the same kind; `null` where there is none, or one of another form. */
export function lastCommitted(folder: string, quick: boolean): { name: string; results: Results } | null {
  const name = readdirSync(folder)
    .filter((file) => file.endsWith(quick ? '.quick.json' : '.full.json'))
    .sort()
    .at(-1)
  if (name === undefined) return null
  return { name, results: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Results }
}

const digits = (value: number) => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)

/** Columns as wide as their longest cell; `left` are aligned to the left. A row of fewer cells is wide as it likes. */
function table(rows: readonly (readonly string[])[], left: readonly number[]): string[] {
  const heads = rows[0] ?? []
  const full = rows.filter((row) => row.length === heads.length)
  const widths = heads.map((_, column) => Math.max(...full.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (left.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
}

/** What every program took in one case; nothing where none were compared. */
export function rowsTable({ rows, gibibytes }: CaseResult): string[] {
  const [first] = rows
  if (!first) return []
  const share = (ours: number, theirs: number) => (theirs === 0 ? '' : (ours / theirs).toFixed(2))
  return table(
    [
      ['program', 'wall s', 'ours/it', 'CPU s/GiB', 'ours/it', 'peak MiB'],
      ...rows.map(({ program, seconds, cpu, memory }) => [
        program,
        digits(seconds),
        share(first.seconds, seconds),
        digits(cpu / gibibytes),
        share(first.cpu, cpu),
        memory.toFixed(0),
      ]),
    ],
    [0],
  )
}

const heads = ['case', 'what', 'ours', 'other', 'of', 'value', 'goal', '', 'before']

/** The table of all figures: ours, the other's, their ratio, the goal, ok or SHORT, and what it was in an earlier result. */
export function figuresTable(cases: readonly CaseResult[], before: Results | null): string[] {
  const rows = cases.flatMap(({ name, figures, problem }) => {
    const old = before?.cases.find((each) => each.name === name)
    const lines = figures.map((each) => line(name, each, old?.figures.find(same(each))))
    return problem === null ? lines : [...lines, [name, problem]]
  })
  return table([heads, ...rows], [0, 1, 4, 7])
}

const same = (one: Figure) => (other: Figure) => one.what === other.what && one.other?.name === other.other?.name

function line(name: string, now: Figure, old: Figure | undefined): string[] {
  const { what, unit, ours, other, value, goal } = now
  const judged = verdict(now)
  return [
    name,
    what,
    `${digits(ours)}${unit === '×' ? '' : ` ${unit}`}`,
    other ? digits(other.value) : '',
    other?.name ?? '',
    digits(value),
    goal === null ? '' : 'most' in goal ? `≤ ${digits(goal.most)}` : `≥ ${digits(goal.least)}`,
    judged === null ? '' : judged === 'ok' ? 'ok' : 'SHORT',
    old === undefined ? '' : `${digits(old.value)}${words[changeSince(now, old)]}`,
  ]
}

const words = { better: ' better', worse: ' WORSE', same: '' } as const

/** One line about all of it. */
export function summary(cases: readonly CaseResult[], before: Results | null): string {
  const figures = cases.flatMap(({ name, figures }) => figures.map((each) => ({ name, each })))
  const judged = figures.map(({ each }) => verdict(each))
  const worse = figures.filter(({ name, each }) => {
    const old = before?.cases.find((one) => one.name === name)?.figures.find(same(each))
    return old !== undefined && changeSince(each, old) === 'worse'
  })
  const parts = [
    `${judged.filter((one) => one === 'ok').length} goals met`,
    `${judged.filter((one) => one === 'short').length} short`,
    ...(before ? [`${worse.length} worse than before`] : []),
  ]
  const missing = cases.filter(({ problem }) => problem !== null).map(({ name }) => name)
  return parts.join(', ') + (missing.length > 0 ? `; not measured, or not in full: ${missing.join(', ')}` : '')
}
