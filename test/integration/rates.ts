import { expect } from 'vitest'
import type { Engine } from '../../src/main/engine/engine'
import { waitFor } from './rig'

/** Bytes per second over some ms, from a moment on at which the downloads move. */
export async function rateOf(engine: Engine, ids: readonly number[], ms = 3000): Promise<number> {
  const received = () => ids.reduce((sum, id) => sum + (engine.view(id)?.received ?? 0), 0)
  const [first = 0] = ids
  const before = received()
  await waitFor(engine, first, () => received() > before)
  const begun = { at: performance.now(), bytes: received() }
  await waitFor(engine, first, () => performance.now() - begun.at >= ms)
  return (received() - begun.bytes) / ((performance.now() - begun.at) / 1000)
}

/**
 * Resolves when some three seconds bring what the limit says, to a tenth: what is seen was written, in pieces of half a
 * MiB for each connection, and a busy machine is late now and then. A limit that does not hold brings something else in
 * each of them.
 */
export async function holdsAt(engine: Engine, ids: readonly number[], limit: number): Promise<void> {
  const rates: number[] = []
  const fits = (rate: number) => rate > 0.9 * limit && rate < 1.1 * limit
  while (!rates.some(fits) && rates.length < 6) rates.push(await rateOf(engine, ids))
  expect(rates.at(-1)).toSatisfy(fits, `${rates.join(', ')} of ${limit} bytes/s`)
}
