import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Stage } from './stage'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

it('settings are found by their words, take effect at once, and can be exported, reset and imported', async () => {
  const longshore = await stage.start()
  const { window, app } = longshore
  await window.getByRole('button', { name: 'Settings' }).click()
  const page = window.getByRole('dialog', { name: 'Settings' })
  const search = page.getByRole('searchbox', { name: 'Search settings' })

  await search.fill('tray closed')
  const tray = page.getByRole('checkbox', { name: 'Keep running in the tray when the window is closed' })
  await tray.click() // it is ticked when the setting is stored
  await expect.poll(() => tray.isChecked()).toBe(true)
  await expect.poll(() => page.getByRole('checkbox').count()).toBe(1)
  await search.fill('nothing like this')
  await page.getByText('No setting matches “nothing like this”.').waitFor()
  await search.fill('')
  await page.getByRole('navigation').getByRole('button', { name: 'Look and language' }).click()
  await page.getByText('Dark', { exact: true }).click()
  await expect.poll(() => window.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  const connections = page.getByRole('spinbutton', { name: 'Connections per download' })
  await connections.fill('7')
  await expect.poll(() => connections.inputValue()).toBe('7')
  const stored = () =>
    window.evaluate(async () => {
      const bridge = (globalThis as unknown as { longshore: { call(name: string): Promise<{ value: unknown }> } })
        .longshore
      return (await bridge.call('settings.get')).value
    })
  await expect.poll(stored).toMatchObject({ connections: 7, closeToTray: true, appearance: 'dark' })

  const file = path.join(stage.root, 'settings.json')
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen })
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false })
  }, file)
  await page.getByRole('button', { name: 'Export…' }).click()
  await window.getByText('Settings exported, without passwords').waitFor()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ settings: { connections: 7 } })
  await page.getByRole('button', { name: 'Reset…' }).click()
  await expect.poll(stored).toMatchObject({ connections: 16, closeToTray: false, appearance: 'system' })
  await page.getByRole('button', { name: 'Import…' }).click()
  await expect.poll(stored).toMatchObject({ connections: 7, closeToTray: true, appearance: 'dark' })
  await expect.poll(() => connections.inputValue()).toBe('7')
})
