import { createHash, randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtBundle } from '../../src/main/exchange/bundles'
import { startServer, type TestFile, type TestServer } from '../server'
import { compareClaims } from './crash/claims'
import { Image, impossible } from './crash/image'
import { runCli, type Process } from './processes'
import { sha256 } from './rig'

const mebibyte = 1024 * 1024
/** Kills of each of the two; more by hand: `LONGSHORE_CARRY_KILLS=50`. */
const kills = Number(process.env['LONGSHORE_CARRY_KILLS'] ?? 6)

let root: string
let server: TestServer
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-carry-'))
  for (const folder of ['here', 'there', 'stick']) await mkdir(path.join(root, folder))
  server = await startServer()
})
afterEach(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const at = (...parts: string[]) => path.join(root, ...parts)
const bundle = () => at('stick', 'data.bin.longshore')

/** A command on one of two computers. */
function run(where: 'here' | 'there', command: string, ...args: string[]): Process {
  const home = at(`home-${where}`)
  const env = { HOME: home, APPDATA: home, XDG_CONFIG_HOME: home }
  return runCli([command, '--store', at(`store-${where}`), ...args], { cwd: at(where), env })
}

/** Begun here and stopped with that many bytes. */
async function begun(size: number, bytes: number): Promise<TestFile> {
  const file = server.file('/data.bin', { size, stall: { after: Math.ceil(bytes / 4) } })
  await using program = run('here', 'get', '-x', '4', file.url)
  await file.waitForBytesSent(bytes)
  expect((await program.signal('SIGINT')).code).toBe(130)
  file.release()
  return file
}

async function exported(file: TestFile): Promise<void> {
  await using program = run('here', 'export', '--to', bundle(), '--json', file.url)
  const { code, stdout, stderr } = await program.ended
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ event: 'exported', path: bundle(), bytes: (await stat(bundle())).size })
}

/** Where a command that tells JSON went on, in bytes. */
function resumedAt({ stdout }: Process): number {
  return Number(/"resumedAt":(\d+)/.exec(stdout)?.[1])
}

/** Resolves when that many bytes stand in a folder's files, or the program has ended. */
async function written(folder: string, bytes: number, program: Process): Promise<void> {
  await expect
    .poll(
      async () => {
        if (program.child.exitCode !== null) return true
        const names = await readdir(folder).catch(() => [])
        const sizes = await Promise.all(
          names.map((name) =>
            stat(path.join(folder, name)).then(
              ({ blocks }) => blocks * 512,
              () => 0,
            ),
          ),
        )
        return sizes.reduce((sum, size) => sum + size, 0) >= bytes
      },
      { interval: 1 },
    )
    .toBe(true)
}

describe('longshore export and import', () => {
  it('go on elsewhere from the last byte; the same command again goes on, too', async () => {
    const file = await begun(12 * mebibyte, 8 * mebibyte)
    await exported(file)
    const sent = file.bytesSent
    file.set({ rate: mebibyte })
    {
      await using first = run('there', 'import', '--json', bundle())
      await file.waitForBytesSent(sent + mebibyte)
      expect(resumedAt(first)).toBe((await lookAtBundle(bundle())).bytes)
      expect((await first.signal('SIGINT')).code).toBe(130)
    }
    file.unset('rate')
    await using again = run('there', 'import', '--json', bundle())
    const { code, stdout } = await again.ended
    expect(code).toBe(0)
    expect(stdout).toContain('"event":"done"')
    expect(resumedAt(again)).toBeGreaterThan((await lookAtBundle(bundle())).bytes)
    expect(await sha256(at('there', 'data.bin'))).toBe(file.sha256())
    expect(await readdir(at('there'))).toEqual(['data.bin'])
  })

  it('what is refused has a code of its own', async () => {
    const file = await begun(6 * mebibyte, 4 * mebibyte)
    const none = await run('here', 'export', 'http://example.invalid/x').ended
    expect(none).toMatchObject({ code: 11 })
    await exported(file)
    await writeFile(bundle(), 'x', { flag: 'a' })
    const longer = await run('there', 'import', bundle()).ended
    expect(longer.code).toBe(8)
    expect(longer.stderr).toContain('(E_BUNDLE)')
    const other = await run('there', 'import', file.url).ended
    expect(other.code).toBe(2)
    expect(await readdir(at('there'))).toEqual([])
  })

  it('a signed link is asked for', async () => {
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: 4 * mebibyte } })
    {
      await using program = run('here', 'get', '-x', '1', `${file.url}?token=SECRET`)
      await file.waitForBytesSent(4 * mebibyte)
      await program.signal('SIGINT')
    }
    file.release()
    expect(await run('here', 'export', '-t', bundle(), `${file.url}?token=SECRET`).ended).toMatchObject({ code: 0 })
    const without = await run('there', 'import', bundle()).ended
    expect(without.code).toBe(2)
    expect(without.stderr).toContain('--link')
    await using program = run('there', 'import', '--json', '--link', `${file.url}?token=new`, bundle())
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(resumedAt(program)).toBe((await lookAtBundle(bundle())).bytes)
    expect(await sha256(at('there', 'data.bin'))).toBe(file.sha256())
  })
})

