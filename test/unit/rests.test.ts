import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOutage } from '../../src/main/engine/outages'
import { pauseAfter } from '../../src/main/engine/queues/rests'
import { networkFailure } from '../../src/main/engine/http/network-errors'

it('the pause is a share of what it has lasted, within its bounds, and never becomes shorter', () => {
  const ms = fc.nat({ max: 1e9 })
  fc.assert(
    fc.property(ms, ms, ms, ms, fc.double({ min: 0.01, max: 1, noNaN: true }), (a, b, c, d, share) => {
      const bounds = { share, shortest: Math.min(c, d), longest: Math.max(c, d) }
      const [early, late] = [pauseAfter(Math.min(a, b), bounds), pauseAfter(Math.max(a, b), bounds)]
      expect(early).toBeGreaterThanOrEqual(bounds.shortest)
      expect(late).toBeLessThanOrEqual(bounds.longest)
      expect(late).toBeGreaterThanOrEqual(early)
    }),
  )
})

it.each([
  ['ECONNREFUSED', true],
  ['ETIMEDOUT', true],
  ['ECONNRESET', true],
  // A name that does not exist is mistyped, or will not exist tomorrow either.
  ['ENOTFOUND', false],
  ['EACCES', false],
])('%s is an outage: %s', (code, outage) => {
  expect(isOutage(networkFailure(Object.assign(new Error(code), { code })).error)).toBe(outage)
})
