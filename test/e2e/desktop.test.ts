import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'
import type { CallInput } from '../../src/shared/contract'
import { ask } from './bridge'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask)

const set = ({ window }: Longshore, change: CallInput<'settings.set'>) => ask(window, 'settings.set', change)
const visible = ({ app }: Longshore) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))

/** Puts notes about what the desktop is told where the test can read them. */
async function spy({ app }: Longshore) {
  await app.evaluate(({ app: electron, BrowserWindow, Menu, Notification }) => {
    const seen = {
      progress: [] as number[],
      badge: [] as number[],
      notices: [] as Electron.Notification[],
      menus: [] as Electron.Menu[],
    }
    Object.assign(globalThis, { seen })
    for (const window of BrowserWindow.getAllWindows())
      window.setProgressBar = (value) => void seen.progress.push(value)
    electron.setBadgeCount = (count = 0) => (seen.badge.push(count), true)
    Notification.isSupported = () => true
    Notification.prototype.show = function show(this: Electron.Notification) {
      seen.notices.push(this)
    }
    const build = Menu.buildFromTemplate.bind(Menu)
    Menu.buildFromTemplate = (template) => {
      const menu = build(template)
      seen.menus.push(menu)
      return menu
    }
  })
}
interface Seen {
  seen: { progress: number[]; badge: number[]; notices: Electron.Notification[]; menus: Electron.Menu[] }
}
const tray = ({ app }: Longshore) =>
  app.evaluate(() =>
    (globalThis as unknown as Seen).seen.menus.at(-1)?.items.map(({ label, enabled }) => `${label} ${enabled}`),
  )
const press = ({ app }: Longshore, label: string) =>
  app.evaluate((_, wanted) => {
    const item = (globalThis as unknown as Seen).seen.menus.at(-1)?.items.find((each) => each.label === wanted)
    ;(item?.click as unknown as () => void)()
  }, label)

it('tray, taskbar and badge follow the downloads, and the tray’s menu works', async () => {
  const file = stage.server.file('/x.bin', { size: 20 * mebibyte, rate: mebibyte })
  const longshore = await stage.start()
  await spy(longshore)
  await addDownload(longshore, { url: file.url, folder: stage.folder })
  await row(longshore, 'x.bin').getByText('Downloading').waitFor()
  const seen = () =>
    longshore.app.evaluate(() => {
      const { progress, badge } = (globalThis as unknown as Seen).seen
      return { progress: progress.at(-1) ?? -1, badge: badge.at(-1) }
    })
  await eventually(seen).toMatchObject({ badge: 1 })
  // 2 is “busy”, until the size is known.
  await eventually(async () => (await seen()).progress % 1).toBeGreaterThan(0)
  await eventually(() => tray(longshore)).toContain('Pause All true')
  expect((await tray(longshore))?.[0]).toMatch(/^1 active · \d+\.\d MiB\/s false$/)

  await press(longshore, 'Pause All')
  await row(longshore, 'x.bin').getByText('Paused').waitFor()
  await eventually(seen).toEqual({ progress: -1, badge: 0 })
  await eventually(() => tray(longshore)).toContain('Resume All true')
  await press(longshore, 'Settings…')
  await longshore.window.getByRole('dialog', { name: 'Settings' }).waitFor()
  await longshore.window.keyboard.press('Escape')
  await press(longshore, 'Add Download…')
  await longshore.window.getByRole('dialog', { name: 'Add download' }).waitFor()
})

it('what ended while nobody looked is told, and its buttons work', async () => {
  const good = stage.server.file('/good.bin', { size: 1000 })
  const bad = stage.server.file('/bad.bin', { size: 1000, status: 404 })
  const longshore = await stage.start()
  await spy(longshore)
  await longshore.app.evaluate(({ BrowserWindow, shell }) => {
    for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false
    shell.showItemInFolder = (file) => void Object.assign(globalThis, { shownFile: file })
  })
  await addDownload(longshore, { url: good.url, folder: stage.folder })
  const told = () =>
    longshore.app.evaluate(() =>
      (globalThis as unknown as Seen).seen.notices.map(({ title, body, actions }) => ({
        title,
        body,
        actions: actions.map(({ text }) => text),
      })),
    )
  await eventually(told).toEqual([
    { title: 'Download completed', body: 'good.bin', actions: ['Open', 'Show in Folder'] },
  ])
  await addDownload(longshore, { url: bad.url, folder: stage.folder })
  await eventually(async () => (await told())[1]).toMatchObject({ title: 'Download failed', actions: ['Retry'] })

  await longshore.app.evaluate(() => {
    const [done, failed] = (globalThis as unknown as Seen).seen.notices
    done?.emit('action', { actionIndex: 1 }, 1)
    failed?.emit('click', {})
  })
  await eventually(() => longshore.app.evaluate(() => (globalThis as { shownFile?: string }).shownFile)).toBe(
    stage.path('good.bin'),
  )
  await eventually(() => row(longshore, 'bad.bin').getAttribute('aria-selected')).toBe('true')

  bad.unset('status')
  await longshore.app.evaluate(() => {
    const failed = (globalThis as unknown as Seen).seen.notices[1]
    failed?.emit('action', { actionIndex: 0 }, 0)
  })
  await row(longshore, 'bad.bin').getByText('Completed').waitFor()

  await set(longshore, { notifyDone: false })
  const silent = stage.server.file('/silent.bin', { size: 1000 })
  await addDownload(longshore, { url: silent.url, folder: stage.folder })
  await row(longshore, 'silent.bin').getByText('Completed').waitFor()
  await set(longshore, { notifyDone: true })
  const last = stage.server.file('/last.bin', { size: 1000 })
  await addDownload(longshore, { url: last.url, folder: stage.folder })
  await eventually(async () => (await told()).at(-1)?.body).toBe('last.bin')
  expect((await told()).map(({ body }) => body)).not.toContain('silent.bin')
})

