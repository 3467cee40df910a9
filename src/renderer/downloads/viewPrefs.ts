import { create } from 'zustand'
import { z } from 'zod'
import { columnNames, type ColumnName, type SizedColumn } from './columns'
import { nextSort, type SortChoice } from './sort'

/**
 * How this window shows the list: of no use to anybody else, so it stays in the window's own storage. What cannot be
 * read is forgotten.
 */
const schema = z.object({
  sort: z
    .object({ column: z.enum(columnNames), direction: z.enum(['ascending', 'descending']) })
    .nullable()
    .catch(null),
  hidden: z.array(z.enum(columnNames)).catch([]),
  widths: z.partialRecord(z.enum(columnNames).exclude(['name']), z.number()).catch({}),
  /** Ids of groups whose members are not shown. */
  folded: z
    .array(z.string())
    .catch([])
    .transform((ids) => new Set(ids)),
  details: z.boolean().catch(false),
  /** CSS pixels. */
  detailsHeight: z.number().min(0).catch(300),
  detailsTab: z.string().catch('overview'),
})
type Prefs = z.output<typeof schema>

const KEY = 'list'
/** Groups that are gone are not looked for: the oldest are forgotten. */
const mostFolded = 1000

function read(): Prefs {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'))
  } catch {
    return schema.parse({})
  }
}

export const usePrefs = create<Prefs>(read)

usePrefs.subscribe((prefs) =>
  localStorage.setItem(KEY, JSON.stringify({ ...prefs, folded: [...prefs.folded].slice(-mostFolded) })),
)

export function setSort(sort: SortChoice): void {
  usePrefs.setState({ sort })
}

export function sortBy(column: ColumnName): void {
  usePrefs.setState(({ sort }) => ({ sort: nextSort(sort, column) }))
}

export function toggleColumn(name: ColumnName): void {
  usePrefs.setState(({ hidden }) => ({
    hidden: hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name],
  }))
}

export function setWidth(name: SizedColumn, width: number): void {
  usePrefs.setState(({ widths }) => ({ widths: { ...widths, [name]: width } }))
}

export function resetColumns(): void {
  usePrefs.setState({ hidden: [], widths: {} })
}

export function showDetails(details: boolean): void {
  usePrefs.setState({ details })
}

export function setFolded(group: string, fold: boolean): void {
  usePrefs.setState(({ folded }) => {
    const next = new Set(folded)
    next.delete(group)
    if (fold) next.add(group)
    return { folded: next }
  })
}
