import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../integration/rig'
import { startServer, type TestServer } from '../server'
import { launch, type Longshore } from './electron'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024
const soon = { timeout: 60_000 }

let root: string
let folder: string
let server: TestServer
let running: Longshore | null = null
const start = async () => (running = await launch({ userData: path.join(root, 'profile') }))

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-e2e-'))
  folder = path.join(root, 'files')
  await mkdir(folder)
  server = await startServer({})
})
afterEach(async () => {
  await running?.kill9()
  running = null
  await server.close()
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

describe('the main job', () => {
  it('add, progress, pause, resume, kill, go on, done: byte-identical', async () => {
    const file = server.file('/image.iso', { size: 200 * mebibyte, rate: 4 * mebibyte })
    const first = await start()
    await addDownload(first, { url: file.url, folder, connections: 8 })

    const download = row(first, 'image.iso')
    await download.getByText('Downloading').waitFor()
    await expect.poll(() => percent(first), soon).toBeGreaterThan(5)
    await download.getByRole('button', { name: 'Pause' }).click()
    await download.getByText('Paused').waitFor()
    const paused = await percent(first)
    await download.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => percent(first), soon).toBeGreaterThan(paused)

    const killAt = randomInt(paused + 2, 85)
    await expect.poll(() => percent(first), soon).toBeGreaterThanOrEqual(killAt)
    await first.kill9()
    await server.waitUntil(() => server.connections.open === 0)
    const sentBefore = file.bytesSent

    const second = await start()
    await row(second, 'image.iso').getByText('Completed').waitFor({ timeout: 120_000 })
    expect(await sha256(path.join(folder, 'image.iso'))).toBe(file.sha256())
    expect(await readdir(folder)).toEqual(['image.iso'])
    // It went on: what was fetched again is what was on its way, and at most one checkpoint's worth.
    expect(sentBefore).toBeGreaterThan(0.05 * file.size)
    expect(file.bytesSent - file.size).toBeLessThan(64 * mebibyte)
  })

  it('what is paused stays paused over a restart', async () => {
    const file = server.file('/data.bin', { size: 50 * mebibyte, rate: mebibyte })
    const first = await start()
    await addDownload(first, { url: file.url, folder })
    await expect.poll(() => percent(first), soon).toBeGreaterThan(1)
    await row(first, 'data.bin').getByRole('button', { name: 'Pause' }).click()
    await row(first, 'data.bin').getByText('Paused').waitFor()
    await server.waitUntil(() => file.parallel === 0)
    await first.close()
    const requests = file.requests.length

    const second = await start()
    await row(second, 'data.bin').getByText('Paused').waitFor()
    expect(await percent(second)).toBeGreaterThan(0)
    expect(file.requests.length).toBe(requests)
    file.set({ rate: 100 * mebibyte })
    await second.window.getByRole('button', { name: 'Resume all' }).click()
    await row(second, 'data.bin').getByText('Completed').waitFor()
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  })
})

async function percent({ window }: Longshore): Promise<number> {
  const value = await window.getByRole('progressbar').first().getAttribute('aria-valuenow')
  return Number(value ?? 0)
}
