import type { Settings } from '../../shared/settings'
import type { Figures } from './desktop/overview'

/** What closing the window does. */
export type Closing = 'quit' | 'hide' | 'ask'

/**
 * Nothing is asked where nothing would be interrupted, nor of who has decided. On macOS programs stay without a window.
 * @param figures what is active and queued
 */
export function closingOf(
  { tray, closeToTray, askOnClose }: Pick<Settings, 'tray' | 'closeToTray' | 'askOnClose'>,
  { active, queued }: Pick<Figures, 'active' | 'queued'>,
  platform: NodeJS.Platform,
): Closing {
  if (tray && closeToTray) return 'hide'
  return platform !== 'darwin' && askOnClose && active + queued > 0 ? 'ask' : 'quit'
}
