import type { ReactNode } from 'react'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ReactNode
  /** How it is set: figures stand at the end of their column, and one column takes the room that is left. */
  readonly look?: 'figure' | 'grow'
}

interface Props<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string | number
}

export function Table<T>({ label, columns, rows, keyOf }: Props<T>) {
  return (
    <table className="panel-table numbers" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, look }) => (
            <th key={title} scope="col" className={look === 'figure' ? 'figure' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, look, cell }) => (
              <td key={title} className={look === 'grow' ? 'grow selectable' : look}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
