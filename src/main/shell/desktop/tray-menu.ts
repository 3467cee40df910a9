import type { MenuItemConstructorOptions } from 'electron'
import type { say } from '../language'
import type { Figures } from './overview'

export interface TrayActions {
  readonly open: () => void
  readonly add: () => void
  /** Switches slow mode. */
  readonly slow: (on: boolean) => void
  readonly pauseAll: () => void
  readonly resumeAll: () => void
  readonly settings: () => void
  readonly quit: () => void
}

/** Words in the language of the window. */
export type Say = typeof say

const mebibyte = 1024 * 1024

/** The first line of the menu, and what stands at the tray's icon. */
export function trayStatus({ active, queued, bytesPerSecond }: Figures, say: Say): string {
  if (active === 0) return queued === 0 ? say('tray.idle') : say('tray.queued', { count: queued })
  // Always with one decimal and in one unit, so that a running figure does not jump.
  const speed = say('tray.speed', { value: (bytesPerSecond / mebibyte).toFixed(1) })
  return say('tray.active', { count: active, speed })
}

/** @param slow whether slow mode is on */
export function trayMenu(
  figures: Figures,
  slow: boolean,
  say: Say,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const { active, queued, resting } = figures
  return [
    { label: trayStatus(figures, say), enabled: false },
    { type: 'separator' },
    { label: say('tray.open'), click: actions.open },
    { label: say('tray.add'), click: actions.add },
    { type: 'separator' },
    { label: say('tray.pauseAll'), enabled: active + queued > 0, click: actions.pauseAll },
    { label: say('tray.resumeAll'), enabled: resting > 0, click: actions.resumeAll },
    { label: say('tray.slow'), type: 'checkbox', checked: slow, click: () => actions.slow(!slow) },
    { type: 'separator' },
    { label: say('tray.settings'), click: actions.settings },
    { label: say('tray.quit'), click: actions.quit },
  ]
}
