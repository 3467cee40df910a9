import Database from 'better-sqlite3'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server'
import { runCli } from './processes'
import { Rig, sha256, untilEnd, untilState, waitFor } from './rig'

/** Two programs with a database each, and one folder. */

const mebibyte = 1024 * 1024
let rig: Rig
let other: Rig
let server: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  other = await Rig.create()
  server = await startServer()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  await server.close()
})
/** How many names are locked. */
const held = () => {
  const register = new Database(path.join(rig.root, 'locks', 'register.db'), { readonly: true })
  try {
    return register.prepare('SELECT count(*) FROM held').pluck().get()
  } finally {
    register.close()
  }
}
const locks = () => ({ targetLocks: path.join(rig.root, 'locks') })

it('one writer per target: the second program is told who has it, and can go on when that has ended', async () => {
  const file = server.file('/data.bin', { size: 3 * mebibyte, stall: { after: mebibyte } })
  const engine = rig.start(locks())
  const id = await engine.add(rig.request(file.url))
  await waitFor(engine, id, (view) => view.total !== null)
  const second = other.start(locks())
  const theirs = await second.add(rig.request(file.url))
  const { state } = await untilEnd(second, theirs)
  expect(state).toMatchObject({ kind: 'failed', error: { code: 'LOCKED', retry: 'no' } })
  expect(JSON.stringify(state)).toContain(`process ${process.pid} is downloading to ${rig.path('data.bin')}`)
  file.release()
  expect((await untilEnd(engine, id)).state.kind).toBe('done')
  second.resume([theirs])
  expect(await untilEnd(second, theirs)).toMatchObject({ state: { kind: 'done' }, name: 'data (1).bin' })
  expect(await rig.files()).toEqual(['data (1).bin', 'data.bin'])
})

it('another file of the same name gets a number, as in one program', async () => {
  const file = server.file('/a/data.bin', { size: 3 * mebibyte, stall: { after: mebibyte } })
  const different = server.file('/b/data.bin', { size: 1000, seed: 2 })
  const engine = rig.start(locks())
  const id = await engine.add(rig.request(file.url))
  await waitFor(engine, id, (view) => view.total !== null)
  const second = other.start(locks())
  expect(await untilEnd(second, await second.add(rig.request(different.url)))).toMatchObject({ name: 'data (1).bin' })
  file.release()
  await untilEnd(engine, id)
  expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  expect(await sha256(rig.path('data (1).bin'))).toBe(different.sha256())
})

it('a pause gives the lock away; who comes back later is told', async () => {
  const file = server.file('/data.bin', { size: 3 * mebibyte, stall: { after: mebibyte } })
  const engine = rig.start(locks())
  const id = await engine.add(rig.request(file.url))
  await waitFor(engine, id, (view) => view.received > 0)
  engine.pause([id])
  await expect.poll(held).toBe(0)
  const second = other.start(locks())
  const theirs = await second.add(rig.request(file.url, { onConflict: 'overwrite' }))
  await waitFor(second, theirs, (view) => view.total !== null)
  engine.resume([id])
  expect((await untilState(engine, id, 'failed')).state).toMatchObject({ error: { code: 'LOCKED' } })
  file.release()
  await untilEnd(second, theirs)
  await expect.poll(held).toBe(0)
  engine.resume([id])
  expect((await untilEnd(engine, id)).state.kind).toBe('done')
})

it('the command line: exit 9 for the second store; after a SIGKILL of the first it gets the place', async () => {
  const file = server.file('/data.bin', { size: 3 * mebibyte, stall: { after: mebibyte } })
  const home = { env: { XDG_CONFIG_HOME: path.join(rig.root, 'config'), HOME: rig.root } }
  const get = (store: string) =>
    runCli(['get', '--json', '-d', rig.folder, '--store', path.join(rig.root, store), file.url], home)
  await using first = get('one')
  await first.until(({ stdout }) => stdout.includes('"started"'))
  {
    await using second = get('two')
    const { code, stdout } = await second.ended
    expect(code).toBe(9)
    expect(stdout).toContain(`process ${first.child.pid} is downloading`)
  }
  await first.signal('SIGKILL')
  file.release()
  await using third = get('two')
  expect(await third.ended).toMatchObject({ code: 0 })
  expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
})
