import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'
import { sha256 } from '../integration/rig'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

describe('a user', () => {
  it('sees why a download failed, and tries again', async () => {
    const file = stage.server.file('/report.pdf', { size: 1000, status: 404 })
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const failed = row(longshore, 'report.pdf')
    await failed.getByText('Failed').waitFor()
    await expect.poll(() => failed.textContent()).toMatch(/There is no such file on the server/)
    file.unset('status')
    await failed.getByRole('button', { name: 'Retry' }).click()
    await failed.getByText('Completed').waitFor()
    expect(await sha256(stage.path('report.pdf'))).toBe(file.sha256())
  })

  it('adds several addresses at once; a wrong one stays in the form and the others are added', async () => {
    const one = stage.server.file('/one.bin', { size: 10 })
    const two = stage.server.file('/two.bin', { size: 10 })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('textbox', { name: 'URLs' }).fill(`${one.url}\nnot an address\n${two.url}`)
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await expect.poll(() => form.getByRole('textbox', { name: 'URLs' }).getAttribute('aria-invalid')).toBe('true')
    expect(await form.getByRole('textbox', { name: 'URLs' }).inputValue()).toContain('not an address')
    await form.getByRole('textbox', { name: 'URLs' }).fill(`${one.url}\n${two.url}`)
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await row(longshore, 'one.bin').getByText('Completed').waitFor()
    await row(longshore, 'two.bin').getByText('Completed').waitFor()
  })

  it('gives name, checksum and password, and sees that the file is verified', async () => {
    const file = stage.server.file('/x', { size: mebibyte, basicAuth: { user: 'anna', password: 'geheim' } })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('textbox', { name: 'URLs' }).fill(file.url)
    await form.getByRole('textbox', { name: 'File name' }).fill('mine.bin')
    await form.getByRole('textbox', { name: 'User name' }).fill('anna')
    await form.getByRole('textbox', { name: 'Password' }).fill('geheim')
    await form.getByRole('textbox', { name: 'Checksum' }).fill(`sha-256=${file.sha256()}`)
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await row(longshore, 'mine.bin').getByText('Completed').waitFor()
    await row(longshore, 'mine.bin').getByText('Verified').first().waitFor()
  })

  it('is asked for credentials when they are missing', async () => {
    const file = stage.server.file('/x.bin', { size: 100, basicAuth: { user: 'anna', password: 'geheim' } })
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const failed = row(longshore, 'x.bin')
    await failed.getByText('Failed').waitFor()
    await failed.getByRole('button', { name: 'Enter credentials…' }).click()
    const dialog = longshore.window.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'User name' }).fill('anna')
    await dialog.getByRole('textbox', { name: 'Password' }).fill('geheim')
    await dialog.getByRole('textbox', { name: 'Password' }).press('Enter')
    await failed.getByText('Completed').waitFor()
  })

  it('gives an expired link a new one, and the download goes on', async () => {
    const old = stage.server.file('/old.bin', { size: 20 * mebibyte, rate: 2 * mebibyte })
    const longshore = await stage.start()
    await addDownload(longshore, { url: old.url, folder: stage.folder })
    const download = row(longshore, 'old.bin')
    await old.waitForBytesSent(3 * mebibyte)
    await download.getByRole('button', { name: 'Pause' }).click()
    await download.getByText('Paused').waitFor()
    old.set({ status: 403 })
    await download.getByRole('button', { name: 'Resume' }).click()
    await download.getByText('Failed').waitFor()

    const other = stage.server.file('/other.bin', { size: 20 * mebibyte, seed: 7 })
    const moved = stage.server.file('/moved.bin', { size: 20 * mebibyte })
    await download.getByRole('button', { name: 'New link…' }).click()
    const dialog = longshore.window.getByRole('dialog', { name: 'New link' })
    const link = dialog.getByRole('textbox', { name: 'Link' })
    // The old one is there, chosen: what is pasted takes its place.
    const chosen = (field: HTMLInputElement) => field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)
    expect(await link.evaluate(chosen)).toBe(old.url)
    await link.fill(other.url)
    await link.press('Enter')
    await expect.poll(() => link.getAttribute('aria-invalid')).toBe('true')
    await dialog.getByText('This link leads to another file').waitFor()
    await link.fill(moved.url)
    await link.press('Enter')
    await longshore.window.getByText('The new link fits: “old.bin” goes on').waitFor()
    await download.getByText('Completed').waitFor()
    await download.getByRole('button', { name: 'Details' }).click()
    const details = longshore.window.getByRole('region', { name: 'Details' })
    await details.getByRole('tab', { name: 'Log' }).click()
    await details.getByText(/^You gave a new link on .*: the same file is there; .* stay$/).waitFor()
    expect(await sha256(stage.path('old.bin'))).toBe(old.sha256())
    expect(moved.bytesSent).toBeLessThan(moved.size)
  })

  it('starts a download over, once it was said what that throws away', async () => {
    const file = stage.server.file('/over.bin', { size: 4 * 1024 * 1024, stall: { after: 1024 * 1024 } })
    const longshore = await stage.start()
    const { window } = longshore
    await addDownload(longshore, { url: file.url, folder: stage.folder, connections: 1 })
    const over = row(longshore, 'over.bin')
    await over.getByText(/^(\d{3} KiB|1\.00 MiB) of 4\.00 MiB$/).waitFor()
    await over.getByRole('button', { name: 'Pause' }).click()
    await over.getByText('Paused').waitFor()
    const ask = async () => {
      await over.click({ button: 'right' })
      await window.getByRole('menuitem', { name: 'Start over' }).click()
      const question = window.getByRole('alertdialog', { name: 'Start over?' })
      await question.getByText(/ of “over\.bin” are thrown away and fetched again\.$/).waitFor()
      return question
    }
    await (await ask()).getByRole('button', { name: 'Cancel' }).click()
    await over.getByText('Paused').waitFor()
    file.unset('stall')
    file.release()
    await (await ask()).getByRole('button', { name: 'Start over' }).click()
    await over.getByText('Completed').waitFor()
    expect(await sha256(stage.path('over.bin'))).toBe(file.sha256())
  })

  it('adds without starting, then starts all and pauses all', async () => {
    const file = stage.server.file('/x.bin', { size: 20 * mebibyte, rate: mebibyte })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('textbox', { name: 'URLs' }).fill(file.url)
    await form.getByRole('checkbox', { name: 'Start immediately' }).uncheck()
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await row(longshore, 'x.bin').getByText('Paused').waitFor()
    expect(file.requests).toHaveLength(0)
    await longshore.window.getByRole('button', { name: 'Resume all' }).click()
    await row(longshore, 'x.bin').getByText('Downloading').waitFor()
    await longshore.window.getByRole('button', { name: 'Pause all' }).click()
    await row(longshore, 'x.bin').getByText('Paused').waitFor()
    await stage.server.waitUntil(() => file.parallel === 0)
  })

  it('removes a completed download: the file stays unless it is asked for', async () => {
    const longshore = await stage.start()
    for (const [name, alsoFile] of [
      ['keep.bin', false],
      ['drop.bin', true],
    ] as const) {
      const file = stage.server.file(`/${name}`, { size: 1000 })
      await addDownload(longshore, { url: file.url, folder: stage.folder })
      await row(longshore, name).getByText('Completed').waitFor()
      await row(longshore, name).getByRole('button', { name: 'Remove' }).click()
      const dialog = longshore.window.getByRole('alertdialog', { name: 'Remove download?' })
      const box = dialog.getByRole('checkbox', { name: 'Also delete the file' })
      expect(await box.isChecked()).toBe(false)
      if (alsoFile) await box.check()
      await dialog.getByRole('button', { name: 'Remove' }).click()
      await row(longshore, name).waitFor({ state: 'detached' })
      await expect.poll(() => existsSync(stage.path(name))).toBe(!alsoFile)
    }
  })

  it('removes a running download, and its partial file goes with it', async () => {
    const file = stage.server.file('/x.bin', { size: 20 * mebibyte, rate: mebibyte })
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    await row(longshore, 'x.bin').getByText('Downloading').waitFor()
    await row(longshore, 'x.bin').getByRole('button', { name: 'Remove' }).click()
    const dialog = longshore.window.getByRole('alertdialog')
    await dialog.getByText('what is here of it goes too').waitFor()
    expect(await dialog.getByRole('checkbox').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await row(longshore, 'x.bin').waitFor({ state: 'detached' })
    // Not before the time to undo it is over.
    await expect.poll(() => readdir(stage.folder)).toEqual([])
  })

  it('opens a completed file and shows it in its folder', async () => {
    const file = stage.server.file('/notes.txt', { size: 10 })
    const longshore = await stage.start()
    await longshore.app.evaluate(({ shell }) => {
      const opened: string[] = []
      Object.assign(globalThis, { opened })
      shell.openPath = (file) => (opened.push(`open ${file}`), Promise.resolve(''))
      shell.showItemInFolder = (file) => void opened.push(`show ${file}`)
    })
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    await row(longshore, 'notes.txt').getByRole('button', { name: 'Open' }).click()
    await row(longshore, 'notes.txt').getByRole('button', { name: 'Show in folder' }).click()
    const wanted = [`open ${stage.path('notes.txt')}`, `show ${stage.path('notes.txt')}`]
    await expect
      .poll(() => longshore.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened))
      .toEqual(wanted)
  })

  it('changes settings, which hold after a restart', async () => {
    const first = await stage.start()
    await first.window.getByRole('button', { name: 'Settings' }).click()
    await first.window.getByRole('dialog').getByText('Dark', { exact: true }).click()
    await expect.poll(() => first.app.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(true)
    await first.window.getByRole('spinbutton', { name: 'Limit speed' }).fill('500')
    await first.window.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
    await first.close()
    const second = await stage.start()
    await expect.poll(() => second.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
    await second.window.getByRole('button', { name: 'Settings' }).click()
    await expect.poll(() => second.window.getByRole('spinbutton', { name: 'Limit speed' }).inputValue()).toBe('500')
  })

  it('59: starts it a second time with an address: the first one takes it', async () => {
    const file = stage.server.file('/second.bin', { size: 10 })
    const longshore = await stage.start()
    await longshore.app.evaluate(({ app }, folder) => app.setPath('downloads', folder), stage.folder)
    const electron = inject('electron')
    const child = spawn(electron.path, [...electron.args, root, `--user-data-dir=${stage.userData}`, file.url], {
      env: process.env,
      stdio: 'ignore',
    })
    await once(child, 'exit')
    await row(longshore, 'second.bin').getByText('Completed').waitFor()
    expect(await sha256(stage.path('second.bin'))).toBe(file.sha256())
  })

  it('79: has a damaged list of downloads: is told, and nothing is overwritten', async () => {
    const first = await stage.start()
    await first.close()
    const database = path.join(stage.userData, 'longshore.db')
    await writeFile(database, 'this is not a database, it is a letter'.repeat(300))
    const electron = inject('electron')
    const child = spawn(electron.path, [...electron.args, root, `--user-data-dir=${stage.userData}`], {
      env: process.env,
      stdio: 'ignore',
    })
    const exited = once(child, 'exit')
    const log = path.join(stage.userData, 'logs', 'longshore.log')
    await expect.poll(() => existsSync(log)).toBe(true)
    child.kill()
    await exited
    expect(await sha256(database)).toBe(await sha256Of('this is not a database, it is a letter'.repeat(300)))
  })
})

async function sha256Of(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Buffer.from(bytes).toString('hex')
}
