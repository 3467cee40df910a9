import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Stage } from './stage'
import { addDownload, row } from './window'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

it('the history finds what was completed, exports the list, and forgets without deleting', async () => {
  const longshore = await stage.start()
  const { window, app } = longshore
  for (const name of ['tides.csv', 'quay.pdf']) {
    await addDownload(longshore, { url: stage.server.file(`/${name}`, { size: 1000 }).url, folder: stage.folder })
    await row(longshore, name).getByText('Completed').waitFor()
  }
  await window.getByRole('button', { name: 'History…' }).click()
  const dialog = window.getByRole('dialog', { name: 'History' })
  await dialog.getByText('tides.csv', { exact: true }).waitFor()
  await dialog.getByRole('textbox', { name: 'Search completed downloads' }).fill('QUAY')
  await dialog.getByText('tides.csv', { exact: true }).waitFor({ state: 'detached' })
  const target = stage.path('list.json')
  await app.evaluate(({ dialog: system }, file) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file })
    system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] })
  }, target)
  await dialog.getByRole('button', { name: 'Export list…' }).click()
  await window.getByText('2 downloads were written to the file').waitFor()
  await dialog.getByRole('button', { name: 'Remove quay.pdf from the list; the file stays' }).click()
  await dialog.getByText('quay.pdf', { exact: true }).waitFor({ state: 'detached' })
  await row(longshore, 'quay.pdf').waitFor({ state: 'detached' })
  expect((await readFile(stage.path('quay.pdf'))).length).toBe(1000)
  const more = (name: string) => dialog.getByRole('button', { name: `More for ${name}` }).click()
  await dialog.getByRole('textbox', { name: 'Search completed downloads' }).fill('')
  await more('tides.csv')
  await window.getByRole('menuitem', { name: 'Copy link' }).click()
  const copied = () => app.evaluate(({ clipboard }) => clipboard.readText())
  await expect.poll(copied).toMatch(/^http:.*\/tides\.csv$/)
  await dialog.getByRole('button', { name: 'Import list…' }).click()
  await window.getByText('Added: 1. In the list already: 1.').waitFor()
  await dialog.getByText('quay.pdf', { exact: true }).waitFor()
  await more('tides.csv')
  await window.getByRole('menuitem', { name: 'Download again…' }).click()
  const form = window.getByRole('dialog', { name: 'Add download' })
  await expect.poll(() => form.getByRole('textbox', { name: 'URLs' }).inputValue()).toBe(await copied())
})
