import type { CSSProperties } from 'react'
import type { DownloadView } from '../../shared/download'
import { formatBytes, formatDateTime, formatDuration, formatSpeed, formatWhen } from '../text'
import type { ColumnName } from './columns'
import { secondsLeft } from './status'

/** What a column of figures says of a download, or of a group as if it were one. */
export function figureOf(name: Exclude<ColumnName, 'name' | 'status' | 'progress'>, view: DownloadView): string {
  switch (name) {
    case 'size':
      return view.total === null ? '' : formatBytes(view.total)
    case 'speed':
      if (view.check !== undefined) return formatSpeed(view.check.bytesPerSecond)
      // While it connects there is no speed to speak of.
      return view.state.kind === 'active' && view.state.phase.kind === 'transferring'
        ? formatSpeed(view.bytesPerSecond)
        : ''
    case 'timeLeft': {
      const seconds = secondsLeft(view)
      return seconds === null ? '' : formatDuration(seconds)
    }
    case 'added':
      return formatWhen(view.addedAt)
  }
}

export function hasPriority({ priority, state }: DownloadView): boolean {
  return priority !== 'normal' && state.kind !== 'done'
}

/** The last of the columns beside the name with nothing in the second line of a row, so that its text may go on there. */
export function lastFree(view: DownloadView, columns: readonly ColumnName[]): ColumnName {
  const free = (name: ColumnName) => {
    switch (name) {
      case 'name':
        return true
      case 'status':
        return !hasPriority(view)
      case 'progress':
        return view.received === 0 && view.total === null && view.check === undefined && view.state.kind !== 'done'
      case 'size':
      case 'speed':
        return figureOf(name, view) === ''
      case 'timeLeft':
      case 'added':
        return false // further buttons stand there; figures
    }
  }
  const end = columns.findIndex((name) => !free(name))
  return columns.at(end === -1 ? -1 : end - 1) ?? 'name'
}

/** For a line of text that goes on to the end of a column. */
export function through(column: ColumnName): CSSProperties {
  return { '--through': `var(--through-${column})` } as CSSProperties
}

export function hintOf(name: ColumnName, view: DownloadView): { title?: string } {
  return name === 'added' ? { title: formatDateTime(view.addedAt) } : {}
}
