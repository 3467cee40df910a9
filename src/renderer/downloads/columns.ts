/** Which columns there are, how wide, and which of them a window has room for. Widths in CSS pixels. */

export const columnNames = ['name', 'status', 'progress', 'size', 'speed', 'timeLeft', 'added'] as const
export type ColumnName = (typeof columnNames)[number]
/** The name takes what the others leave, and is always there. */
export type SizedColumn = Exclude<ColumnName, 'name'>

export const defaultWidths: Readonly<Record<SizedColumn, number>> = {
  status: 112,
  // “1,023 MiB of 1,023 MiB” and its percentage beside it.
  progress: 192,
  size: 88,
  speed: 88,
  timeLeft: 88,
  added: 96,
}
export const widthRange = { min: 56, max: 480 } as const
/** Room that the name keeps while other columns can give way: in a window of the usual size all but the date have room. */
export const leastName = 308
/** A list of less has columns of no more than `narrowColumn`. */
const narrow = 520
const narrowColumn = 84
/** At the end of a row: three buttons, one of them out of sight most of the time. As in Row.css. */
export const actionsWidth = 90

/** The first of them goes first when there is too little room: the row tells its state and its size in another place. */
const dispensable: readonly SizedColumn[] = ['added', 'size', 'status', 'timeLeft', 'speed']

export interface ColumnChoice {
  readonly hidden: readonly ColumnName[]
  readonly widths: Readonly<Partial<Record<SizedColumn, number>>>
}

export interface ShownColumn {
  readonly name: ColumnName
  /** `null` for the one that takes the rest. */
  readonly width: number | null
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(widthRange.max, Math.max(widthRange.min, width)))
}

export function widthOf(choice: ColumnChoice, name: SizedColumn): number {
  return clampWidth(choice.widths[name] ?? defaultWidths[name])
}

/**
 * Those that are shown, in their order: what the user did not hide, less what has no room.
 * @param available width of the list
 */
export function shownColumns(choice: ColumnChoice, available: number): ShownColumn[] {
  const chosen = columnNames.filter((name) => name === 'name' || !choice.hidden.includes(name))
  const width = (names: readonly ColumnName[]) =>
    names.reduce((sum, name) => sum + (name === 'name' ? leastName : widthOf(choice, name)), actionsWidth)
  let shown = chosen
  for (const name of dispensable) {
    if (width(shown) <= available) break
    shown = shown.filter((other) => other !== name)
  }
  // In a window that is hardly wider than a telephone the name would be left with a few letters.
  const most = available < narrow ? narrowColumn : widthRange.max
  return shown.map((name) => ({ name, width: name === 'name' ? null : Math.min(most, widthOf(choice, name)) }))
}

/** How far the second line of a row reaches beyond the name when it goes on below the columns to one: a CSS length each. */
export function reaches(columns: readonly ShownColumn[]): Readonly<Record<`--through-${string}`, string>> {
  let sum = 0
  return Object.fromEntries(columns.map(({ name, width }) => [`--through-${name}`, `${(sum += width ?? 0)}px`]))
}

/** The value of `grid-template-columns` for header and rows alike. */
export function gridTemplate(columns: readonly ShownColumn[]): string {
  return [...columns.map(({ width }) => (width === null ? 'minmax(0, 1fr)' : `${width}px`)), `${actionsWidth}px`].join(
    ' ',
  )
}
