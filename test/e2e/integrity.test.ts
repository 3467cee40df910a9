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
    if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/damaged.png` })

    const sent = file.bytesSent
    await big.getByRole('button', { name: 'Repair' }).click()
    await longshore.window.getByText(/Repaired: .* were fetched again/).waitFor()
    await big.getByText('Verified (SHA-256 of the server)').waitFor()
    if (process.env['SHOTS']) await longshore.window.screenshot({ path: `${process.env['SHOTS']}/repaired.png` })
    expect(file.bytesSent - sent).toBe(4 * mebibyte)
    expect(await sha256(stage.path('big.bin'))).toBe(file.sha256())
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
