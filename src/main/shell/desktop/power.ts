import { powerMonitor, powerSaveBlocker } from 'electron'

/** Keeps the computer awake while it is wanted; the screen may go dark all the same. */
export function createWakefulness(): { keep(awake: boolean): void } {
  let blocker: number | null = null
  return {
    keep(awake) {
      if (awake && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
      else if (!awake && blocker !== null) {
        powerSaveBlocker.stop(blocker)
        blocker = null
      }
    },
  }
}

/** After sleep the connections are dead, and nothing says so: whoever waits for them would wait for a timeout. */
export function onWake(woken: () => void): () => void {
  powerMonitor.on('resume', woken)
  return () => powerMonitor.off('resume', woken)
}