describe(`53: killed ${kills} times`, () => {
  const big = 96 * mebibyte

  it('in the middle of an export: there is no bundle, or a whole one; the next export works', async () => {
    const file = await begun(big, 64 * mebibyte)
    let whole = 0
    for (let n = 0; n < kills; n++) {
      await rm(bundle(), { force: true })
      await using program = run('here', 'export', '-t', bundle(), file.url)
      await written(at('stick'), randomInt(1, 60) * mebibyte, program)
      await program.signal('SIGKILL')
      const { bad } = compareClaims(at('store-here', 'command-line.db'))
      expect(bad).toEqual([])
      const there = (await readdir(at('stick'))).includes('data.bin.longshore')
      whole += Number(there)
    }
    console.log(`exports killed: ${kills}, of which whole before: ${whole}`)
    await exported(file)
    expect(await readdir(at('stick'))).toEqual(['data.bin.longshore'])
    expect(await run('there', 'import', bundle()).ended).toMatchObject({ code: 0 })
    expect(await sha256(at('there', 'data.bin'))).toBe(file.sha256())
  })

  it('in the middle of an import: what is claimed is there, and the next import works', async () => {
    const file = await begun(big, 64 * mebibyte)
    await exported(file)
    file.set({ rate: mebibyte })
    for (let n = 0; n < kills; n++) {
      await using program = run('there', 'import', bundle())
      await written(at('there'), randomInt(1, 60) * mebibyte, program)
      await program.signal('SIGKILL')
      const { bad } = compareClaims(at('store-there', 'command-line.db'))
      expect(bad).toEqual([])
    }
    file.unset('rate')
    expect(await run('there', 'import', bundle()).ended).toMatchObject({ code: 0 })
    expect(await sha256(at('there', 'data.bin'))).toBe(file.sha256())
    // One that is killed between its name and its commit leaves a part that nobody knows, and no other.
    expect((await readdir(at('there'))).filter((name) => !/^data( \(\d\))?\.bin(\.\w+\.part)?$/.test(name))).toEqual([])
  })
})

for (const kind of ['ext4', 'xfs'] as const) {
  const why = await impossible(kind)
  if (why !== null) console.log(`skipped: power cuts on ${kind}. ${why}`)
  it.runIf(why === null)(
    `55: the power is cut ${kills} times during an import, on ${kind}: what is claimed is on the disk`,
    async () => {
      await using disk = await Image.create(kind)
      const file = await begun(48 * mebibyte, 32 * mebibyte)
      await exported(file)
      file.set({ rate: 4 * mebibyte })
      const store = path.join(disk.folder, 'store')
      const folder = path.join(disk.folder, 'files')
      const args = ['import', '-x', '4', '--store', store, '-d', folder, bundle()]
      let claims = 0
      for (let n = 0; n < kills; n++) {
        await using program = runCli(args, { cwd: root })
        // In turn: while it writes, and when its claims have just been stored.
        if (n % 2 === 0) await written(folder, randomInt(1, 31) * mebibyte, program)
        else await file.waitForBytesSent(file.bytesSent + 1)
        await disk.cut()
        await program.signal('SIGKILL')
        await disk.unmount()
        await disk.mount()
        const database = path.join(store, 'command-line.db')
        const { bad, claimed } = existsSync(database) ? compareClaims(database) : { bad: [], claimed: 0 }
        expect(bad).toEqual([])
        claims += Number(claimed > 0)
      }
      console.log(`power cuts on ${kind} during an import: ${kills}, of which with claims: ${claims}`)
      expect(claims).toBeGreaterThan(0)
      file.unset('rate')
      expect(await runCli(args, { cwd: root }).ended).toMatchObject({ code: 0 })
      expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
    },
  )
}

describe('longshore get FILE.meta4', () => {
  it('downloads all files of the document, each with its mirrors and hashes', async () => {
    const one = server.file('/one', { size: 2 * mebibyte })
    const two = server.file('/two', { size: 3 * mebibyte, status: { code: 404, body: '' } })
    const mirror = server.file('/mirror', { size: 3 * mebibyte })
    const sha = (file: TestFile) => createHash('sha256').update(file.bytes()).digest('hex')
    await writeFile(
      at('here', 'both.meta4'),
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">
        <file name="one.bin"><size>${one.size}</size><hash type="sha-256">${sha(one)}</hash><url>${one.url}</url></file>
        <file name="sub/two.bin"><size>${two.size}</size><hash type="sha-256">${sha(mirror)}</hash>
          <url priority="2">${mirror.url}</url><url priority="1">${two.url}</url></file>
        <file name="../three.bin"><url>${one.url}</url></file></metalink>`,
    )
    const { code, stdout } = await run('here', 'get', '--json', 'both.meta4').ended
    expect(code).toBe(0)
    expect(stdout.match(/"event":"done".*"verified":"sha-256","verifiedBy":"metalink"/g)).toHaveLength(2)
    expect((await readdir(at('here'))).sort()).toEqual(['both.meta4', 'one.bin', 'two.bin'])
    expect(await sha256(at('here', 'two.bin'))).toBe(mirror.sha256())
  })

  it('that is no such document: a usage error', async () => {
    await writeFile(at('here', 'x.meta4'), '<html></html>')
    expect(await run('here', 'get', 'x.meta4').ended).toMatchObject({ code: 2 })
  })
})
