import { afterEach, beforeEach, expect, it } from 'vitest'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

it('the keyboard: into the settings’ search and out of it, on to what was added, and told what is not possible', async () => {
  const [first, second] = [stage.server.file('/a.bin', { size: 1000 }), stage.server.file('/b.bin', { size: 1000 })]
  const longshore = await stage.start()
  const { window } = longshore
  const focused = () => window.evaluate(() => document.activeElement?.getAttribute('aria-label'))

  await window.getByRole('button', { name: 'Add download', exact: true }).waitFor()
  await window.keyboard.press('Control+,')
  const settings = window.getByRole('dialog', { name: 'Settings' })
  const search = settings.getByRole('searchbox')
  await expect.poll(() => search.evaluate((field) => field === document.activeElement)).toBe(true)
  await window.keyboard.type('host')
  expect(await search.inputValue()).toBe('host')
  await settings.getByText('Connections per server').waitFor()
  await window.keyboard.press('Escape')
  expect(await search.inputValue()).toBe('')
  await window.keyboard.press('Escape')
  await settings.waitFor({ state: 'detached' })

  await addDownload(longshore, { url: first.url, folder: stage.folder })
  await row(longshore, 'a.bin').getByText('Completed').waitFor()
  const form = await openForm(longshore, stage.folder)
  await form.getByRole('textbox', { name: 'URLs' }).fill(second.url)
  await window.keyboard.press('Control+Enter')
  await row(longshore, 'b.bin').getByText('Completed').waitFor()
  await expect.poll(focused).toBe('b.bin')
  expect(await row(longshore, 'b.bin').getAttribute('aria-selected')).toBe('true')

  const said = window.getByRole('log')
  for (const [key, words] of [
    ['p', 'Pause: not possible now'],
    ['e', 'New link: not possible now'],
    ['F2', 'Edit: not possible now'],
  ] as const) {
    await window.keyboard.press(key)
    // It is no good news, and does not look like it.
    await said.locator('[data-tone=info]').getByText(words).waitFor()
  }

  const then = window.getByRole('combobox', { name: 'When everything is done' })
  await then.selectOption('quit')
  await window.getByText('when all is done: quit').waitFor()
})
