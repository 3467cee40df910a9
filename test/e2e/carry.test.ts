import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../integration/rig'
import type { TestFile } from '../server'
import { launch, type Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

/** The system's dialogs, which no script can click, answer by themselves. */
async function answering({ app }: Longshore, file: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen })
  }, file)
}

async function fromMenu({ window }: Longshore, item: string): Promise<void> {
  await window.getByRole('button', { name: 'More', exact: true }).click()
  await window.getByRole('menuitem', { name: item }).click()
}

async function shot({ window }: Longshore, name: string): Promise<void> {
  if (process.env['SHOTS']) await window.screenshot({ path: `${process.env['SHOTS']}/${name}.png` })
}

/** Drops a file that lies on the disk onto the window. */
async function drop({ window }: Longshore, file: string): Promise<void> {
  await window.evaluate(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.id = 'dropped'
    document.body.append(input)
  })
  await window.setInputFiles('#dropped', file)
  await window.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#dropped')
    const dataTransfer = new DataTransfer()
    for (const each of input?.files ?? []) dataTransfer.items.add(each)
    input?.remove()
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })
}

describe('a user carries an unfinished download to another computer', () => {
  const bundle = () => path.join(stage.root, 'film.mkv.longshore')
  let file: TestFile

  /** Exported by its row's menu, while it runs. */
  async function exported(): Promise<void> {
    file = stage.server.file('/film.mkv', { size: 20 * mebibyte, stall: { after: 3 * mebibyte } })
    const here = await stage.start()
    await addDownload(here, { url: file.url, folder: stage.folder, connections: 4 })
    await file.waitForBytesSent(9 * mebibyte)
    await answering(here, bundle())
    await row(here, 'film.mkv').click({ button: 'right' })
    await here.window.getByRole('menuitem', { name: 'Export unfinished download…' }).click()
    await here.window.getByText(/Exported and paused here: film\.mkv\.longshore/).waitFor()
    await row(here, 'film.mkv').getByText('Paused').waitFor()
    await shot(here, 'exported')
    await here.close()
    file.release()
  }

  it('and goes on there: chosen from the menu', async () => {
    await exported()
    const there = await launch()
    try {
      await answering(there, bundle())
      await fromMenu(there, 'Import unfinished download…')
      const dialog = there.window.getByRole('dialog', { name: 'Import unfinished download' })
      await dialog.getByText(/of 20.* are there/).waitFor()
      const main = dialog.getByRole('button', { name: 'Import', exact: true })
      await expect.poll(() => main.evaluate((button) => button === document.activeElement)).toBe(true)
      await answering(there, stage.folder)
      await dialog.getByRole('button', { name: 'Choose folder…' }).click()
      await dialog.getByText(stage.folder).waitFor()
      await shot(there, 'import')
      await main.press('Enter')
      // The part of the first computer lies in the same folder; it is another one's.
      await row(there, 'film.mkv').getByText('Completed').waitFor()
      expect(await sha256(stage.path('film.mkv'))).toBe(file.sha256())
    } finally {
      await there.kill9()
    }
  })

  it('by a drop onto the window; an altered one is refused in plain words', async () => {
    await exported()
    const bytes = await readFile(bundle())
    bytes[bytes.length - 1000]! ^= 1
    const altered = path.join(stage.root, 'altered.longshore')
    await writeFile(altered, bytes)
    const there = await launch()
    try {
      await there.window.getByRole('button', { name: 'More', exact: true }).waitFor()
      await drop(there, altered)
      const dialog = there.window.getByRole('dialog', { name: 'Import unfinished download' })
      await answering(there, stage.folder)
      await dialog.getByRole('button', { name: 'Choose folder…' }).click()
      await dialog.getByRole('button', { name: 'Import', exact: true }).click()
      await dialog.getByText(/This bundle is damaged/).waitFor()
      await shot(there, 'import-refused')
      await dialog.getByRole('button', { name: 'Cancel' }).click()

      await drop(there, bundle())
      await dialog.getByRole('button', { name: 'Choose folder…' }).click()
      await dialog.getByText(stage.folder).waitFor()
      await dialog.getByRole('button', { name: 'Import', exact: true }).click()
      await row(there, 'film.mkv').getByText('Completed').waitFor()
      expect(await sha256(stage.path('film.mkv'))).toBe(file.sha256())
    } finally {
      await there.kill9()
    }
  })
})

it('a user opens a Metalink document and chooses from its files', async () => {
  const [one, two] = [
    stage.server.file('/one', { size: mebibyte }),
    stage.server.file('/two', { size: 2 * mebibyte }),
  ] as const
  const sha = createHash('sha256').update(one.bytes()).digest('hex')
  const document = path.join(stage.root, 'both.meta4')
  await writeFile(
    document,
    `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">
      <file name="one.bin"><size>${one.size}</size><hash type="sha-256">${sha}</hash><url>${one.url}</url></file>
      <file name="two.bin"><size>${two.size}</size><url>${two.url}</url></file></metalink>`,
  )
  const longshore = await stage.start()
  await longshore.window.getByRole('button', { name: 'More', exact: true }).waitFor()
  await drop(longshore, document)
  const dialog = longshore.window.getByRole('dialog', { name: 'Metalink document' })
  await dialog.getByText('It describes 2 files.').waitFor()
  await dialog.getByText('verified with SHA-256').waitFor()
  await answering(longshore, stage.folder)
  await dialog.getByRole('button', { name: 'Choose folder…' }).click()
  await dialog.getByText(stage.folder).waitFor()
  await shot(longshore, 'document')
  await dialog.getByRole('checkbox', { name: 'two.bin' }).uncheck({ force: true })
  await dialog.getByRole('button', { name: 'Add 1 file' }).click()
  await row(longshore, 'one.bin').getByText('Verified (SHA-256)').waitFor()
  expect(await sha256(stage.path('one.bin'))).toBe(one.sha256())
  expect(await row(longshore, 'two.bin').count()).toBe(0)
})

it('a user goes on with a partial file of another program', async () => {
  const file = stage.server.file('/disk.iso', { size: 12 * mebibyte })
  const partial = stage.path('Unconfirmed 12.crdownload')
  await writeFile(partial, file.bytes(0, 8 * mebibyte))
  const longshore = await stage.start()
  await answering(longshore, partial)
  await fromMenu(longshore, 'Go on with a partial file…')
  const dialog = longshore.window.getByRole('dialog', { name: 'Go on with a partial file' })
  await dialog.getByText(/Up to 16 samples/).waitFor()
  await shot(longshore, 'partial')
  await dialog.getByRole('textbox', { name: 'Address' }).fill(file.url)
  await dialog.getByRole('button', { name: 'Go on' }).click()
  await row(longshore, 'disk.iso').getByText('Completed').waitFor()
  expect(await sha256(stage.path('disk.iso'))).toBe(file.sha256())
  expect(file.bytesSent).toBeLessThan(file.size)
  await expect(stat(partial)).rejects.toThrow()
})
