import { existsSync } from 'node:fs'
import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type TestFile, type TestServer } from '../server'
import { aria2Control } from './aria2-control'
import { runCli } from './processes'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const file = () => server.file('/data.bin', { size: 12 * mebibyte })
const partial = (name: string) => path.join(rig.root, name)

async function expectTakenOver(served: TestFile, adopt: string, atLeast: number): Promise<void> {
  const engine = rig.start()
  const view = await untilEnd(engine, await engine.add(rig.request(served.url, { adopt })))
  expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'ADOPTED' } })
  expect(await sha256(rig.path('data.bin'))).toBe(served.sha256())
  expect(await rig.files()).toEqual(['data.bin'])
  // The samples are asked for again; of the first answer, what the system's buffers take.
  const asked = served.requests.slice(1).reduce((sum, { bytesSent }) => sum + bytesSent, 0)
  expect(asked).toBeLessThanOrEqual(served.size - atLeast + 16 * 64 * 1024)
}

describe('a partial file of another program is taken over', () => {
  it.each(['data.bin', 'Unbestätigt 1234.crdownload', 'data.bin.part'])('%s: the beginning', async (name) => {
    const served = file()
    await writeFile(partial(name), served.bytes(0, 8 * mebibyte + 123))
    await expectTakenOver(served, partial(name), 6 * mebibyte)
    expect(existsSync(partial(name))).toBe(false)
  })

  it('with its whole length reserved and holes in it', async () => {
    const served = file()
    await writeFile(partial('data.bin'), served.bytes(0, 3 * mebibyte))
    await truncate(partial('data.bin'), served.size)
    await expectTakenOver(served, partial('data.bin'), 2 * mebibyte)
  })

  it('whose last bytes never reached the disk: zeros there are fetched', async () => {
    const served = file()
    const bytes = served.bytes(0, 8 * mebibyte)
    bytes.fill(0, 5 * mebibyte + 77, 6 * mebibyte)
    await writeFile(partial('data.bin'), bytes)
    await expectTakenOver(served, partial('data.bin'), 5 * mebibyte)
  })

  it('of aria2, by its control file', async () => {
    const served = file()
    const bytes = Buffer.alloc(served.size, 7) // what is in flight is anything
    for (const piece of [0, 1, 5, 6, 7])
      served.bytes(piece * mebibyte, (piece + 1) * mebibyte).copy(bytes, piece * mebibyte)
    await writeFile(partial('data.bin'), bytes)
    const control = { pieceLength: mebibyte, total: served.size, complete: [0, 1, 5, 6, 7], inFlight: [2, 8] }
    await writeFile(partial('data.bin.aria2'), aria2Control(control))
    await expectTakenOver(served, partial('data.bin'), 5 * mebibyte)
    expect(existsSync(partial('data.bin.aria2'))).toBe(false)
  })

  it('beside which the file will stand, under the name that it has', async () => {
    const served = file()
    await writeFile(rig.path('data.bin'), served.bytes(0, 8 * mebibyte))
    await expectTakenOver(served, rig.path('data.bin'), 6 * mebibyte)
  })

  it('--adopt', async () => {
    const served = file()
    await writeFile(partial('old'), served.bytes(0, 8 * mebibyte))
    const args = ['get', '--json', '-d', rig.folder, '--store', path.join(rig.root, 'store'), '--adopt', partial('old')]
    await using program = runCli([...args, served.url])
    const { code, stdout } = await program.ended
    expect(code).toBe(0)
    expect(stdout).toContain('"ADOPTED"')
    expect(await sha256(rig.path('data.bin'))).toBe(served.sha256())
  })
})

describe('is left as it is, and nothing is claimed,', () => {
  const refused = async (served: TestFile, bytes: Buffer, control?: Buffer) => {
    await writeFile(partial('old'), bytes)
    if (control) await writeFile(partial('old.aria2'), control)
    const engine = rig.start()
    const id = await engine.add(rig.request(served.url, { adopt: partial('old') }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'ADOPT', retry: 'no' } })
    expect((await readFile(partial('old'))).equals(bytes)).toBe(true)
    expect(await rig.files()).toEqual([])
    await engine.remove([id], { deleteFile: true })
    expect((await readFile(partial('old'))).equals(bytes)).toBe(true)
  }

  it('when it is of another file', async () => {
    await refused(file(), server.file('/other', { size: 12 * mebibyte, seed: 9 }).bytes(0, 8 * mebibyte))
  })
  it('when it is longer', async () => {
    await refused(file(), server.file('/other', { size: 13 * mebibyte }).bytes())
  })
  it('when there is too little in it', async () => {
    const served = file()
    await refused(served, served.bytes(0, 100_000))
  })
  it('when the server cannot continue downloads', async () => {
    const served = server.file('/data.bin', { size: 12 * mebibyte, ranges: false })
    await refused(served, served.bytes(0, 8 * mebibyte))
  })
  it('when its control file is of another length', async () => {
    const served = file()
    const control = { pieceLength: mebibyte, total: 13 * mebibyte, complete: [0, 1], inFlight: [] }
    await refused(served, served.bytes(0, 8 * mebibyte), aria2Control(control))
  })
})

describe('79: the database is lost', () => {
  async function begunAndLost(): Promise<TestFile> {
    const served = server.file('/data.bin', { size: 12 * mebibyte, stall: { after: 8 * mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(served.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= 7 * mebibyte)
    await rig.stop()
    for (const ending of ['', '-wal', '-shm']) await rm(path.join(rig.root, `longshore.db${ending}`), { force: true })
    served.release()
    return served
  }

  it('the same address in the same folder goes on with the part that lies there', async () => {
    const served = await begunAndLost()
    const before = served.requests.length
    const engine = rig.start()
    const view = await untilEnd(engine, await engine.add(rig.request(served.url)))
    expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'ADOPTED' } })
    expect(await sha256(rig.path('data.bin'))).toBe(served.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
    const again = served.requests.slice(before + 1).reduce((sum, { bytesSent }) => sum + bytesSent, 0)
    expect(again).toBeLessThan(served.size - 6 * mebibyte + 16 * 64 * 1024)
  })

  it('but not when the file on the server is another one now: that part stays', async () => {
    const served = await begunAndLost()
    const [part = ''] = await rig.files()
    await copyFile(rig.path(part), partial('copy'))
    served.change({ seed: 5 })
    const engine = rig.start()
    expect((await untilEnd(engine, await engine.add(rig.request(served.url)))).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(served.sha256())
    expect((await readFile(rig.path(part))).equals(await readFile(partial('copy')))).toBe(true)
  })

  it('60: a part of another download of the list is not taken', async () => {
    const served = server.file('/data.bin', { size: 4 * mebibyte, stall: { after: 3 * mebibyte } })
    const engine = rig.start()
    const first = await engine.add(rig.request(served.url, { connections: 1 }))
    await waitFor(engine, first, (view) => view.received >= 2 * mebibyte)
    engine.pause([first])
    await server.waitUntil(() => server.parallel === 0)
    served.release()
    const second = await engine.add(rig.request(served.url))
    expect((await untilEnd(engine, second)).notice).toBeNull()
    engine.resume([first])
    expect((await untilEnd(engine, first)).state.kind).toBe('done')
    expect(await rig.files()).toEqual(['data (1).bin', 'data.bin'])
  })
})
