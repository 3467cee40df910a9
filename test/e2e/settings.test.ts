import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ask } from './bridge'
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
  // It stays the current one when the page moves by itself, until the user scrolls.
  const current = page.getByRole('navigation').locator('[aria-current=true]')
  const box = page.locator('.settings-page')
  await box.evaluate((scrolled) => {
    scrolled.scrollTop = 0
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  })
  expect(await current.textContent()).toBe('Look and language')
  await box.hover()
  await window.mouse.wheel(0, 1)
  await expect.poll(() => current.textContent()).toBe('General')
  await page.getByText('Dark', { exact: true }).click()
  await expect.poll(() => window.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  const connections = page.getByRole('spinbutton', { name: 'Connections per download' })
  await connections.fill('7')
  await expect.poll(() => connections.inputValue()).toBe('7')
  const stored = () => ask(window, 'settings.get', undefined)
  await expect.poll(stored).toMatchObject({ connections: 7, closeToTray: true, appearance: 'dark' })

  const file = path.join(stage.root, 'settings.json')
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen })
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false })
  }, file)
  await page.getByRole('button', { name: 'Export…' }).click()
  await window.getByText('Settings exported, without passwords').waitFor()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ rules: [] })
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ settings: { connections: 7 } })
  await page.getByRole('button', { name: 'Reset…' }).click()
  await expect.poll(stored).toMatchObject({ connections: 16, closeToTray: false, appearance: 'system' })
  await page.getByRole('button', { name: 'Import…' }).click()
  await expect.poll(stored).toMatchObject({ connections: 7, closeToTray: true, appearance: 'dark' })
  await expect.poll(() => connections.inputValue()).toBe('7')
})

it('a category sorts the list, and its files go to its folder', async () => {
  const longshore = await stage.start()
  const { window, app } = longshore
  const films = path.join(stage.root, 'films')
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
  }, films)
  await window.getByRole('button', { name: 'Settings' }).click()
  const page = window.getByRole('dialog', { name: 'Settings' })
  await page.getByRole('button', { name: 'Add category…' }).click()
  const form = page.getByRole('form', { name: 'Category' })
  await form.getByRole('textbox', { name: 'Category name' }).fill('Lectures')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Enter file extensions, servers, or both.').waitFor()
  await form.getByRole('textbox', { name: 'File extensions' }).fill('.MP4')
  await form.getByRole('textbox', { name: 'Servers' }).fill('127.0.0.1')
  await form.getByRole('button', { name: 'Choose folder…' }).click()
  await form.getByText(films).waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('group', { name: 'Lectures' }).waitFor()
  await window.keyboard.press('Escape')

  const film = stage.server.file('/first.mp4', { size: 1000 })
  await window.getByRole('button', { name: 'Add download', exact: true }).click()
  const add = window.getByRole('dialog', { name: 'Add download' })
  await add.getByRole('textbox', { name: 'URLs' }).fill(film.url)
  await add.getByRole('group', { name: 'Save to' }).getByText(films).waitFor()
  await add.getByText(/^Lectures · /).waitFor()
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  await window.getByRole('row', { name: 'first.mp4' }).getByText('Completed').waitFor()
  expect((await readFile(path.join(films, 'first.mp4'))).length).toBe(1000)
  const filter = window.getByRole('navigation', { name: 'Filters' }).getByRole('button', { name: /^Lectures/ })
  await filter.click()
  await window.getByRole('row', { name: 'first.mp4' }).waitFor()

  // By hand, whatever the rules say: with its folder in the form, and later from the menu, completed or not.
  await window.getByRole('button', { name: 'Add download', exact: true }).click()
  await add.getByRole('textbox', { name: 'URLs' }).fill(stage.server.file('/notes.pdf', { size: 500 }).url)
  await add.getByRole('combobox', { name: 'Category' }).selectOption('Lectures')
  await add.getByRole('group', { name: 'Save to' }).getByText(films).waitFor()
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  const notes = window.getByRole('row', { name: 'notes.pdf' })
  await notes.getByText('Completed').waitFor()
  expect((await readFile(path.join(films, 'notes.pdf'))).length).toBe(500)
  await window.getByRole('button', { name: /^Lectures ?2$/ }).waitFor()
  await notes.click({ button: 'right' })
  await window.getByRole('menuitem', { name: 'Category' }).click()
  await window.getByRole('menuitem', { name: 'By name and server' }).click()
  await window.getByRole('button', { name: /^Lectures ?1$/ }).waitFor()
  await window.getByRole('button', { name: /^Documents ?1$/ }).waitFor()

  await window.getByRole('button', { name: 'Settings' }).click()
  const order = () => page.locator('.record .record-name').allTextContents()
  const down = page.getByRole('button', { name: 'Move Lectures down' })
  await down.focus()
  await down.press('Enter')
  await expect.poll(async () => (await order()).slice(0, 2)).toEqual(['Documents', 'Lectures'])
  expect(await down.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: 'Remove Lectures' }).click()
  await page.getByRole('group', { name: 'Lectures' }).waitFor({ state: 'detached' })
  await window.keyboard.press('Escape')
  await window.getByRole('button', { name: 'Videos' }).click()
  await window.getByRole('row', { name: 'first.mp4' }).waitFor()
})

