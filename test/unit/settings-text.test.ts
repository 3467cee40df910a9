import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSettings, printSettings } from '../../src/main/shell/settings-text'
import { RequestFailure } from '../../src/shared/errors'
import { calls } from '../../src/shared/contract'
import { newHostRule } from '../../src/shared/host-rules'
import { defaultSettings } from '../../src/shared/settings'

const file = (settings: unknown) => JSON.stringify({ kind: 'longshore settings', version: 1, settings })

describe('a file of settings', () => {
  it('comes back as it was written, with the rules and without what is secret or a trace', () => {
    const settings = { ...defaultSettings, connections: 7, folder: '/data/港', notifyDone: false }
    const { recentFolders: _, certificateFile: __, ...rest } = settings
    const rules = [{ ...newHostRule, id: '1', pattern: '*.example.com', connections: 2, proxy: 'http://proxy:8080' }]
    const traces = { recentFolders: ['/trace'], certificateFile: '/a.p12' }
    expect(parseSettings(printSettings({ settings: { ...settings, ...traces }, rules }))).toEqual({
      settings: rest,
      rules,
    })
  })

  it('says nothing of what it does not name, and may name what nobody knows yet', () => {
    expect(parseSettings(file({ connections: 3, fromTheFuture: true }))).toEqual({
      settings: { connections: 3 },
      rules: null,
    })
    expect(parseSettings(file({}))).toEqual({ settings: {}, rules: null })
  })

  it.each([
    ['', 'nothing'],
    ['[]', 'no object'],
    ['{"settings":{}}', 'not ours'],
    [file({ connections: 0 }), 'out of range'],
    [file({ folder: '../etc' }), 'a relative folder'],
    [file({ caFile: 'ca.pem' }), 'a relative file'],
    [file(null), 'no settings'],
    [JSON.stringify({ kind: 'longshore settings', version: 2, settings: {} }), 'another version'],
  ])('is refused: %s (%s)', (text) => expect(() => parseSettings(text)).toThrow(RequestFailure))

  it('is read or refused, whatever it is', () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.jsonValue().map(file))
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(Object.keys(defaultSettings)).toEqual(
            expect.arrayContaining(Object.keys(parseSettings(text).settings)),
          )
        } catch (error) {
          expect(error).toBeInstanceOf(RequestFailure)
        }
      }),
    )
  })
})

it('a change of one setting is that and nothing else', () => {
  expect(calls['settings.set'].input.parse({ connections: 7 })).toEqual({ connections: 7 })
  expect(calls['settings.set'].input.safeParse({ folder: '/etc' }).success).toBe(false)
  expect(calls['settings.set'].input.safeParse({ caFile: '/etc/x.pem' }).success).toBe(false)
})
