import type { Clock } from './ports'

/**
 * Waits for work that may hang for ever, such as that of a disk.
 * @param ms how long
 * @returns false when it was not over in time; it goes on, and its failure is nobody's then
 * @throws what the work throws in time
 */
export async function within(ms: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const over = new AbortController()
  const done = work.then(() => true)
  const late = clock.sleep(ms, over.signal).then(
    () => false,
    () => done,
  )
  try {
    return await Promise.race([done, late])
  } finally {
    over.abort(new Error('over'))
    done.catch(() => undefined)
  }
}
