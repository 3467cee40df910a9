import { memo } from 'react'
import type { DownloadView } from '../../shared/download'
import { useDownload } from '../store'
import { t } from '../text'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { openOrShow } from './actions'
import type { ColumnName } from './columns'
import { figureOf, hasPriority, hintOf } from './figures'
import { GroupRow } from './GroupRow'
import { isGroup } from './groups'
import { KindIcon } from './KindIcon'
import { ProgressCell } from './ProgressCell'
import { FurtherActions, RowActions } from './RowActions'
import { RowFrame, type RowProps } from './RowFrame'
import { statusKeys, statusOf } from './status'
import { StatusLine, statusId } from './StatusLine'

/** Takes its download or its group from the store by id: progress of one row draws one row. */
export const Row = memo(function Row(props: RowProps) {
  return isGroup(props.id) ? <GroupRow {...props} /> : <DownloadRow {...props} />
})

function DownloadRow(row: RowProps) {
  const { id, columns } = row
  const view = useDownload(id)
  if (view === undefined) return null
  return (
    <RowFrame
      row={row}
      label={view.name}
      describedBy={statusId(id)}
      level={view.group === undefined ? 1 : 2}
      onOpen={() => openOrShow(id)}
    >
      {({ tabIndex, current }) => (
        <>
          {columns.map((name) => (
            <Cell key={name} name={name} view={view} columns={columns} tabIndex={tabIndex} />
          ))}
          <div className="cell-actions" role="gridcell">
            <RowActions view={view} tabIndex={tabIndex} current={current} />
          </div>
        </>
      )}
    </RowFrame>
  )
}

interface CellProps {
  readonly name: ColumnName
  readonly view: DownloadView
  readonly columns: readonly ColumnName[]
  readonly tabIndex: 0 | -1
}

function Cell({ name, view, columns, tabIndex }: CellProps) {
  switch (name) {
    case 'name':
      return (
        <div className="cell-name" role="gridcell">
          <KindIcon name={view.name} />
          <div className="name-lines">
            <div className="name">
              <MiddleEllipsis text={view.name} />
            </div>
            <StatusLine view={view} tabIndex={tabIndex} withStatus={!columns.includes('status')} columns={columns} />
          </div>
          {!columns.includes('timeLeft') && <FurtherActions view={view} tabIndex={tabIndex} room={false} />}
        </div>
      )
    case 'status': {
      const status = statusOf(view)
      return (
        <div className="cell" role="gridcell">
          <span className={`status status-${status}`} id={statusId(view.id)}>
            {t(statusKeys[status])}
          </span>
          <span className="cell-minor">{hasPriority(view) && t(`priority.${view.priority}.short`)}</span>
        </div>
      )
    }
    case 'progress':
      return (
        <div className="cell" role="gridcell">
          <ProgressCell view={view} />
        </div>
      )
    default: {
      const figure = figureOf(name, view)
      return (
        <div className="cell cell-figure numbers" role="gridcell" {...hintOf(name, view)}>
          {name === 'timeLeft' && figure === '' ? <FurtherActions view={view} tabIndex={tabIndex} room /> : figure}
        </div>
      )
    }
  }
}
