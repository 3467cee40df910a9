/** What the program does once nothing is queued or active any more. */
export const whenDoneActions = ['nothing', 'notify', 'sleep', 'shutdown', 'quit'] as const
export type WhenDone = (typeof whenDoneActions)[number]
/** Those that nobody could take back: a countdown comes first. */
export type FinalAction = Exclude<WhenDone, 'nothing' | 'notify'>

export interface Countdown {
  readonly action: FinalAction
  /** ms since the epoch. */
  readonly until: number
}

/** ms. */
export const countdownTime = 60_000
