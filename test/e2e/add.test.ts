import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Locator } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

const copy = ({ app }: Longshore, text: string) =>
  app.evaluate(async ({ clipboard }, copied) => {
    await clipboard.writeText(copied)
  }, text)
const urls = (form: Locator) => form.getByRole('textbox', { name: 'URLs' })
const openHere = async ({ window }: Longshore) => {
  await window.getByRole('button', { name: 'Add download', exact: true }).click()
  return window.getByRole('dialog', { name: 'Add download' })
}

describe('the form says', () => {
  it('what an address leads to, how much room there is, and where files went before', async () => {
    const file = stage.server.file('/get', {
      size: 3 * 1024 * 1024,
      headers: { 'Content-Disposition': 'attachment; filename="tides.pdf"' },
    })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await urls(form).fill(file.url)
    await form.getByText('3.00 MiB · goes on after a break').waitFor()
    await form.getByPlaceholder('tides.pdf').waitFor()
    await form.getByText(/^[\d.,]+ [KMGTP]?i?B free$/).waitFor()
    expect(file.requests.map(({ method }) => method)).toEqual(['HEAD'])
    await urls(form).fill(stage.server.file('/gone.zip', { size: 1, status: 404 }).url)
    await form.getByText('The server says: There is no such file on the server').waitFor()
    await urls(form).fill(file.url)
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await row(longshore, 'tides.pdf').getByText('Completed').waitFor()

    const again = await openHere(longshore)
    await again.getByRole('button', { name: 'Recent folders' }).click()
    await longshore.window.getByRole('menuitem', { name: stage.folder }).click()
    await again.getByRole('group', { name: 'Save to' }).getByText(stage.folder).waitFor()
  })
})

it('the folder can be typed; what is no place to save in is said at once', async () => {
  const longshore = await stage.start()
  const file = stage.server.file('/typed.bin', { size: 1000 })
  const form = await openHere(longshore)
  await urls(form).fill(file.url)
  const place = form.getByRole('group', { name: 'Save to' })
  const type = place.getByRole('button', { name: 'Type the folder' })
  const box = place.getByRole('textbox', { name: 'Folder' })
  await type.click()
  await box.fill('downloads')
  await place.getByText('Enter the whole path').waitFor()
  await box.fill('/proc/self/cwd')
  await place.getByText('This place belongs to the system.').waitFor()
  if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/typed-wrong.png` })
  // What is wrong is not added to another folder.
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  expect(await box.getAttribute('aria-invalid')).toBe('true')
  await box.press('Escape')
  await box.waitFor({ state: 'detached' })

  const made = path.join(stage.folder, 'new', 'one')
  await type.click()
  await box.fill(made)
  await place.getByText(/^will be made when something is saved there · .* free$/).waitFor()
  expect(existsSync(made)).toBe(false)
  if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/typed.png` })
  // As it stands, without leaving the field.
  await box.press('Control+Enter')
  await row(longshore, 'typed.bin').getByText('Completed').waitFor()
  expect((await readFile(path.join(made, 'typed.bin'))).length).toBe(1000)
})

describe('an address that is in the list already', () => {
  it('is offered four ways', async () => {
    const file = stage.server.file('/tides.csv', { size: 4000 })
    const longshore = await stage.start()
    const { window } = longshore
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    await row(longshore, 'tides.csv').getByText('Completed').waitFor()
    const bytes = await readFile(stage.path('tides.csv'))
    const again = async (choice: string | null) => {
      const form = await openForm(longshore, stage.folder)
      await urls(form).fill(file.url)
      await form.getByText('“tides.csv” is in the list already').waitFor()
      if (choice !== null) await form.getByText(choice, { exact: true }).click()
      await form.getByRole('button', { name: 'Add', exact: true }).click()
      await form.waitFor({ state: 'detached' })
    }
    const rows = () => window.getByRole('grid', { name: 'Downloads' }).locator('.row').count()
    await again('Skip it')
    expect(await rows()).toBe(1)
    await again('Go to the one in the list')
    await expect.poll(() => row(longshore, 'tides.csv').getAttribute('aria-selected')).toBe('true')
    expect(await rows()).toBe(1)
    await writeFile(stage.path('tides.csv'), 'spoiled')
    await again('Replace it: begin again from the start')
    await expect.poll(() => readFile(stage.path('tides.csv')).then((now) => now.equals(bytes))).toBe(true)
    await expect.poll(rows).toBe(1)
    await again(null)
    await row(longshore, 'tides (1).csv').getByText('Completed').waitFor()
    expect(await rows()).toBe(2)
  })
})

