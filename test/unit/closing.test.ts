import { describe, expect, it } from 'vitest'
import { closingOf } from '../../src/main/shell/closing'
import { defaultSettings } from '../../src/shared/settings'

const idle = { active: 0, queued: 0 }
const busy = { active: 1, queued: 0 }

describe('closing the window', () => {
  it('asks of what is active or queued, until somebody decided', () => {
    expect(closingOf(defaultSettings, busy, 'linux')).toBe('ask')
    expect(closingOf(defaultSettings, { active: 0, queued: 3 }, 'win32')).toBe('ask')
    expect(closingOf(defaultSettings, idle, 'linux')).toBe('quit')
    expect(closingOf({ ...defaultSettings, askOnClose: false }, busy, 'linux')).toBe('quit')
    // Without a window it runs on there, as every program does.
    expect(closingOf(defaultSettings, busy, 'darwin')).toBe('quit')
  })

  it('hides only what can be reached from the tray', () => {
    expect(closingOf({ ...defaultSettings, closeToTray: true }, idle, 'linux')).toBe('hide')
    expect(closingOf({ ...defaultSettings, closeToTray: true, tray: false }, busy, 'linux')).toBe('ask')
  })
})
