import { describe, expect, it } from 'vitest'
import { createSlowMode, slowAt, switched } from '../../src/main/settings/slow-mode'
import type { Settings } from '../../src/shared/settings'
import { FakeClock } from './fake-clock'

const hour = 3_600_000
const day = { days: [1, 2, 3, 4, 5, 6, 7] as const, from: 9 * 60, to: 17 * 60 }
const slowSchedule: Settings['slowSchedule'] = { zone: 'UTC', windows: [{ ...day, days: [...day.days] }] }
/** ms since the epoch, on a Tuesday. */
const at = (time: string) => Date.parse(`2026-11-24T${time}:00Z`)

describe('slow mode', () => {
  it('follows the hours', () => {
    expect(slowAt({ slowMode: null, slowSchedule }, at('08:00'))).toEqual({ slow: false, until: at('09:00') })
    expect(slowAt({ slowMode: null, slowSchedule }, at('09:00'))).toEqual({ slow: true, until: at('17:00') })
    expect(slowAt({ slowMode: null, slowSchedule: null }, at('09:00'))).toEqual({ slow: false, until: null })
  })

  it('is what the user switched it to, until the hours switch the next time', () => {
    const slowMode = switched({ slowMode: null, slowSchedule }, false, at('10:00'))
    expect(slowAt({ slowMode, slowSchedule }, at('16:59'))).toEqual({ slow: false, until: at('17:00') })
    expect(slowAt({ slowMode, slowSchedule }, at('17:00')).slow).toBe(false)
    expect(slowAt({ slowMode, slowSchedule }, at('17:00') + 16 * hour).slow).toBe(true)
    const forEver = switched({ slowMode: null, slowSchedule: null }, true, at('10:00'))
    expect(slowAt({ slowMode: forEver, slowSchedule: null }, at('10:00') + 10_000 * hour).slow).toBe(true)
  })

  it('is the lower of two limits, and says when it begins and ends', async () => {
    const clock = new FakeClock()
    const began = clock.now()
    const minute = Math.floor(began / 60_000) % (24 * 60)
    const settings = {
      slowMode: null,
      slowSchedule: { zone: 'UTC', windows: [{ days: [...day.days], from: minute + 2, to: minute + 5 }] },
      slowLimit: 2048,
      speedLimit: 4096 as number | null,
    }
    const told: boolean[] = []
    const mode = createSlowMode(
      () => settings,
      clock,
      (slow) => told.push(slow),
    )
    expect(mode.limit()).toBe(4096)
    for (let passed = 0; passed < 10; passed++) {
      await clock.pass(Math.min(60_000, clock.next ?? 60_000))
      if (told.length === 1) expect(mode.limit()).toBe(2048)
    }
    expect(told).toEqual([true, false])
    settings.speedLimit = null
    expect(mode.limit()).toBeNull()
    mode.close()
    expect(clock.next).toBeNull()
  })
})