it('what is being typed in a form of the settings is not lost by closing them', async () => {
  const { window } = await stage.start()
  const page = window.getByRole('dialog', { name: 'Settings' })
  const question = window.getByRole('alertdialog', { name: 'Discard what you typed?' })
  const forms = [
    { add: 'Add rule…', form: 'Rule for servers', field: 'Servers' },
    { add: 'Add account…', form: 'Cloud account', field: 'Name' },
    { add: 'Add category…', form: 'Category', field: 'Category name' },
  ]
  for (const { add, form: name, field } of forms) {
    await window.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: add }).click()
    const form = page.getByRole('form', { name })
    const box = form.getByRole('textbox', { name: field })
    await box.fill('half typed')
    await window.keyboard.press('Escape')
    await question.getByText(`“${name}” has changes that are not saved.`).waitFor()
    // As the question itself goes with Escape, so does what it guards.
    await window.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    expect(await box.inputValue()).toBe('half typed')

    await page.getByRole('button', { name: 'Done' }).click()
    await question.getByRole('button', { name: 'Keep editing' }).click()
    expect(await box.inputValue()).toBe('half typed')
    await expect.poll(() => form.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.getByRole('button', { name: 'Done' }).click()
    await question.getByRole('button', { name: 'Discard' }).click()
    await page.waitFor({ state: 'detached' })
  }
  // A form in which nothing was typed is no reason to ask.
  await window.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Edit Videos' }).click()
  await page.getByRole('form', { name: 'Category' }).waitFor()
  await window.keyboard.press('Escape')
  await page.waitFor({ state: 'detached' })
})

it('what is removed from a list of the settings can be brought back', async () => {
  const { window } = await stage.start()
  await window.getByRole('button', { name: 'Settings' }).click()
  const page = window.getByRole('dialog', { name: 'Settings' })
  const videos = page.getByRole('group', { name: 'Videos' })
  await page.getByRole('button', { name: 'Remove Videos' }).click()
  await videos.waitFor({ state: 'detached' })
  const undo = window.getByRole('log', { name: 'Messages' }).getByRole('button', { name: 'Undo' })
  // The dialog gives way to the message below it.
  const bottom = async () => (await page.boundingBox().then((box) => box && box.y + box.height)) ?? Infinity
  const top = async () => (await window.locator('.toast').boundingBox())?.y ?? 0
  await expect.poll(async () => (await bottom()) <= (await top())).toBe(true)
  await undo.click()
  await videos.waitFor()
  await page.getByRole('button', { name: 'Remove Videos' }).click()
  // Closing the settings is no way to undo it.
  await window.keyboard.press('Escape')
  await window.getByRole('log', { name: 'Messages' }).getByText('“Videos” removed').waitFor({ state: 'detached' })
  await window.getByRole('button', { name: 'Settings' }).click()
  await page
    .getByRole('group', { name: 'Music' })
    .or(page.getByRole('group', { name: 'Documents' }))
    .first()
    .waitFor()
  expect(await videos.count()).toBe(0)
})
