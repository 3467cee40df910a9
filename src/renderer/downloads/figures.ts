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

export function hintOf(name: ColumnName, view: DownloadView): { title?: string } {
  return name === 'added' ? { title: formatDateTime(view.addedAt) } : {}
}