describe('what was said of a download', () => {
  it('can be changed later: address, mirrors, checksum, connections, credentials', async () => {
    const gone = stage.server.file('/minutes.pdf', { size: 3000, status: 404 })
    const good = stage.server.file('/new/minutes.pdf', {
      size: 3000,
      requiredHeader: { name: 'x-token', value: 'geheim' },
    })
    const mirror = stage.server.file('/mirror/minutes.pdf', { size: 3000 })
    const longshore = await stage.start()
    const { window } = longshore
    await addDownload(longshore, { url: gone.url, folder: stage.folder })
    await row(longshore, 'minutes.pdf').getByText('Failed').waitFor()
    const open = async () => {
      await row(longshore, 'minutes.pdf').click()
      await window.keyboard.press('F2')
      return window.getByRole('dialog', { name: 'Edit download' })
    }
    let form = await open()
    await form.getByRole('textbox', { name: 'Mirrors' }).fill(mirror.url)
    await form.getByRole('textbox', { name: 'Checksum' }).fill('sha-256=abc')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('A sha-256 checksum has 64 digits, this one has 3.').waitFor()
    await form.getByRole('textbox', { name: 'Checksum' }).fill(`sha-256=${good.sha256()}`)
    await form.getByRole('spinbutton', { name: 'Connections' }).fill('3')
    await form.getByRole('textbox', { name: 'Headers' }).fill('X-Token: geheim')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await row(longshore, 'minutes.pdf').getByText('Failed').waitFor()

    form = await open()
    expect(await form.getByRole('textbox', { name: 'Mirrors' }).inputValue()).toBe(mirror.url)
    expect(await form.getByRole('spinbutton', { name: 'Connections' }).inputValue()).toBe('3')
    expect(await form.getByRole('textbox', { name: 'Headers' }).count()).toBe(0)
    await form.getByRole('textbox', { name: 'Mirrors' }).fill('')
    await form.getByRole('textbox', { name: 'Download address' }).fill(good.url)
    await form.getByRole('button', { name: 'Save' }).click()
    await row(longshore, 'minutes.pdf').getByText('Verified (SHA-256)').waitFor()
    expect(mirror.requests).toEqual([])
  })
})

describe('the form takes', () => {
  it('links from the clipboard when it opens, and no other text', async () => {
    const longshore = await stage.start()
    await copy(longshore, 'https://a.example/1\nhttps://a.example/2')
    const form = await openHere(longshore)
    await expect.poll(() => urls(form).inputValue()).toBe('https://a.example/1\nhttps://a.example/2')
    await form.getByRole('button', { name: 'Cancel' }).click()
    await copy(longshore, 'my secret, and https://a.example/1')
    const read = await longshore.window.evaluate(() => window.longshore.call('clipboard.links', undefined))
    expect(read).toEqual({ ok: true, value: '' })
  })

  it('a cURL command, with everything that it says', async () => {
    const file = stage.server.file('/report.pdf', { size: 5000 })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await copy(longshore, `curl '${file.url}' \\\n  -H 'x-token: geheim' \\\n  -b 'sid=1' -k --compressed`)
    await urls(form).press('ControlOrMeta+v')
    await expect.poll(() => urls(form).inputValue()).toBe(file.url)
    await form.getByText('Left out: --insecure.').waitFor()
    expect(await form.getByRole('textbox', { name: 'Headers' }).inputValue()).toBe('x-token: geheim')
    expect(await form.getByRole('textbox', { name: 'Cookies' }).inputValue()).toBe('sid=1')
    await urls(form).press('ControlOrMeta+Enter')
    await row(longshore, 'report.pdf').getByText('Completed').waitFor()
    const fetched = file.requests.filter(({ method }) => method === 'GET')
    expect(fetched[0]?.headers).toMatchObject({ 'x-token': 'geheim', cookie: 'sid=1' })
    // Asking beforehand what the address leads to is no reason to show who one is.
    for (const { method, headers } of file.requests) if (method === 'HEAD') expect(headers).not.toHaveProperty('cookie')

    const again = await openForm(longshore, stage.folder)
    await copy(longshore, `curl ${file.url} --data-raw 'a=b'`)
    await urls(again).press('ControlOrMeta+v')
    await again.getByText('This command sends data to the server (--data-raw).').waitFor()
    expect(await urls(again).inputValue()).toBe('')
  })

  it('the links out of a text', async () => {
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await copy(longshore, 'Slides are at https://a.example/slides.pdf, notes (https://a.example/n.txt).')
    await urls(form).press('ControlOrMeta+v')
    await form.getByText('2 links found in the text.').waitFor()
    expect(await urls(form).inputValue()).toBe('https://a.example/slides.pdf\nhttps://a.example/n.txt')
  })

  it('a range for as many addresses as it says', async () => {
    for (const n of ['08', '09', '10']) stage.server.file(`/img${n}.bin`, { size: 10 })
    const longshore = await stage.start()
    const form = await openForm(longshore, stage.folder)
    await urls(form).fill(stage.server.url('/img[08-10].bin'))
    await form.getByText(/^3 addresses, from .*img08\.bin to .*img10\.bin$/).waitFor()
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    for (const n of ['08', '09', '10']) await row(longshore, `img${n}.bin`).getByText('Completed').waitFor()
    await longshore.window.getByText('3 added').waitFor()
  })

  it('links and files that are dropped on the window', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const drop = (content: { text?: string; file?: string }) =>
      window.evaluate(({ text, file }) => {
        const dataTransfer = new DataTransfer()
        if (text !== undefined) dataTransfer.setData('text/plain', text)
        if (file !== undefined) dataTransfer.items.add(new File([file], 'links.txt', { type: 'text/plain' }))
        for (const type of ['dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
        }
      }, content)
    await window.getByRole('button', { name: 'Add download' }).waitFor()
    await drop({ text: 'https://a.example/1' })
    const form = window.getByRole('dialog', { name: 'Add download' })
    await expect.poll(() => urls(form).inputValue()).toBe('https://a.example/1')
    await drop({ file: '# mine\nhttps://a.example/2 second\nhttps://a.example/3\n' })
    const all = ['1', '2', '3'].map((n) => `https://a.example/${n}`).join('\n')
    await expect.poll(() => urls(form).inputValue()).toBe(all)
  })
})
