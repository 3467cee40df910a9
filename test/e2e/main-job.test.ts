import { randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../integration/rig'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

describe('the main job', () => {
  it('add, progress, pause, resume, kill, go on, done: byte-identical', async () => {
    const { server, folder } = stage
    const file = server.file('/image.iso', { size: 200 * mebibyte, rate: 4 * mebibyte })
    const first = await stage.start()
    await addDownload(first, { url: file.url, folder, connections: 8 })

    const download = row(first, 'image.iso')
    await download.getByText('Downloading').waitFor()
    await expect.poll(() => percent(first)).toBeGreaterThan(5)
    await download.getByRole('button', { name: 'Pause' }).click()
    await download.getByText('Paused').waitFor()
    const paused = await percent(first)
    await download.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => percent(first)).toBeGreaterThan(paused)

    const killAt = randomInt(paused + 2, 85)
    await expect.poll(() => percent(first)).toBeGreaterThanOrEqual(killAt)
    await first.kill9()
    await server.waitUntil(() => server.connections.open === 0)

    const second = await stage.start()
    await row(second, 'image.iso').getByText('Completed').waitFor()
    expect(await sha256(stage.path('image.iso'))).toBe(file.sha256())
    expect(await readdir(folder)).toEqual(['image.iso'])
    // It went on: what came twice was on its way, or newer than the last checkpoint.
    expect(file.bytesSent - file.size).toBeLessThan(100 * mebibyte)
  })

  it('what is paused stays paused over a restart', async () => {
    const file = stage.server.file('/data.bin', { size: 50 * mebibyte, rate: mebibyte })
    const first = await stage.start()
    await addDownload(first, { url: file.url, folder: stage.folder })
    await expect.poll(() => percent(first)).toBeGreaterThan(1)
    await row(first, 'data.bin').getByRole('button', { name: 'Pause' }).click()
    await row(first, 'data.bin').getByText('Paused').waitFor()
    await stage.server.waitUntil(() => file.parallel === 0)
    await first.close()
    const requests = file.requests.length

    const second = await stage.start()
    await row(second, 'data.bin').getByText('Paused').waitFor()
    expect(await percent(second)).toBeGreaterThan(0)
    expect(file.requests.length).toBe(requests)
    file.set({ rate: 100 * mebibyte })
    await second.window.getByRole('button', { name: 'Resume all' }).click()
    await row(second, 'data.bin').getByText('Completed').waitFor()
    expect(await sha256(stage.path('data.bin'))).toBe(file.sha256())
  })

  it('a quit in the middle goes on at the next start', async () => {
    const file = stage.server.file('/data.bin', { size: 40 * mebibyte, rate: mebibyte })
    const first = await stage.start()
    await addDownload(first, { url: file.url, folder: stage.folder, connections: 4 })
    await expect.poll(() => percent(first)).toBeGreaterThan(10)
    await first.close()
    const requests = file.requests.length

    file.set({ rate: 100 * mebibyte })
    const second = await stage.start()
    await row(second, 'data.bin').getByText('Completed').waitFor()
    expect(await sha256(stage.path('data.bin'))).toBe(file.sha256())
    // It went on: nobody asked for the first byte again.
    const starts = file.requests.slice(requests).map((request) => request.range?.start ?? 0)
    expect(Math.min(...starts)).toBeGreaterThan(0)
  })
})

async function percent({ window }: Longshore): Promise<number> {
  const value = await window.getByRole('progressbar').first().getAttribute('aria-valuenow')
  return Number(value ?? 0)
}
