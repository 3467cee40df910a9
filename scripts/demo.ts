// `npm run demo [-- --mib 1024 --kills 2 --rate 12]`: the whole promise in the real window: add, kill, start again, done,
// and the file is right.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { launch, type Longshore } from '../test/e2e/electron'
import { addDownload, row } from '../test/e2e/window'
import { startServer } from '../test/server'
import { root } from './paths.mjs'

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '192' },
    kills: { type: 'string', default: '1' },
    rate: { type: 'string', default: '3' },
  },
})
const mebibyte = 1024 * 1024
const size = Number(values.mib) * mebibyte
const rate = Number(values.rate) * mebibyte
const kills = Number(values.kills)
const began = performance.now()
const say = (text: string) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`)

const pictures = join(root, 'test-results', 'demo')
await mkdir(pictures, { recursive: true })
const scratch = await mkdtemp(join(tmpdir(), 'longshore-demo-'))
const folder = join(scratch, 'Downloads')
const userData = join(scratch, 'profile')
await mkdir(folder)
const server = await startServer({})
let running: Longshore | undefined

const picture = async (name: string) => {
  const file = join(pictures, `${name}.png`)
  await running?.window.screenshot({ path: file })
  say(`        screenshot: ${relative(process.cwd(), file)}`)
}
const progress = async (): Promise<number> =>
  Number((await running?.window.getByRole('progressbar').first().getAttribute('aria-valuenow')) ?? 0)
const untilProgress = async (percent: number) => {
  while ((await progress()) < percent) await new Promise((resolve) => setTimeout(resolve, 50))
}

try {
  const file = server.file('/harbour-survey-2026.tar', { size, rate })
  say(`A local server offers ${file.url}: ${values.mib} MiB, ${values.rate} MiB/s a connection`)

  running = await launch({ userData })
  say('Longshore has started; its window is open')
  await addDownload(running, { url: file.url, folder, connections: 8 })
  say('Added through the form, with 8 connections')
  await untilProgress(20)
  await picture('1-downloading')

  for (let kill = 1; kill <= kills; kill++) {
    await untilProgress(20 + (70 * kill) / (kills + 1))
    const before = await progress()
    await running.kill9()
    await server.waitUntil(() => server.connections.open === 0)
    say(`Killed with SIGKILL at ${before} %: no line of the program could run any more`)
    running = await launch({ userData })
    say('Started again: nobody touches anything now')
  }
  await row(running, 'harbour-survey-2026.tar').getByText('Completed').waitFor({ timeout: 120_000 })
  await picture('2-completed')
  const twice = (file.bytesSent - size) / mebibyte
  say(`It went on by itself and is complete; ${twice.toFixed(1)} MiB were sent twice: what was on its way at the kill`)

  const hash = createHash('sha256')
  for await (const chunk of createReadStream(join(folder, 'harbour-survey-2026.tar'))) hash.update(chunk as Buffer)
  const found = hash.digest('hex')
  say(`SHA-256 of the file:   ${found}`)
  say(`SHA-256 of the source: ${file.sha256()}`)
  if (found !== file.sha256()) throw new Error('The file differs from its source')
  say('The same: not a byte was lost')
} finally {
  await running?.close()
  await server.close()
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
}
