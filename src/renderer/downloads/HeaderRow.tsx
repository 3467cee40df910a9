import { ArrowDown, ArrowUp } from 'lucide-react'
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { t } from '../text'
import { ContextMenu, type MenuEntry, type Point } from '../ui/Menu'
import { columnNames, widthOf, clampWidth, type ColumnName, type ShownColumn, type SizedColumn } from './columns'
import { resetColumns, setSort, setWidth, sortBy, toggleColumn, usePrefs } from './viewPrefs'

/** CSS pixels that one key changes a width by. */
const KEY_STEP = 16

/** Sorts, resizes and chooses columns. Arrow keys walk, Shift with them resizes, the menu key opens the menu. */
export function HeaderRow({ columns }: { readonly columns: readonly ShownColumn[] }) {
  const sort = usePrefs((prefs) => prefs.sort)
  const [menu, setMenu] = useState<Point | null>(null)
  const [stop, setStop] = useState(0)
  const row = useRef<HTMLDivElement>(null)

  const onKeyDown = (event: KeyboardEvent, column: ShownColumn, index: number) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by !== 0 && event.shiftKey) {
      if (column.name !== 'name') setWidth(column.name, clampWidth((column.width ?? 0) + by * KEY_STEP))
    } else if (by !== 0) {
      const next = Math.min(Math.max(index + by, 0), columns.length - 1)
      setStop(next)
      row.current?.querySelectorAll<HTMLElement>('.header-button')[next]?.focus()
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, bottom } = event.currentTarget.getBoundingClientRect()
      setMenu({ x: left, y: bottom })
    } else return
    event.preventDefault()
  }
  return (
    <div
      ref={row}
      className="header-row"
      role="row"
      aria-label={t('columns.label')}
      aria-rowindex={1}
      onContextMenu={(event) => {
        event.preventDefault()
        setMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      {columns.map((column, index) => {
        const sorted = sort?.column === column.name ? sort.direction : null
        return (
          <div
            key={column.name}
            className={`header-cell header-${column.name}`}
            role="columnheader"
            aria-sort={sorted ?? 'none'}
          >
            <button
              type="button"
              className="header-button"
              tabIndex={index === Math.min(stop, columns.length - 1) ? 0 : -1}
              onFocus={() => setStop(index)}
              onClick={() => sortBy(column.name)}
              onKeyDown={(event) => onKeyDown(event, column, index)}
            >
              <span className="header-label">{t(`column.${column.name}`)}</span>
              {sorted === 'ascending' && <ArrowUp size={13} aria-hidden />}
              {sorted === 'descending' && <ArrowDown size={13} aria-hidden />}
            </button>
            {index < columns.length - 1 && <Resizer columns={columns} index={index} />}
          </div>
        )
      })}
      <div className="header-cell" role="columnheader">
        <span className="visually-hidden">{t('column.actions')}</span>
      </div>
      {menu !== null && (
        <ContextMenu
          label={t('columns.label')}
          at={menu}
          entries={menuEntries(columns)}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  )
}

/** Between two columns. The name takes what is left, so beside it the other column changes. */
function Resizer({ columns, index }: { readonly columns: readonly ShownColumn[]; readonly index: number }) {
  const left = columns[index]
  const right = columns[index + 1]
  const target = left?.width === null ? right : left
  const sign = left?.width === null ? -1 : 1
  if (target === undefined || target.width === null) return null
  const name = target.name as SizedColumn
  const start = (event: PointerEvent<HTMLSpanElement>) => {
    event.preventDefault()
    const handle = event.currentTarget
    handle.setPointerCapture(event.pointerId)
    const from = event.clientX
    const width = widthOf(usePrefs.getState(), name)
    const move = (moved: globalThis.PointerEvent) => setWidth(name, clampWidth(width + sign * (moved.clientX - from)))
    const end = () => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('lostpointercapture', end)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', end)
  }
  return (
    <span className="header-resizer" aria-hidden="true" onPointerDown={start} onClick={(e) => e.stopPropagation()} />
  )
}

function menuEntries(shown: readonly ShownColumn[]): readonly MenuEntry[] {
  const { hidden, sort } = usePrefs.getState()
  const there = new Set<ColumnName>(shown.map(({ name }) => name))
  return [
    ...columnNames
      .filter((name) => name !== 'name')
      .map((name): MenuEntry => ({
        kind: 'item',
        id: name,
        label:
          hidden.includes(name) || there.has(name)
            ? t(`column.${name}`)
            : t('columns.noRoom', { column: t(`column.${name}`) }),
        checked: !hidden.includes(name),
        onPress: () => toggleColumn(name),
      })),
    { kind: 'line', id: 'line' },
    { kind: 'item', id: 'queue', label: t('columns.queueOrder'), checked: sort === null, onPress: () => setSort(null) },
    { kind: 'item', id: 'reset', label: t('columns.reset'), onPress: resetColumns },
  ]
}
