import { z } from 'zod'
import type { DownloadId } from '../download'
import type { Countdown } from '../when-done'
import { call, text } from './call'

/** The program itself: what it is, what others wish of its window, what follows when all is done. */

export interface AppInfo {
  readonly version: string
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly locale: string
  /** False where the system offers no encryption: then passwords and headers are forgotten at quit. */
  readonly keepsSecrets: boolean
}

/** Something that the window is to do, asked for from outside of it. */
export type Wish =
  /** Show the form with this text in it; empty for an empty form. */
  | { readonly kind: 'add'; readonly text: string }
  /** Show what is under a prefix of a cloud store, to choose from. */
  | { readonly kind: 'browse'; readonly root: string }
  | { readonly kind: 'settings' }
  /** Show a download in the list. */
  | { readonly kind: 'reveal'; readonly id: DownloadId }

export const appCalls = {
  'app.info': call<AppInfo>()(z.undefined()),
  /** What tray, notifications and other programs asked of the window since it asked last. */
  'app.wishes': call<readonly Wish[]>()(z.undefined()),
  /** Puts text on the clipboard. */
  'clipboard.write': call<void>()(z.strictObject({ text: text(8_000_000) })),
  /** What follows when the time is over; `null` for nothing. */
  'whenDone.get': call<Countdown | null>()(z.undefined()),
  /** It does not happen, and not at the next time either. */
  'whenDone.stop': call<void>()(z.undefined()),
  'whenDone.now': call<void>()(z.undefined()),
  /** Slow mode, which the toolbar and the tray switch. */
  'speed.slow': call<boolean>()(z.undefined()),
  'speed.setSlow': call<void>()(z.strictObject({ on: z.boolean() })),
} as const
