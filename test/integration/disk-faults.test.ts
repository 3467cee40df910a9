import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReportEvent } from '../../src/main/cli/report'
import { startServer, type TestFile, type TestServer } from '../server'
import { compareClaims } from './crash/claims'
import { runCli, runCliUnder, type Process } from './processes'
import { sha256 } from './rig'

/** The built command line, and a kernel that answers its calls as a broken disk does: `strace` puts errors in. */

const mebibyte = 1024 * 1024

async function whyNoTracing(): Promise<string | null> {
  if (process.platform !== 'linux') return 'strace is for Linux'
  try {
    await promisify(execFile)('strace', ['-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true'])
    return null
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'no reason'
  }
}
const untraceable = await whyNoTracing()
if (untraceable !== null) console.log(`skipped: tests of a failing disk below the program. ${untraceable}`)

let root: string
let folder: string
let server: TestServer
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-faults-'))
  folder = path.join(root, 'files')
  server = await startServer()
})
afterEach(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const args = (...files: readonly TestFile[]) => [
  ...['get', '--json', '-d', folder, '--store', path.join(root, 'store')],
  ...files.map(({ url }) => url),
]
const database = () => path.join(root, 'store', 'command-line.db')

/**
 * strace counts calls of each thread on its own: with one that does all the work on files, that is all calls.
 * @param only the file that the calls must be about; otherwise any
 */
function runWith(faults: readonly string[], files: readonly TestFile[], threads = 1, only?: string): Process {
  const inject = faults.flatMap((fault) => ['-e', `inject=${fault}`])
  if (only !== undefined) inject.push('-P', only)
  return runCliUnder(
    ['env', `UV_THREADPOOL_SIZE=${threads}`, 'strace', '-f', '-qq', '-o', '/dev/null', ...inject],
    args(...files),
  )
}
const events = (stdout: string): ReportEvent[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportEvent)

/** It fails with that code and keeps true claims; the same command on a healthy disk goes on. */
async function failsThenGoesOn(file: TestFile, fault: string, code: string, only?: string): Promise<number> {
  const exit = 6
  {
    await using broken = runWith([fault], [file], 1, only)
    const ended = await broken.ended
    expect(events(ended.stdout).at(-1)).toMatchObject({ event: 'failed', code })
    expect(ended.code).toBe(exit)
  }
  const { claimed, bad } = compareClaims(database())
  expect(bad).toEqual([])
  expect((await readdir(folder)).every((name) => name.endsWith('.part'))).toBe(true)
  const before = file.bytesSent
  await using healthy = runCli(args(file))
  expect(await healthy.ended).toMatchObject({ code: 0 })
  expect(await sha256(path.join(folder, path.basename(file.path)))).toBe(file.sha256())
  // What a slow connection still had is asked for twice.
  expect(file.bytesSent - before).toBeLessThan(file.size - claimed + 4 * mebibyte)
  return claimed
}

describe.runIf(untraceable === null)('the disk answers', () => {
  const file = () => server.file('/data.bin', { size: 24 * mebibyte, rate: 8 * mebibyte })

  /** The database writes with the same calls: only those to the part are to fail, so there has to be one. */
  async function begun(served: TestFile): Promise<string> {
    await using program = runCli(args(served))
    await served.waitForBytesSent(4 * mebibyte)
    expect((await program.signal('SIGINT')).code).toBe(130)
    const [part = ''] = await readdir(folder)
    return path.join(folder, part)
  }

  it('41: EIO to a write', async () => {
    const served = file()
    const part = await begun(served)
    expect(await failsThenGoesOn(served, 'pwrite64,pwritev:error=EIO:when=3', 'IO', part)).toBeGreaterThan(0)
  })

  it('40: ENOSPC to every write from one on', async () => {
    const served = file()
    const part = await begun(served)
    expect(await failsThenGoesOn(served, 'pwrite64,pwritev:error=ENOSPC:when=3+', 'NOSPACE', part)).toBeGreaterThan(0)
  })

  it('42: EIO to a sync, once: it is not tried again, and only what an earlier one confirmed is claimed', async () => {
    await failsThenGoesOn(file(), 'fdatasync:error=EIO:when=2', 'IO')
  })

  it('42: EIO to the very first sync: nothing is claimed', async () => {
    const served = server.file('/data.bin', { size: 3 * mebibyte })
    expect(await failsThenGoesOn(served, 'fdatasync:error=EIO:when=1', 'IO')).toBe(0)
  })

  it.each(['EXDEV', 'EACCES'])(
    '50: %s to the final name: the part is kept, and nothing is fetched again',
    async (error) => {
      const served = server.file('/data.bin', { size: mebibyte })
      expect(await failsThenGoesOn(served, `link:error=${error}`, 'RENAME')).toBe(served.size)
    },
  )

  it('50: no hard links: a placeholder takes the name first', async () => {
    const served = server.file('/data.bin', { size: mebibyte })
    await using program = runWith(['link:error=EPERM'], [served])
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(served.sha256())
    expect(await readdir(folder)).toEqual(['data.bin'])
  })

  it('50: no hard links, and EACCES to the rename: the part is kept, and the placeholder does not stay', async () => {
    const served = server.file('/data.bin', { size: mebibyte })
    await using broken = runWith(['link:error=EPERM', 'rename:error=EACCES'], [served])
    expect((await broken.ended).code).toBe(6)
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^data\.bin\.[0-9a-f]{8}\.part$/)])
  })

  it('54: no hard links, and killed before the rename: the next start removes its placeholder', async () => {
    const served = server.file('/data.bin', { size: mebibyte })
    await using broken = runWith(['link:error=EPERM', 'rename:error=EACCES:signal=KILL'], [served])
    await broken.ended
    expect(await readdir(folder)).toHaveLength(2)
    await using again = runWith(['link:error=EPERM'], [served])
    expect(await again.ended).toMatchObject({ code: 0 })
    expect(await readdir(folder)).toEqual(['data.bin'])
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(served.sha256())
  })

  it('52: every sync takes 2 s: bytes go on arriving, and progress is told in time', async () => {
    const served = server.file('/data.bin', { size: 24 * mebibyte, rate: mebibyte })
    await using program = runWith(['fdatasync:delay_enter=2000000'], [served], 4)
    const gaps: number[] = []
    const received: number[] = []
    let last = 0
    program.child.stdout.on('data', (text: string) => {
      const progress = events(text).filter((event) => event.event === 'progress')
      if (progress.length === 0) return
      if (last > 0) gaps.push(performance.now() - last)
      last = performance.now()
      received.push(progress.at(-1)!.received)
    })
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(served.sha256())
    expect(gaps.length).toBeGreaterThan(4)
    // Told four times a second, also during a sync. Were it not, most of the time would lie in gaps as long as a sync.
    const sum = (all: readonly number[]) => all.reduce((total, gap) => total + gap, 0)
    expect(sum(gaps.filter((gap) => gap >= 1500))).toBeLessThan(sum(gaps) / 3)
    const standing = received.filter((bytes, n) => n > 0 && bytes === received[n - 1]).length
    expect(standing).toBeLessThan(received.length / 2)
  })
})
