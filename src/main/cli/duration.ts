import type { DownloadView } from '../../shared/download'
import { secondsLeft } from '../../shared/status'

/** Seconds to the end at the present speed; `null` when that cannot be said. */
export function wholeSecondsLeft(view: DownloadView): number | null {
  const left = secondsLeft(view)
  return left === null ? null : Math.ceil(left)
}

/** @param seconds whole ones @returns `59 s`, `4:05`, `1:02:03`, `3 days` */
export function formatDuration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
  if (seconds < 48 * 3600) {
    return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  }
  const days = Math.round(seconds / 86_400)
  return days > 999 ? 'long' : `${days} days`
}
