import type { Settings } from '../../shared/settings'
import type { Engine } from '../engine/engine'
import type { Clock, Log } from '../engine/ports'

const day = 24 * 60 * 60 * 1000

/**
 * Takes completed downloads off the list that are older than the setting says: at once, once a day, and when the setting
 * changes. Their files stay.
 * @returns ends it
 */
export function keepCleaning(
  engine: Engine,
  settings: { read(): Settings; subscribe(listener: (settings: Settings) => void): unknown },
  clock: Clock,
  log: Log,
): () => void {
  const over = new AbortController()
  const clean = async () => {
    const { historyDays } = settings.read()
    if (historyDays === null || over.signal.aborted) return
    const count = await engine.forgetFinished(clock.now() - historyDays * day)
    if (count > 0) log('info', 'old downloads left the list', { count })
  }
  const safely = () => clean().catch((error: unknown) => log('error', 'cleaning failed', { error: String(error) }))
  const daily = async () => {
    for (;;) {
      await safely()
      await clock.sleep(day, over.signal)
    }
  }
  daily().catch(() => undefined) // the program ends
  settings.subscribe(() => void safely())
  return () => over.abort(new Error('closing'))
}
