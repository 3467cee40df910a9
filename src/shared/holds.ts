import type { DownloadError } from './errors'

/** What a queued download waits for, beside a free slot. */
export type Hold =
  /** Its queue is stopped; it starts at `until` (ms since the epoch), or when somebody starts it (`null`). */
  | { readonly kind: 'stopped'; readonly until: number | null }
  /** Its queue's schedule; `null` when that opens at no time. */
  | { readonly kind: 'schedule'; readonly until: number | null }
  /** The time that the user named for it. */
  | { readonly kind: 'start'; readonly until: number }
  /** The user wants only others now. */
  | { readonly kind: 'others' }
  /** The computer runs on battery. */
  | { readonly kind: 'battery' }
  /** The network is paid by the byte. */
  | { readonly kind: 'metered' }
  /** Its object is archived and being restored; it is looked at again at `until`, ms since the epoch. */
  | { readonly kind: 'restore'; readonly until: number }
  /** Its server, which sent something before, is away; it is asked again at `until`, ms since the epoch. */
  | { readonly kind: 'server'; readonly host: string; readonly until: number; readonly reason: DownloadError }
  /** Bytes that are missing on its volume, the margin included; `null` where the disk took no more without saying why. */
  | { readonly kind: 'space'; readonly missing: number | null }
