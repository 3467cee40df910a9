import { open } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../integration/rig'
import { Stage } from './stage'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

describe('a user', () => {
  it('verifies a finished file, sees that it is damaged, and repairs it', async () => {
    const file = stage.server.file('/big.bin', { size: 18 * mebibyte, digests: ['repr-digest'] })
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const big = row(longshore, 'big.bin')
    await big.getByText('Verified (SHA-256 of the server)').waitFor()
    await big.getByRole('button', { name: 'Verify' }).click()
    await longshore.window.getByText('Verified (SHA-256 of the server)').nth(1).waitFor() // the message

    const bytes = await open(stage.path('big.bin'), 'r+')
    await bytes.write(Buffer.alloc(100), 0, 100, 9 * mebibyte)
    await bytes.close()
    await big.getByRole('button', { name: 'Verify' }).click()
    await big.getByText('Damaged').waitFor()
    const messages = longshore.window.getByRole('log', { name: 'Messages' })
    await messages.getByText('“big.bin” is damaged').waitFor()
    await messages.getByText('1 block of 4 MiB has a difference in it. “Repair” fetches 4.00 MiB again.').waitFor()
    await big.getByRole('button', { name: 'Details' }).click()
    const details = longshore.window.getByRole('region', { name: 'Details' })
    await details
      .getByRole('img', { name: '1 block of 4 MiB has a difference in it; the rest of the file is right.' })
      .waitFor()
    if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/damaged.png` })

    // A server that holds back the bytes shows how the repair goes.
    file.set({ stall: { after: mebibyte } })
    const sent = file.bytesSent
    await big.getByRole('button', { name: 'Repair' }).click()
    await big.getByText('fetching damaged blocks…').waitFor()
    await big.getByText(/^(\d\.\d+ MiB|\d+ KiB) of 4\.00 MiB$/).waitFor()
    await details.getByRole('progressbar', { name: 'fetching damaged blocks…' }).waitFor()
    expect(await messages.getByText('“big.bin” is damaged').count()).toBe(0)
    if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/repairing.png` })
    await details.getByRole('button', { name: 'Stop' }).click()
    await messages.getByText('It was stopped').waitFor()
    file.unset('stall')
    file.release()
    const stopped = file.bytesSent - sent

    await big.getByRole('button', { name: 'Repair' }).click()
    await longshore.window.getByText(/Repaired: .* were fetched again/).waitFor()
    await big.getByText('Verified (SHA-256 of the server)').waitFor()
    expect(await messages.getByText('is damaged').count()).toBe(0)
    await details.getByRole('tab', { name: 'Log' }).click()
    const log = details.getByRole('table', { name: 'Log' })
    await log.getByText('You asked to verify the file on the disk').first().waitFor()
    await log.getByText('Found 1 damaged block of 4 MiB, 4.00 MiB to be fetched again').first().waitFor()
    await log.getByText('Fetched 4.00 MiB again; read the file once more, and it is right').waitFor()
    if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/repaired.png` })
    expect(file.bytesSent - sent - stopped).toBe(4 * mebibyte)
    expect(await sha256(stage.path('big.bin'))).toBe(file.sha256())
  })

  it('compares a finished file with a checksum from elsewhere, and takes its SHA-256 along', async () => {
    const file = stage.server.file('/image.iso', { size: 5 * mebibyte })
    const longshore = await stage.start()
    const { app, window } = longshore
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const image = row(longshore, 'image.iso')
    await image.getByText('Unverified').waitFor()
    await image.getByRole('button', { name: 'Details' }).click()
    const form = window.getByRole('form', { name: 'Compare with a checksum' })
    const field = form.getByRole('textbox', { name: 'Checksum to compare with' })
    const compare = form.getByRole('button', { name: 'Compare' })

    await field.fill('e3b0c4')
    await compare.click()
    await form.getByText(/This is not a checksum/).waitFor()
    await field.fill(`${'0'.repeat(64)}  image.iso`)
    await compare.click()
    await form.getByText(/It does not fit/).waitFor()
    await form.getByText(file.sha256()).waitFor()
    if (process.env['SHOTS']) await window.screenshot({ path: `${process.env['SHOTS']}/compared.png` })
    await field.fill(`SHA256 (image.iso) = ${file.sha256().toUpperCase()}`)
    await compare.click()
    await form.getByText('It fits: the file has exactly this SHA-256 checksum.').waitFor()
    await image.getByText('Verified (SHA-256)').waitFor()

    await form.getByRole('button', { name: 'Copy SHA-256' }).click()
    await window.getByText('The SHA-256 of “image.iso” is on the clipboard').waitFor()
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(file.sha256())
  })

  it('sees that a file which is not what the server says is damaged, and gets no final name', async () => {
    const file = stage.server.file('/wrong.bin', { size: mebibyte, digests: ['digest'], corrupt: { at: 1000 } })
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    const wrong = row(longshore, 'wrong.bin')
    await wrong.getByText('Failed').waitFor()
    await wrong.getByText('Damaged').waitFor()
  })
})
