import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNames } from '../../src/shared/call-names'
import { call } from './bridge'
import type { Longshore } from './electron'
import { Stage } from './stage'

declare global {
  interface Window {
    probe?: boolean
  }
}

let stage: Stage
let longshore: Longshore
beforeAll(async () => {
  stage = await Stage.create()
  longshore = await stage.start()
  await longshore.window.getByRole('button', { name: 'Add download' }).waitFor()
})
afterAll(() => stage.end())

describe('the window', () => {
  it('is isolated, sandboxed and without Node', async () => {
    const preferences = await longshore.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        // Electron has this for tests and leaves it out of its types.
        const { contextIsolation, sandbox, nodeIntegration, webSecurity } = (
          webContents as unknown as { getLastWebPreferences(): Electron.WebPreferences }
        ).getLastWebPreferences()
        return { contextIsolation, sandbox, nodeIntegration, webSecurity }
      }),
    )
    expect(preferences).toEqual([{ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true }])
    expect(await longshore.window.evaluate(() => [typeof require, typeof process, typeof module])).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ])
    expect(await longshore.window.evaluate(() => Object.keys(window.longshore as object).sort())).toEqual([
      'call',
      'dropped',
      'on',
    ])
  })

  it('runs no inline script and connects to nothing', async () => {
    await longshore.window.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.probe = true'
      document.body.append(script)
    })
    expect(await longshore.window.evaluate(() => window.probe)).toBeUndefined()
    const fetched = await longshore.window.evaluate(
      (url) =>
        fetch(url).then(
          () => 'reached',
          () => 'refused',
        ),
      stage.server.url('/x'),
    )
    expect(fetched).toBe('refused')
  })

  it('76: goes nowhere and opens nothing', async () => {
    const before = longshore.window.url()
    await longshore.window.evaluate((url) => {
      location.href = url
      window.open(url)
      const link = document.createElement('a')
      link.href = url
      link.target = '_blank'
      document.body.append(link)
      link.click()
    }, stage.server.url('/elsewhere'))
    // The next answer of the same main process comes after it has judged those.
    await longshore.app.evaluate(() => undefined)
    expect(longshore.window.url()).toBe(before)
    expect(longshore.app.windows()).toHaveLength(1)
    expect(stage.server.requests).toEqual([])
  })

  it('gets no permission', async () => {
    const states = await longshore.window.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[]
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    })
    expect(states).not.toContain('granted')
  })

  it.each(['/%2e%2e/main/index.js', '/..%2fmain/index.js', '/%2e%2e%2f%2e%2e%2fpackage.json', '/..%5cmain%5cindex.js'])(
    'does not get %s from the app scheme',
    async (address) => {
      const status = await longshore.app.evaluate(
        async ({ net }, url) => (await net.fetch(url)).status,
        `app://longshore${address}`,
      )
      expect(status).toBe(404)
    },
  )
})

describe('the contract', () => {
  const called = (name: string, input: unknown) => call(longshore.window, name, input)

  it('75: refuses names that it does not know', async () => {
    for (const name of ['downloads.steal', '__proto__', 'constructor', '']) {
      expect(await called(name, undefined)).toMatchObject({ ok: false, error: { code: 'E_IPC' } })
    }
  })

  it('75: refuses input that it does not allow, and changes nothing', async () => {
    const junk: unknown[] = [null, 7, 'x', [], {}, { ids: 'all' }, { ids: [-1] }, { ids: [1.5] }, { folder: '/etc' }]
    const harmless = new Set([
      'app.info',
      'clipboard.links',
      'downloads.snapshot',
      'folders.choose',
      'folders.default',
      'settings.get',
    ])
    for (const name of callNames) {
      if (harmless.has(name)) continue
      for (const input of junk) {
        const result = await called(name, input)
        // `{}` is a change of settings that changes nothing.
        if (name === 'settings.set' && JSON.stringify(input) === '{}') continue
        expect(result, `${name} ${JSON.stringify(input)}`).toMatchObject({ ok: false })
      }
    }
    expect(await called('downloads.snapshot', undefined)).toMatchObject({ ok: true, value: { downloads: '[]' } })
  })

  it('75: takes folders by token only', async () => {
    const input = {
      urls: ['http://127.0.0.1:1/x'],
      folder: '/etc',
      name: null,
      connections: null,
      headers: '',
      user: '',
      password: '',
      checksum: '',
      start: false,
    }
    expect(await called('downloads.add', input)).toMatchObject({ ok: false, error: { code: 'E_FOLDER' } })
    expect(await called('downloads.snapshot', undefined)).toMatchObject({ ok: true, value: { downloads: '[]' } })
  })
})
