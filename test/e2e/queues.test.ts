import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

const mebibyte = 1024 * 1024
let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

const openQueues = async ({ window }: Longshore) => {
  await window.getByRole('button', { name: 'Manage queues…' }).click()
  return window.getByRole('dialog', { name: 'Queues' })
}

describe('queues', () => {
  it('are made with days and times, hold what is in them, and start and stop by hand', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const dialog = await openQueues(longshore)
    await dialog.getByRole('button', { name: 'New queue' }).click()
    const form = dialog.getByRole('form', { name: 'Queue' })
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('Enter a name.').waitFor()
    await form.getByRole('textbox', { name: 'Queue name' }).fill('Night')
    await form.getByRole('spinbutton', { name: 'Downloads at a time' }).fill('2')
    await form.getByRole('combobox', { name: 'Runs' }).selectOption('At certain times only')
    const times = form.getByRole('group', { name: 'Times 1' })
    await times.getByRole('button', { name: 'Saturday' }).click()
    await form.getByText('on the next day').waitFor()
    await form.getByRole('combobox', { name: 'Time zone' }).selectOption('Pacific/Chatham')
    await form.getByRole('button', { name: 'Save' }).click()
    const night = dialog.getByRole('group', { name: 'Night' })
    await night.getByText(/^(Open|Closed) until/).waitFor()
    await night.getByRole('button', { name: 'Stop queue Night' }).click()
    await night.getByText('Stopped · nothing in it').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()

    const file = stage.server.file('/slow.bin', { size: 40 * mebibyte, rate: 4 * mebibyte })
    const add = await openForm(longshore, stage.folder)
    await add.getByRole('textbox', { name: 'URLs' }).fill(file.url)
    await add.getByRole('combobox', { name: 'Queue' }).selectOption('Night')
    await add.getByRole('button', { name: 'Add', exact: true }).click()
    await row(longshore, 'slow.bin').getByText('its queue is stopped').waitFor()
    await row(longshore, 'slow.bin').getByText('Waiting', { exact: true }).waitFor()

    await row(longshore, 'slow.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Move to queue' }).click()
    await window.getByRole('menuitem', { name: 'Default queue' }).click()
    await row(longshore, 'slow.bin').getByText('Downloading').waitFor()
    await longshore.kill9()

    const again = await stage.start()
    const list = await openQueues(again)
    await list.getByRole('group', { name: 'Night' }).getByText('Stopped').waitFor()
    await list.getByRole('button', { name: 'Start queue Night' }).click()
    const there = list.getByRole('group', { name: 'Night' })
    const remove = list.getByRole('button', { name: 'Remove queue Night' })
    await remove.click()
    await there.waitFor({ state: 'detached' })
    const messages = again.window.getByRole('log', { name: 'Messages' })
    await messages.getByRole('button', { name: 'Undo' }).click()
    await there.waitFor()
    await remove.click()
    await messages.getByText('“Night” removed').waitFor()
    await messages.getByText('“Night” removed').waitFor({ state: 'detached' })
    await list.getByRole('button', { name: 'Close' }).click()
    await again.window.getByRole('button', { name: 'Manage queues…' }).waitFor()
    expect(await again.window.getByRole('button', { name: 'Night' }).count()).toBe(0)
  })

  it('and single downloads have times of their own, and others wait for those that are wanted now', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    for (const name of ['a', 'b']) {
      const { url } = stage.server.file(`/${name}.bin`, { size: 40 * mebibyte, rate: 64 * 1024 })
      await addDownload(longshore, { url, folder: stage.folder })
    }
    await row(longshore, 'a.bin').getByText('Downloading').waitFor()
    await row(longshore, 'b.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Only these now' }).click()
    await row(longshore, 'a.bin').getByText('only others run now').waitFor()
    await row(longshore, 'b.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Let all others run again' }).click()
    await row(longshore, 'a.bin').getByText('Downloading').waitFor()
    await window.getByText('All downloads run again').waitFor()
    await row(longshore, 'b.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Only these now' }).click()
    // The window says so as long as it is so, and has the way out.
    const summary = window.getByRole('contentinfo')
    await summary.getByText('Only 1 chosen download runs now').waitFor()
    await summary.getByRole('button', { name: 'Let all others run again' }).click()
    await summary.getByText('Only 1 chosen download runs now').waitFor({ state: 'detached' })
    await row(longshore, 'a.bin').getByText('Downloading').waitFor()

    // Resume all means all: the mode ends with it.
    await row(longshore, 'b.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Only these now' }).click()
    await row(longshore, 'a.bin').getByText('only others run now').waitFor()
    await row(longshore, 'a.bin').getByRole('button', { name: 'Pause' }).click()
    await row(longshore, 'a.bin').getByText('Paused').waitFor()
    await window.getByRole('button', { name: 'Resume all' }).click()
    await row(longshore, 'a.bin').getByText('Downloading').waitFor()
    await row(longshore, 'a.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Start and stop times…' }).click()
    const dialog = window.getByRole('dialog', { name: 'Start and stop times' })
    await dialog.getByLabel('Start at').fill('2099-12-31T23:30')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row(longshore, 'a.bin')
      .getByText(/^starts at /)
      .waitFor()
    await row(longshore, 'b.bin').getByText('Downloading').waitFor()
    expect(await window.getByRole('dialog').count()).toBe(0)
    await row(longshore, 'a.bin').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Start now' }).click()
    await row(longshore, 'a.bin').getByText('Downloading').waitFor()
    await row(longshore, 'a.bin').getByText('ahead of its turn').waitFor()
  })
})