it('closed to the tray it goes on, and a second start shows it again', async () => {
  const file = stage.server.file('/x.bin', { size: 3 * mebibyte, rate: mebibyte })
  const longshore = await stage.start()
  await set(longshore, { closeToTray: true })
  await addDownload(longshore, { url: file.url, folder: stage.folder })
  const close = () =>
    longshore.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()))
  await close()
  await eventually(() => visible(longshore)).toEqual([false])
  await expect.poll(() => existsSync(stage.path('x.bin'))).toBe(true)

  const electron = inject('electron')
  const second = spawn(electron.path, [
    ...electron.args,
    root,
    `--user-data-dir=${stage.userData}`,
    'longshore://add?url=https%3A%2F%2Fa.example%2Fx.zip&url=file%3A%2F%2F%2Fetc%2Fpasswd',
  ])
  await once(second, 'exit')
  await eventually(() => visible(longshore)).toEqual([true])
  // A link from outside is shown before it is added.
  const form = longshore.window.getByRole('dialog', { name: 'Add download' })
  await eventually(() => form.getByRole('textbox', { name: 'URLs' }).inputValue()).toBe('https://a.example/x.zip')

  await set(longshore, { closeToTray: false })
  const gone = once(longshore.app.process(), 'exit')
  await close()
  await gone
})

const unloaded = 'is unloaded after a while; downloads go on, and a new one shows them'
it.each(['by the setting', 'for this once'])(`a window that was closed to the tray ${unloaded}: %s`, async (how) => {
  const file = stage.server.file('/x.bin', { size: 3 * mebibyte, rate: mebibyte })
  // Where a desktop shows trays, its bus says so.
  const bin = path.join(stage.root, 'bin')
  await mkdir(bin)
  await writeFile(path.join(bin, 'busctl'), '#!/bin/sh\necho b true\n', { mode: 0o755 })
  const longshore = await stage.start({ env: { PATH: `${bin}:${process.env['PATH']}` } })
  if (how === 'by the setting') await set(longshore, { closeToTray: true })
  await addDownload(longshore, { url: file.url, folder: stage.folder })
  await row(longshore, 'x.bin').getByText('Downloading').waitFor()
  await longshore.app.evaluate(({ BrowserWindow, dialog }) => {
    const later = globalThis.setTimeout
    const soon = (act: () => void, ms?: number) => later(act, ms === 60_000 ? 0 : ms)
    Object.assign(globalThis, { setTimeout: soon })
    dialog.showMessageBox = ((_parent: unknown, { buttons }: Electron.MessageBoxOptions) => {
      const response = buttons?.indexOf('Keep running in the tray') ?? -1
      return Promise.resolve({ response, checkboxChecked: false })
    }) as typeof dialog.showMessageBox
    BrowserWindow.getAllWindows().forEach((window) => window.close())
  })
  await eventually(() => visible(longshore)).toEqual([])
  await expect.poll(() => existsSync(stage.path('x.bin'))).toBe(true)

  const next = longshore.app.waitForEvent('window')
  const electron = inject('electron')
  spawn(electron.path, [...electron.args, root, `--user-data-dir=${stage.userData}`])
  const window = await next
  await window.getByRole('row', { name: /x\.bin/ }).waitFor()
  await eventually(() => visible(longshore)).toEqual([true])
})

