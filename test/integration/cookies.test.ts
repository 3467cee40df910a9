import path from 'node:path'
import { expect, it } from 'vitest'
import type { SecretBox } from '../../src/main/engine/ports'
import { openDatabase } from '../../src/main/store/database'
import { createCookieStore } from '../../src/main/store/cookies'
import { on, type RequestRecord, type TestServer } from '../server'
import { runScript } from './processes'
import { inEachTest, maskingBox, type Rig, sha256, untilEnd } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const locked: SecretBox = { ...maskingBox, open: () => Promise.resolve(null) }

/** A file behind a login that sets a cookie once: whoever comes without it later sees the login page. */
function behindLogin() {
  const out = on((request: RequestRecord) => !(request.headers.cookie ?? '').includes('sid=planted'), {
    code: 302,
    headers: { Location: '/login' },
  })
  const login = server.file('/login', {
    size: 0,
    status: [
      on(
        { first: 1 },
        { code: 302, headers: { Location: '/data.bin', 'Set-Cookie': 'sid=planted; Path=/; HttpOnly' } },
      ),
      on({ from: 2 }, { code: 403 }),
    ],
  })
  return { login, file: server.file('/data.bin', { size: 4 * mebibyte, rate: mebibyte, status: out }) }
}

/** The program, until it is killed; it says how much is committed. */
const program = (url: string) =>
  runScript(`
    import { compose } from './src/main/compose.ts'
    const { engine } = compose({
      database: ${JSON.stringify(path.join(rig.root, 'longshore.db'))},
      secrets: { seal: async (text) => Buffer.from(text).map((byte) => byte ^ 0x5a), open: async () => null },
      log: () => undefined,
      targetLocks: ${JSON.stringify(path.join(rig.root, 'locks'))},
      digestWorker: new URL('file://' + process.cwd() + '/out/main/digest.js'),
      checkpoints: { interval: 20, bytes: 100_000 },
      env: {},
    })
    await engine.add(${JSON.stringify({ ...rig.request(url), connections: 2 })})
    setInterval(() => {
      const part = engine.unfinished()[0]?.part
      if (part?.kind === 'open' && part.segments.some(({ start, written }) => written - start > 300_000)) console.log('claimed')
    }, 20)
  `)

/** What is kept of the first download, as it stands in the database. */
function kept(): Uint8Array | null {
  const database = openDatabase(path.join(rig.root, 'longshore.db'))
  try {
    return createCookieStore(database).read(1)
  } finally {
    database.close()
  }
}

async function killed(url: string): Promise<void> {
  await using process = program(url)
  await process.until(({ stdout }) => stdout.includes('claimed'))
  await process.signal('SIGKILL')
}

it('53: a download behind a login by cookies goes on by itself after a kill', async () => {
  const { file, login } = behindLogin()
  await killed(file.url)
  const sealed = kept()
  expect(Buffer.from(sealed ?? []).toString('latin1')).not.toContain('planted')
  expect(await maskingBox.open(sealed ?? Buffer.alloc(0))).toContain('planted')
  const before = file.requests.length
  const engine = rig.start({ secrets: maskingBox })
  expect((await untilEnd(engine, 1)).state.kind).toBe('done')
  expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  expect(login.requests).toHaveLength(1)
  const after = file.requests.slice(before)
  expect(after.every(({ range }) => range !== null && range.start > 0)).toBe(true)
  expect(after.every(({ headers }) => headers.cookie === 'sid=planted')).toBe(true)
})

it('what cannot be opened any more counts as absent: the login is asked for again', async () => {
  const { file, login } = behindLogin()
  await killed(file.url)
  const engine = rig.start({ secrets: locked })
  expect(await untilEnd(engine, 1)).toMatchObject({ state: { kind: 'failed', error: { code: 'HTTP_403' } } })
  expect(login.requests.length).toBeGreaterThan(1)
})

it('new credentials forget what servers set', async () => {
  const { file } = behindLogin()
  const engine = rig.start({ secrets: maskingBox })
  const id = await engine.add(rig.request(file.url))
  await server.waitUntil(() => kept() !== null)
  engine.pause([id])
  await engine.identify(id, { user: '', password: '', headers: [], cookies: 'sid=mine' })
  expect(kept()).toBeNull()
})
