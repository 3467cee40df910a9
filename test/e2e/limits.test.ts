import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '../integration/processes'
import { sha256 } from '../integration/rig'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

/** A command for the application of the stage, with `--json`. */
async function command(...args: string[]) {
  await using process = runCli([...args, '--json', '--user-data-dir', stage.userData])
  const { code, stdout } = await process.ended
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('the running application', () => {
  it('does what commands say, and shows it', async () => {
    const file = stage.server.file('/data.bin', { size: 8 * mebibyte, rate: mebibyte })
    const longshore = await stage.start()
    const { window } = longshore
    const added = await command('add', file.url, '-d', stage.folder, '-o', 'from-outside.bin', '--limit-rate', '512K')
    expect(added).toMatchObject({ code: 0, lines: [{ event: 'added', id: 1 }] })
    const shown = row(longshore, 'from-outside.bin')
    await shown.getByText('Downloading').waitFor()
    await shown.getByText('at most 512').waitFor()
    await command('pause', '1')
    await shown.getByText('Paused').waitFor()

    const slow = window.getByRole('button', { name: 'Slow mode' })
    expect(await slow.getAttribute('aria-pressed')).toBe('false')
    await command('slow', 'on')
    await expect.poll(() => slow.getAttribute('aria-pressed')).toBe('true')
    await slow.click()
    await expect.poll(async () => (await command('slow')).lines[0]?.['slow']).toBe(false)

    await command('limit', '--id', '1', 'none')
    file.set({ rate: 100 * mebibyte })
    await command('resume', '1')
    await shown.getByText('Completed').waitFor()
    expect(await sha256(stage.path('from-outside.bin'))).toBe(file.sha256())
    // It ends with its window, and leaves the profile to others then.
    await using stop = runCli(['daemon', '--stop', '--user-data-dir', stage.userData])
    expect(await stop.ended).toMatchObject({ code: 9 })
    await using other = runCli(['daemon', '--user-data-dir', stage.userData])
    expect(await other.ended).toMatchObject({ code: 9 })
  })

  it('is slow at times of several weekdays, as the settings say', async () => {
    const { window } = await stage.start()
    await window.getByRole('button', { name: 'Settings' }).click()
    const page = window.getByRole('dialog', { name: 'Settings' })
    await page.getByRole('checkbox', { name: 'Slow mode at certain hours' }).click()
    const hours = async () => (await command('slow')).lines[0]?.['slowHours']
    const daily = { days: [1, 2, 3, 4, 5, 6, 7], from: 9 * 60, to: 17 * 60 }
    await expect.poll(hours).toEqual({ zone: null, windows: [daily] })
    await page.getByRole('button', { name: 'Add times' }).click()
    const second = page.getByRole('group', { name: 'Times 2' })
    for (const day of ['Monday', 'Tuesday']) await second.getByRole('button', { name: day }).click()
    await second.getByLabel('From').fill('20:15')
    const evening = { days: [3, 4, 5], from: 20 * 60 + 15, to: 6 * 60 }
    await expect.poll(hours).toEqual({ zone: null, windows: [daily, evening] })
    if (process.env['LONGSHORE_SHOW'] !== undefined) await window.screenshot({ path: process.env['LONGSHORE_SHOW'] })
    // What is no schedule is said, and not saved.
    for (const day of ['Wednesday', 'Thursday', 'Friday']) await second.getByRole('button', { name: day }).click()
    await page.getByText('Choose a day for times 2.').waitFor()
    await page.getByRole('button', { name: 'Remove times 2' }).click()
    await expect.poll(hours).toEqual({ zone: null, windows: [daily] })
    await page.getByRole('checkbox', { name: 'Slow mode at certain hours' }).click()
    await expect.poll(hours).toBe(null)
  })

  it('limits a download from its menu, and a host by a rule', async () => {
    const file = stage.server.file('/data.bin', { size: 64 * mebibyte })
    const longshore = await stage.start()
    const { window } = longshore
    await window.getByRole('button', { name: 'Settings' }).click()
    const page = window.getByRole('dialog', { name: 'Settings' })
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('per-host')
    await page.getByRole('button', { name: 'Add rule…' }).click()
    const form = page.getByRole('form', { name: 'Rule for servers' })
    await form.getByRole('textbox', { name: 'Servers' }).fill('no host')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('Enter a server, *.domain, or server:port.').waitFor()
    const { host } = new URL(file.url)
    await form.getByRole('textbox', { name: 'Servers' }).fill(host)
    await form.getByRole('textbox', { name: 'Connections per server' }).fill('2')
    await form.getByRole('textbox', { name: 'Speed limit' }).fill('1M')
    await form.getByRole('textbox', { name: 'Headers' }).fill('X-Rule: yes')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('group', { name: host }).getByText('2 connections').waitFor()
    await page.getByRole('button', { name: `Edit ${host}` }).click()
    await form.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Done' }).click()

    // What is wrong gets the focus, though it stands below the edge.
    const adding = await openForm(longshore, stage.folder)
    await adding.getByRole('textbox', { name: 'URLs' }).fill(stage.server.file('/slow.bin', { size: 10 }).url)
    await adding.getByRole('button', { name: 'Advanced' }).click()
    const limit = adding.getByRole('textbox', { name: 'Speed limit' })
    await limit.fill('fast')
    await adding.getByRole('textbox', { name: 'URLs' }).press('Control+Enter')
    await expect.poll(() => limit.evaluate((field) => field === document.activeElement)).toBe(true)
    await limit.fill('200 KB/s')
    await adding.getByText('= 200 KiB/s').waitFor()
    await limit.press('Control+Enter')
    await adding.waitFor({ state: 'detached' })

    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const shown = row(longshore, 'data.bin')
    await shown.getByText('Downloading').waitFor()
    await file.waitForBytesSent(1)
    expect(file.requests[0]?.headers['x-rule']).toBe('yes')

    await shown.click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Limit…' }).click()
    const dialog = window.getByRole('dialog', { name: 'Speed limit' })
    await dialog.getByRole('textbox', { name: 'Speed limit' }).fill('fast')
    await dialog.getByRole('button', { name: 'Set limit' }).click()
    await dialog.getByText('A speed is like 200K').waitFor()
    await dialog.getByRole('textbox', { name: 'Speed limit' }).fill('256K')
    await dialog.getByRole('button', { name: 'Set limit' }).click()
    await shown.getByText('at most 256').waitFor()
    await shown.click()
    await window.keyboard.press('i')
    await window.getByRole('region', { name: 'Details' }).getByText('A speed limit holds it back').waitFor()
    expect(file.peakParallel).toBeLessThanOrEqual(2)
    // A limit is there while it waits, too.
    await shown.getByRole('button', { name: 'Pause' }).click()
    await shown.getByText('Paused').waitFor()
    await shown.getByText('at most 256').waitFor()
  })
})