it('closing asks while something runs, once and for all when told to, and not when nothing does', async () => {
  const file = stage.server.file('/x.bin', { size: 20 * mebibyte, rate: mebibyte })
  const longshore = await stage.start()
  /** What is asked next gets the button that begins so; none: the question stays open. */
  const answer = (wanted: string, remember: boolean) =>
    longshore.app.evaluate(
      ({ dialog }, { label, checkboxChecked }) => {
        dialog.showMessageBox = ((_parent: unknown, asked: Electron.MessageBoxOptions) => {
          Object.assign(globalThis, { asked })
          const response = asked.buttons?.findIndex((each) => each.startsWith(label)) ?? -1
          return Promise.resolve({ response, checkboxChecked })
        }) as typeof dialog.showMessageBox
      },
      { label: wanted, checkboxChecked: remember },
    )
  const asked = () =>
    longshore.app.evaluate(() => {
      const seen = globalThis as { asked?: Electron.MessageBoxOptions }
      const { asked: last } = seen
      delete seen.asked
      return last?.buttons
    })
  const close = () =>
    longshore.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()))
  await addDownload(longshore, { url: file.url, folder: stage.folder })
  await row(longshore, 'x.bin').getByText('Downloading').waitFor()

  // No bus, no tray: only what leaves a way back is offered.
  await answer('Cancel', true)
  await close()
  await eventually(asked).toEqual(['Quit (goes on at the next start)', 'Cancel'])
  expect(await visible(longshore)).toEqual([true])
  await close()
  await eventually(asked).toBeDefined()

  await longshore.window.getByRole('button', { name: 'Pause all' }).click()
  await row(longshore, 'x.bin').getByText('Paused').waitFor()
  await longshore.window.getByRole('button', { name: 'Resume all' }).click()
  await row(longshore, 'x.bin').getByText('Downloading').waitFor()
  await answer('Quit', true)
  const gone = once(longshore.app.process(), 'exit')
  await close()
  await gone

  const again = await stage.start()
  await row(again, 'x.bin').getByText('Downloading').waitFor()
  const gone2 = once(again.app.process(), 'exit')
  await again.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()))
  await gone2
})

it.each(['SIGTERM', 'Ctrl+Q'])('%s asks nothing, and ends without an error while much is going on', async (how) => {
  // One ends every few milliseconds, until the engine does.
  const files = Array.from({ length: 200 }, (_, n) => stage.server.file(`/${n}.bin`, { size: 1000, delay: 20 }))
  const longshore = await stage.start()
  await longshore.app.evaluate(({ powerSaveBlocker }) => {
    // The dialog that Electron shows for what nobody catches waits for somebody to click it away.
    process.once('uncaughtException', () => process.kill(process.pid, 'SIGKILL'))
    // A slow system while it ends: what the engine says meanwhile comes after the tray is gone.
    powerSaveBlocker.stop = () => {
      const end = performance.now() + 300
      while (performance.now() < end);
      return true
    }
  })
  await addDownload(longshore, { url: files.map(({ url }) => url).join('\n'), folder: stage.folder })
  await files[20]!.waitForRequest(1)
  const gone = once(longshore.app.process(), 'exit')
  if (how === 'SIGTERM') longshore.app.process().kill('SIGTERM')
  else {
    // Not a key of the page: what its driver presses there, the program does not see.
    await longshore.app
      .evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.sendInputEvent({
          type: 'keyDown',
          keyCode: 'q',
          modifiers: ['control'],
        }),
      )
      .catch(() => undefined)
  }
  expect(await gone).toEqual([0, null])
})

it('keeps awake while it downloads, and starts at login when asked to', async () => {
  const file = stage.server.file('/x.bin', { size: 20 * mebibyte, rate: mebibyte })
  const home = path.join(stage.root, 'config')
  const longshore = await stage.start({ env: { XDG_CONFIG_HOME: home } })
  await longshore.app.evaluate(({ powerSaveBlocker }) => {
    const kept = new Set<number>()
    Object.assign(globalThis, { kept })
    powerSaveBlocker.start = () => (kept.add(kept.size), kept.size - 1)
    powerSaveBlocker.stop = (id) => kept.delete(id)
  })
  const awake = () => longshore.app.evaluate(() => (globalThis as unknown as { kept: Set<number> }).kept.size)
  await addDownload(longshore, { url: file.url, folder: stage.folder })
  await eventually(awake).toBe(1)
  await set(longshore, { keepAwake: false })
  await eventually(awake).toBe(0)

  await set(longshore, { startAtLogin: true })
  const entry = path.join(home, 'autostart', 'longshore.desktop')
  expect(await readFile(entry, 'utf8')).toContain('"--hidden"')
  await set(longshore, { startAtLogin: false })
  expect(existsSync(entry)).toBe(false)
})

it('after sleep it reconnects at once, and goes on where it was', async () => {
  const file = stage.server.file('/x.bin', { size: 40 * mebibyte, rate: 2 * mebibyte })
  const longshore = await stage.start()
  await addDownload(longshore, { url: file.url, folder: stage.folder, connections: 1 })
  await file.waitForBytesSent(4 * mebibyte)
  const before = file.requests.length
  await longshore.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
  await expect.poll(() => file.requests.length).toBeGreaterThan(before)
  const range = file.requests.at(-1)?.headers['range']
  expect(Number(/^bytes=(\d+)-/.exec(String(range))?.[1])).toBeGreaterThan(mebibyte)
})

it('opens where it was', async () => {
  const first = await stage.start()
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 30, y: 40, width: 900, height: 600 }),
  )
  await first.close()
  const second = await stage.start()
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(bounds).toMatchObject({ width: 900, height: 600 })
})
