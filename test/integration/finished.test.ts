import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type TestServer } from '../server'
import { runCli } from './processes'
import { inEachTest, Rig, untilEnd } from './rig'

/** What a finished file is beside its bytes: its mark, its date, its rights. */

const call = promisify(execFile)
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

async function whyNoMarks(): Promise<string | null> {
  if (process.platform !== 'linux') return 'they are read with getfattr'
  await using probe = await Rig.create()
  await writeFile(probe.path('file'), '')
  return await call('setfattr', ['-n', 'user.test', '-v', '1', probe.path('file')]).then(
    () => null,
    (error: unknown) => (error as Error).message.split('\n')[0] ?? 'no reason',
  )
}
const markless = await whyNoMarks()
if (markless !== null) console.log(`skipped: marks of the origin. ${markless}`)

/** Programs that this process has started. */
function children(): string[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .flatMap((pid) => {
      try {
        return pid === '' ? [] : readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      } catch {
        return [] // it has ended
      }
    })
}

async function attribute(file: string, name: string): Promise<string> {
  return (await call('getfattr', ['--only-values', '--absolute-names', '-n', name, file])).stdout
}

describe.runIf(markless === null)('the mark of its origin', () => {
  it('is there before the final name, without credentials and without what signs the address', async () => {
    const file = server.file("/böse $(x) 'q'.bin", { size: 1000 })
    const url = new URL(file.url)
    url.searchParams.set('id', '42')
    url.searchParams.set('X-Amz-Signature', 'geheim')
    const engine = rig.start()
    const credentials = {
      user: 'me',
      password: 'geheim',
      headers: [['Referer', 'https://a.example/?token=geheim']] as const,
      cookies: '',
    }
    let before = ''
    const id = await engine.add(rig.request(url.href, { credentials }))
    engine.subscribe(() => {
      const part = engine.unfinished()[0]?.part
      if (part?.kind !== 'finalizing' || before !== '') return
      expect(existsSync(part.finalPath)).toBe(false)
      before = execFileSync('getfattr', ['--only-values', '--absolute-names', '-n', 'user.xdg.origin.url', part.path], {
        encoding: 'utf8',
      })
    })
    const view = await untilEnd(engine, id)
    const at = path.join(rig.folder, view.name)
    const expected = `${file.url}?id=42`
    expect(await attribute(at, 'user.xdg.origin.url')).toBe(expected)
    expect(await attribute(at, 'user.xdg.referrer.url')).toBe('https://a.example/')
    expect(before).toBe(expected)
    const { stdout } = await call('getfattr', ['-d', '-m', '-', at])
    expect(stdout).not.toContain('geheim')
  })

  it('where the system has no program for it, the download is done all the same, and the log says so', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const log: string[] = []
    // The one that marked the files of earlier tests ends when it has nothing to do.
    await expect.poll(children).not.toContain('setfattr')
    const before = process.env['PATH']
    process.env['PATH'] = ''
    try {
      const engine = rig.start({ log: (_, message) => void log.push(message) })
      expect((await untilEnd(engine, await engine.add(rig.request(file.url)))).state.kind).toBe('done')
    } finally {
      process.env['PATH'] = before
    }
    expect(log).toContain('the file has no mark of its origin')
  })
})

describe('its date', () => {
  const changed = new Date('2021-03-04T05:06:07Z')

  it('is that of the download', async () => {
    const file = server.file('/data.bin', { size: 1000, lastModified: changed })
    const engine = rig.start()
    await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect((await stat(rig.path('data.bin'))).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
  })

  it('is the server’s where the user set it so', async () => {
    const file = server.file('/data.bin', { size: 1000, lastModified: changed })
    const engine = rig.start({ settings: { keepServerDate: true } })
    await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect((await stat(rig.path('data.bin'))).mtime).toEqual(changed)
  })

  it.each(['not a date', new Date(Date.now() + 86_400_000), null])(
    '%s is none: that of the download',
    async (lastModified) => {
      const file = server.file('/data.bin', { size: 1000, lastModified })
      const engine = rig.start({ settings: { keepServerDate: true } })
      await untilEnd(engine, await engine.add(rig.request(file.url)))
      const { mtimeMs } = await stat(rig.path('data.bin'))
      expect(Math.abs(mtimeMs - Date.now())).toBeLessThan(60_000)
    },
  )

  it('--remote-time', async () => {
    const file = server.file('/data.bin', { size: 1000, lastModified: changed })
    await using program = runCli([
      'get',
      '--remote-time',
      '-d',
      rig.folder,
      '--store',
      path.join(rig.root, 'store'),
      file.url,
    ])
    expect(await program.ended).toMatchObject({ code: 0 })
    expect((await stat(rig.path('data.bin'))).mtime).toEqual(changed)
  })
})

it.runIf(process.platform !== 'win32')('its rights are those of any new file, never to run it', async () => {
  const file = server.file('/data.sh', { size: 1000 })
  const engine = rig.start()
  await untilEnd(engine, await engine.add(rig.request(file.url)))
  expect((await stat(rig.path('data.sh'))).mode & 0o777).toBe(0o666 & ~process.umask())
})
