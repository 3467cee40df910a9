import { beforeEach, expect, it } from 'vitest'
import { allZones, currentZone } from '../../../src/renderer/ui/zones'
import { setLocale } from '../../../src/renderer/text'

beforeEach(() => setLocale('en-US'))

const names = (stored: string | null = null) => allZones(stored).map(({ name }) => name)

it('zones are offered under the names that they have today, each once', () => {
  const all = names()
  expect(all).toEqual(
    expect.arrayContaining(['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Kyiv', 'Asia/Ho_Chi_Minh']),
  )
  for (const old of ['Asia/Calcutta', 'Asia/Katmandu', 'Europe/Kiev', 'Asia/Saigon', 'Africa/Asmera']) {
    expect(all).not.toContain(old)
  }
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThan(300)
})

it('each of them is one that the system knows, and the same clock as the name it gives', () => {
  const at = new Date('2026-07-01T12:00:00Z')
  const clock = (timeZone: string) => new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'long' }).format(at)
  for (const given of Intl.supportedValuesOf('timeZone')) expect(clock(currentZone(given))).toBe(clock(given))
})

it('a stored zone is among them, whatever it is called', () => {
  expect(names('Asia/Calcutta')).toContain('Asia/Kolkata')
  expect(names('US/Pacific')).toContain('US/Pacific')
})

it('they stand in parts of the world, by name', () => {
  const asia = allZones(null).filter(({ group }) => group === 'Asia')
  expect(asia.map(({ label }) => label)).toEqual(asia.map(({ label }) => label).toSorted((a, b) => a.localeCompare(b)))
  expect(asia.map(({ label }) => label)).toContain('Ho Chi Minh')
  setLocale('ja-JP')
  expect(allZones(null).find(({ name }) => name === 'America/Argentina/Buenos_Aires')).toEqual({
    name: 'America/Argentina/Buenos_Aires',
    group: 'アメリカ',
    label: 'Argentina / Buenos Aires',
  })
})
