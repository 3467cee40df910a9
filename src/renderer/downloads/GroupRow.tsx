import { ChevronRight, Layers } from 'lucide-react'
import { formatBytes, formatCount, formatPercent, t } from '../text'
import { IconButton } from '../ui/IconButton'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { ProgressBar } from '../ui/ProgressBar'
import { askToRemove, pause, resume, showGroup, toggleGroup } from './actions'
import type { ColumnName } from './columns'
import { figureOf, hintOf, through } from './figures'
import { percentDone, type GroupView } from './groups'
import { tones } from './ProgressCell'
import { DetailsButton, icons, RemoveButton } from './RowActions'
import { RowFrame, type RowProps } from './RowFrame'
import { statusKeys, statusOf } from './status'
import { FoldedFigures, statusId } from './StatusLine'
import { downloadsOf, useGroup, useOpen } from './useListing'

/** One row for all that was added together: how much of it is done, and what can be done with all of it. */
export function GroupRow(row: RowProps) {
  const group = useGroup(row.id)
  const open = useOpen(group?.id ?? '')
  if (group === undefined) return null
  return (
    <RowFrame
      row={row}
      label={group.sum.name}
      describedBy={statusId(row.id)}
      level={1}
      expanded={open}
      onOpen={() => toggleGroup(row.id)}
    >
      {({ tabIndex, current }) => (
        <>
          {row.columns.map((name) => (
            <Cell key={name} name={name} group={group} open={open} columns={row.columns} tabIndex={tabIndex} />
          ))}
          <div className="cell-actions" role="gridcell">
            <Actions group={group} tabIndex={tabIndex} current={current} />
          </div>
        </>
      )}
    </RowFrame>
  )
}

interface CellProps {
  readonly name: ColumnName
  readonly group: GroupView
  readonly open: boolean
  readonly columns: readonly ColumnName[]
  readonly tabIndex: 0 | -1
}

function Cell({ name, group, open, columns, tabIndex }: CellProps) {
  const { sum } = group
  const { kind } = sum.state
  const status = statusOf(sum)
  const word = (
    <span className={`status status-${status}`} id={statusId(group.row)}>
      {t(statusKeys[status])}
    </span>
  )
  switch (name) {
    case 'name':
      return (
        <div className="cell-name cell-group" role="gridcell">
          <IconButton
            label={t(open ? 'group.fold' : 'group.unfold')}
            tabIndex={tabIndex}
            expanded={open}
            onPress={() => toggleGroup(group.row)}
          >
            <ChevronRight size={16} className="group-chevron" aria-hidden />
          </IconButton>
          <span className="kind kind-group" aria-hidden="true">
            <Layers size={18} strokeWidth={1.6} />
          </span>
          <div className="name-lines">
            <div className="name">
              <MiddleEllipsis text={sum.name} />
            </div>
            <div className="status-line numbers" style={through(columns[1] === 'status' ? 'status' : 'name')}>
              {!columns.includes('status') && word}
              <FoldedFigures view={sum} columns={columns} />
              <span className="status-more">
                {t('group.done', { done: formatCount(group.done), count: formatCount(group.count) })}
              </span>
              {group.failed > 0 && <span className="status-failed">{t('group.failed', { count: group.failed })}</span>}
            </div>
          </div>
          {kind !== 'done' && <ShowButton group={group} tabIndex={tabIndex} />}
        </div>
      )
    case 'status':
      return (
        <div className="cell" role="gridcell">
          {word}
          <span className="cell-minor" />
        </div>
      )
    case 'progress':
      return (
        <div className="cell" role="gridcell">
          <Progress group={group} />
        </div>
      )
    default:
      return (
        <div className="cell cell-figure numbers" role="gridcell" {...hintOf(name, sum)}>
          {name === 'size' ? sizeOf(group) : figureOf(name, sum)}
        </div>
      )
  }
}

/** Of all members; as long as some have not said theirs, of those that have. */
function sizeOf({ sum, known }: GroupView): string {
  const size = formatBytes(known)
  return sum.total === null ? `≥${size}` : size
}

function Progress({ group }: { readonly group: GroupView }) {
  const { sum } = group
  const status = statusOf(sum)
  const exact = percentDone(group)
  const percent = Math.floor(exact * 100)
  const received = formatBytes(sum.received)
  return (
    <>
      <ProgressBar
        of={group.row}
        label={t('row.progress')}
        percent={percent}
        exact={exact}
        tone={tones[status]}
        moving={status === 'downloading'}
      />
      <div className="figures numbers">
        {status !== 'completed' && <span>{formatPercent(percent)}</span>}
        <span className="figures-size">
          {status === 'completed' ? received : t('row.receivedOfTotal', { received, total: sizeOf(group) })}
        </span>
      </div>
    </>
  )
}

function ShowButton({ group, tabIndex }: { readonly group: GroupView; readonly tabIndex: 0 | -1 }) {
  return (
    <span className={group.sum.state.kind === 'done' ? '' : 'hover-actions'}>
      <IconButton label={t('action.showInFolder')} tabIndex={tabIndex} onPress={() => showGroup(group.row)}>
        {icons.showInFolder}
      </IconButton>
    </span>
  )
}

interface ActionsProps {
  readonly group: GroupView
  readonly tabIndex: 0 | -1
  readonly current: boolean
}

function Actions({ group, tabIndex, current }: ActionsProps) {
  const { row, sum } = group
  const ids = () => downloadsOf([row])
  const { kind } = sum.state
  return (
    <>
      <RemoveButton tabIndex={tabIndex} onPress={() => askToRemove(ids())} />
      {kind === 'done' && <ShowButton group={group} tabIndex={tabIndex} />}
      {(kind === 'active' || kind === 'queued') && (
        <IconButton label={t('action.pause')} tabIndex={tabIndex} onPress={() => pause(ids())}>
          {icons.pause}
        </IconButton>
      )}
      {kind === 'paused' && (
        <IconButton label={t('action.resume')} tabIndex={tabIndex} onPress={() => resume(ids())}>
          {icons.resume}
        </IconButton>
      )}
      {kind === 'failed' && (
        <IconButton label={t('action.retry')} tabIndex={tabIndex} onPress={() => resume(ids())}>
          {icons.retry}
        </IconButton>
      )}
      <DetailsButton row={row} tabIndex={tabIndex} current={current} />
    </>
  )
}
