import { describe, expect, it } from 'vitest'
import { calls } from '../../src/shared/contract'
import { defaultSettings, settingsChangeSchema, settingsSchema } from '../../src/shared/settings'

describe('a change of one setting', () => {
  it.each(Object.entries(defaultSettings))('%s changes no other one', (name, value) => {
    expect(settingsChangeSchema.parse({ [name]: value })).toEqual({ [name]: value })
  })

  it('goes through the contract as it is', () => {
    expect(calls['settings.set'].input.parse({ speedLimit: 4096 })).toEqual({ speedLimit: 4096 })
    expect(calls['settings.set'].input.parse({})).toEqual({})
  })

  it.each([
    { speedLimit: 0 },
    { speedLimit: 1.5 },
    { connections: 0 },
    { caFile: '/etc/passwd' },
    { folder: '/' },
    { x: 1 },
  ])('%o is refused', (change) => expect(calls['settings.set'].input.safeParse(change).success).toBe(false))
})

it('what is missing in an old file has its default', () => {
  expect(settingsSchema.parse({ connections: 3 })).toEqual({ ...defaultSettings, connections: 3 })
})
