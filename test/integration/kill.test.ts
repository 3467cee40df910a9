import { randomInt } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import { startServer, type TestServer } from '../server'
import { compareClaims } from './crash/claims'
import { runDriver, type Step } from './crash/plan'
import { runCli } from './processes'
import { sha256 } from './rig'

/** Kills in all, shared by the lanes; more by hand: `LONGSHORE_KILLS=1000`. */
const kills = Number(process.env['LONGSHORE_KILLS'] ?? 100)
/** The same among small files; 40 of them for each. */
const smallKills = Math.ceil(kills / 20)
/** Programs at a time, each with a store, a folder and a file of its own. */
const lanes = 5
const mebibyte = 1024 * 1024
/** What the server sends in one interval of checkpoints, which is a second. */
const perInterval = mebibyte

let root: string
let server: TestServer
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-kill-'))
  server = await startServer()
})
afterEach(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

it(
  `53: killed ${kills} times at random moments: no more than an interval is fetched again, and byte-identical`,
  async () => {
    const each = Math.ceil(kills / lanes)
    const lost: number[] = []
    await Promise.all(Array.from({ length: lanes }, async (_, n) => lost.push(...(await lane(n, each)))))
    lost.sort((a, b) => a - b)
    const at = (share: number) => lost[Math.ceil(lost.length * share) - 1]!
    console.log(
      `${lost.length} kills; of ${perInterval} bytes an interval, fetched again: ` +
        `${at(0.5)} by half of them, ${at(0.9)} by nine of ten, ${at(1)} at most`,
    )
    expect(lost.length).toBeGreaterThanOrEqual(kills)
    // Not the largest: a machine that stands still for a moment is late with the timer, the sync and the kill.
    expect(at(0.5)).toBeLessThan(1.25 * perInterval)
    expect(at(0.9)).toBeLessThan(2 * perInterval)
  },
  60_000 + kills * 2000,
)

/** Kills one download so many times and lets it finish. @returns bytes fetched again after each kill */
async function lane(n: number, times: number): Promise<number[]> {
  const file = server.file(`/${n}.bin`, {
    // More than all kills can leave room for: it must not be done before the last of them.
    size: 4 * times * perInterval,
    seed: n,
    rate: perInterval / 4,
  })
  const folder = path.join(root, `files-${n}`)
  const store = path.join(root, `store-${n}`)
  const run = () => runCli(['get', '-x', '4', '-d', folder, '--store', store, '--json', file.url])
  const lost: number[] = []
  let had = 0
  while (lost.length < times) {
    const sent = file.bytesSent
    await using killed = run()
    await file.waitForBytesSent(sent + randomInt(1, 2 * perInterval))
    await killed.signal('SIGKILL')
    await server.waitUntil(() => file.parallel === 0)
    const { claimed, bad } = compareClaims(path.join(store, 'command-line.db'))
    expect(bad).toEqual([])
    expect(claimed).toBeGreaterThanOrEqual(had)
    lost.push(had + file.bytesSent - sent - claimed)
    had = claimed
  }
  file.set({ rate: 1000 * mebibyte })
  await using last = run()
  expect(await last.ended).toMatchObject({ code: 0 })
  expect(await sha256(path.join(folder, `${n}.bin`))).toBe(file.sha256())
  expect(await readdir(folder)).toEqual([`${n}.bin`])
  return lost
}

it('53: also before the first byte, and while it begins', async () => {
  const file = server.file('/data.bin', { size: 3 * mebibyte, delay: 20 })
  const folder = path.join(root, 'files')
  const args = ['get', '-d', folder, '--store', path.join(root, 'store'), file.url]
  for (let n = 0; n < 4; n++) {
    await using killed = runCli(args)
    await file.waitForRequest(n + 1)
    if (n % 2 === 1) await expect.poll(() => readdir(folder).catch(() => []), { interval: 1 }).not.toEqual([])
    await killed.signal('SIGKILL')
  }
  await using last = runCli(args)
  expect(await last.ended).toMatchObject({ code: 0 })
  expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  expect((await readdir(folder)).filter((name) => !name.endsWith('.part'))).toEqual(['data.bin'])
})

it(
  `53, 54: killed ${smallKills} times among many small files: each is there once, and nothing beside them`,
  async () => {
    const files = Array.from({ length: 40 * smallKills }, (_, n) =>
      server.file(`/${n}.bin`, { size: randomInt(1, 250_000), seed: n }),
    )
    const folder = path.join(root, 'files')
    const database = path.join(root, 'store', 'command-line.db')
    const args = ['get', '--concurrent', '8', '-d', folder, '--store', path.join(root, 'store')]
    /** Those that the next command is for: what is done is done. */
    let left = files
    for (let n = 0; n < smallKills; n++) {
      // One that was asked for before may only lack its end, and is not asked for again.
      const fresh = left.filter(({ requests }) => requests.length === 0)
      if (fresh.length === 0) break
      const wanted = fresh[randomInt(0, Math.min(30, fresh.length))]!
      await using killed = runCli([...args, ...left.map(({ url }) => url)])
      await wanted.waitForRequest(1)
      await killed.signal('SIGKILL')
      expect(compareClaims(database).bad).toEqual([])
      const done = completed(database)
      left = left.filter(({ url }) => !done.has(url))
    }
    await using last = runCli([...args, ...left.map(({ url }) => url)])
    expect(await last.ended).toMatchObject({ code: 0 })
    expect((await readdir(folder)).sort()).toEqual(files.map((file) => path.basename(file.path)).sort())
    for (const file of files) expect(await sha256(path.join(folder, path.basename(file.path)))).toBe(file.sha256())
  },
  60_000 + smallKills * 15_000,
)

function completed(database: string): Set<string> {
  const opened = openDatabase(database)
  try {
    const records = createDownloadStore(opened).all()
    return new Set(records.flatMap(({ url, state }) => (state.kind === 'done' ? url : [])))
  } finally {
    opened.close()
  }
}

describe('54: killed while the file gets its name: the next start marks it done', () => {
  const at: readonly [Step, complete: boolean][] = [
    ['to be linked', false],
    ['linked', true],
    ['to be unlinked', true],
    ['unlinked', true],
    ['done', true],
  ]
  const sizes = [
    { how: 'a part', size: 300_000 },
    { how: 'a file that came in one piece', size: 100_000 },
  ]
  const cases = sizes.flatMap((file) => at.map(([step, complete]) => ({ ...file, step, complete })))
  it.each(cases)('$how: $step', async ({ size, step, complete }) => {
    const file = server.file('/data.bin', { size })
    const folder = path.join(root, 'files')
    await mkdir(folder)
    const database = path.join(root, 'longshore.db')
    const plan = { database, folder, mutant: null }
    {
      await using program = runDriver({ ...plan, urls: [file.url], halt: { step, nth: 1 } })
      await program.until(({ stdout }) => stdout.includes('halted'))
      await program.signal('SIGKILL')
    }
    const named = await access(path.join(folder, 'data.bin')).then(
      () => true,
      () => false,
    )
    expect(named).toBe(complete)
    expect(compareClaims(database)).toEqual({ claimed: file.size, bad: [] })
    const again = server.file('/another.bin', { size: 1000 })
    await using program = runDriver({ ...plan, urls: step === 'done' ? [again.url] : [], halt: null })
    await program.until(({ stdout }) => stdout.includes('finished'))
    expect(file.requests).toHaveLength(1)
    if (step !== 'done') expect(await readdir(folder)).toEqual(['data.bin'])
    if (step !== 'done') expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  })
})
