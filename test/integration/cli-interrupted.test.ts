import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { ReportEvent } from '../../src/main/cli/report'
import { type TestFile, type TestServer } from '../server'
import { CommandStage, committedIn, eventsOf } from './command-line'
import type { Ended } from './processes'
import { sha256 } from './rig'
import { event, getCommand, hangingDisk } from './get-command'

const mebibyte = 1024 * 1024

let stage: CommandStage
let store: string
let server: TestServer
let nodeOptions = ''
CommandStage.inEachTest((each) => {
  stage = each
  ;({ store, server } = each)
  nodeOptions = ''
})
const { start, get, getJson, serve, file, files } = getCommand(() => ({ stage, nodeOptions }))
const events = eventsOf
const committed = () => committedIn(store)

describe('interrupted', () => {
  /** Runs until it has received some of it and stands still. */
  async function interrupt(signal: NodeJS.Signals, served: TestFile, ...args: string[]): Promise<Ended> {
    const process = start('get', '--store', store, '--json', '-x', '1', ...args, served.url)
    await process.until((said) => events({ stdout: whole(said.stdout) }).some(hasReceived))
    if (signal === 'SIGKILL') await expect.poll(committed).toBeGreaterThanOrEqual(2 * mebibyte)
    const ended = await process.signal(signal)
    await server.waitUntil(() => server.parallel === 0)
    served.release()
    return ended
  }
  const whole = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1)
  const hasReceived = (each: ReportEvent) => each.event === 'progress' && each.received >= 2 * mebibyte
  const stalling = () => serve({ size: 8 * mebibyte, stall: { after: 3 * mebibyte } })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '130: by %s: a checkpoint is kept, and the same command goes on',
    async (name) => {
      const served = stalling()
      expect(await interrupt(name, served)).toMatchObject({ code: 130, stderr: '' })
      const had = committed()
      expect(had).toBeGreaterThanOrEqual(2 * mebibyte)
      const { code, events } = await getJson('-x', '1', served.url)
      expect(code).toBe(0)
      expect(event(events, 'started')).toMatchObject({ resumedAt: had, total: served.size })
      expect(served.requests.at(-1)?.range?.start).toBe(had)
      expect(await sha256(file('data.bin'))).toBe(served.sha256())
      expect(await files()).toEqual(['data.bin'])
    },
  )

  it('says what is kept and how to go on', async () => {
    const served = stalling()
    const process = start('get', '--store', store, '-x', '1', served.url)
    await process.until(({ stderr }) => stderr.includes('8.0 MiB'))
    await expect.poll(committed).toBeGreaterThanOrEqual(2 * mebibyte)
    const { code, stderr } = await process.signal('SIGINT')
    expect(code).toBe(130)
    expect(stderr).toMatch(/data\.bin: paused, \d\.\d MiB of 8\.0 MiB kept\nlongshore: The same command goes on\.\n$/)
    served.release()
    const without = serve({ size: 8 * mebibyte, ranges: false, stall: { after: 3 * mebibyte } }, '/once.bin')
    const again = start('get', '--store', store, '--json', without.url)
    await again.until((said) => events({ stdout: whole(said.stdout) }).some(hasReceived))
    const paused = event(events(await again.signal('SIGTERM')), 'paused')
    expect(paused).toMatchObject({ total: 8 * mebibyte, resumable: false })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('a second %s ends it at once, while a disk hangs', async (name) => {
    nodeOptions = hangingDisk
    const served = stalling()
    const process = start('get', '--store', store, '-x', '1', served.url)
    await server.waitUntil(() => served.bytesSent >= 3 * mebibyte)
    process.child.kill(name)
    await process.until(({ stderr }) => stderr.includes('again ends at once') || stderr.includes('second signal'))
    const began = performance.now()
    expect(await process.signal(name)).toMatchObject({ code: 130 })
    expect(performance.now() - began).toBeLessThan(5000) // a hanging disk is waited for for ten seconds
  })

  it('53: by SIGKILL: the same command goes on from the last checkpoint', async () => {
    const served = stalling()
    expect(await interrupt('SIGKILL', served)).toMatchObject({ signal: 'SIGKILL' })
    const had = committed()
    const { code, events } = await getJson('-x', '1', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ resumedAt: had })
    expect(await sha256(file('data.bin'))).toBe(served.sha256())
  })

  it('--no-resume begins again and drops what was there', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const { code, events } = await getJson('-x', '1', '--no-resume', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ resumedAt: 0 })
    expect(served.requests.map((request) => request.range?.start)).toEqual([0, 0])
    expect(await files()).toEqual(['data.bin'])
  })

  it('another name or folder is another download', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const { events } = await getJson('-x', '1', '-o', 'other.bin', served.url)
    expect(event(events, 'started')).toMatchObject({ resumedAt: 0 })
    expect((await files()).filter((name) => name.endsWith('.part'))).toHaveLength(1)
  })

  it('options may change between the runs', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const checksum = `sha-256=${served.sha256()}`
    const { code, events } = await getJson('-x', '4', '--checksum', checksum, served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ connections: 4 })
    expect(event(events, 'started')?.resumedAt).toBeGreaterThan(0)
    expect(event(events, 'done')).toMatchObject({ verified: 'sha-256' })
  })

  it('credentials are given anew with the next run', async () => {
    const served = stalling()
    served.set({ basicAuth: { user: 'me', password: 'secret' } })
    await interrupt('SIGINT', served, '--user', 'me:secret')
    const without = await getJson('-x', '1', served.url)
    expect(without.code).toBe(4)
    expect(event(without.events, 'failed')).toMatchObject({ code: 'CREDENTIALS', resumable: true })
    const { code, events } = await getJson('-x', '1', '--user', 'me:secret', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')?.resumedAt).toBeGreaterThan(0)
  })

  it('completed, the same command is a new download', async () => {
    const served = serve()
    await get(served.url)
    await get(served.url)
    expect(await files()).toEqual(['data (1).bin', 'data.bin'])
    expect((await stat(file('data.bin'))).size).toBe(served.size)
  })
})
