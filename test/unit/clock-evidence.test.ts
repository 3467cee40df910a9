import { expect, it } from 'vitest'
import { failure } from '../../src/shared/errors'
import { ClockEvidence } from '../../src/main/engine/http/clock-evidence'

const day = 86_400_000
const now = Date.parse('2026-06-01T00:00:00Z')
const expired = failure('TLS', 'no', 'CERT_HAS_EXPIRED: certificate has expired')
const date = (offset: number) => ({ date: new Date(now + offset).toUTCString() })

function code(heard: Record<string, string>[], thrown: unknown = expired): string | undefined {
  const evidence = new ClockEvidence(() => now)
  for (const headers of heard) evidence.heard(headers)
  return (evidence.explain(thrown) as typeof expired).error.code
}

it.each([
  ['no server was heard', [], 'TLS'],
  ['our clock is right', [date(0)], 'TLS'],
  ['our clock is two days ahead', [date(-2 * day)], 'TLS_CLOCK'],
  ['our clock is an hour ahead', [date(-3_600_000)], 'TLS'],
  ['our clock is behind: that makes nothing look expired', [date(2 * day)], 'TLS'],
  ['the answer is an old one of a cache', [{ ...date(-2 * day), age: '172800' }], 'TLS'],
  ['the last server counts', [date(-2 * day), date(0)], 'TLS'],
  ['nonsense does not', [date(-2 * day), { date: 'soon' }], 'TLS_CLOCK'],
] as const)('64: %s', (_, heard, wanted) => expect(code([...heard])).toBe(wanted))

it.each([
  [2 * day, 'TLS_CLOCK'],
  [3_600_000, 'TLS'],
])('64: our clock is moved by %i ms after a server was heard', (by, wanted) => {
  let wall = now
  let monotonic = 0
  const evidence = new ClockEvidence(
    () => wall,
    () => monotonic,
  )
  evidence.heard(date(0))
  // Three days pass on both clocks: that is no disagreement.
  wall += 3 * day
  monotonic += 3 * day
  expect((evidence.explain(expired) as typeof expired).error.code).toBe('TLS')
  wall += by
  expect((evidence.explain(expired) as typeof expired).error.code).toBe(wanted)
})

it('64: leaves every other failure alone', () => {
  const wrongName = failure('TLS', 'no', 'ERR_TLS_CERT_ALTNAME_INVALID: x')
  expect(code([date(-2 * day)], wrongName)).toBe('TLS')
  expect(code([date(-2 * day)], failure('DNS', 'later', 'x'))).toBe('DNS')
  expect(new ClockEvidence().explain('x')).toBe('x')
})
