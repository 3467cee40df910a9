import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createHttpClient } from '../../src/main/engine/http/http'
import { nobody, WebSession } from '../../src/main/engine/session/session'
import { startServer } from '../server'
import { Rig } from './rig'
import { stored } from './stored'

/**
 * undici's parser would fail an assertion in an event handler of the socket, and end the engine's thread with it.
 */
it('14: a server may close the connection while its answer is held back', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const http = createHttpClient({ userAgent: 'test' })
  try {
    const signal = new AbortController().signal
    const session = await WebSession.open(url, nobody)
    const response = await http.open({ url, session, start: 0, end: null, validator: null, publicOnly: false }, signal)
    // Nobody reads the answer yet: it is held back. Now it ends.
    const [socket] = sockets
    socket?.end()
    await once(socket!, 'close')
    await expect(response.read(() => undefined)).rejects.toMatchObject({ error: { code: 'CONNECTION_LOST' } })
  } finally {
    await http.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

it.concurrent(
  'a part of the system that hangs does not keep the program from ending, and is told in the log',
  async ({ expect }) => {
    await using rig = await Rig.create()
    await using server = await startServer({})
    const file = server.file('/data.bin', { size: 1000, stall: { after: 10 } })
    const sealed = {
      seal: (text: string) => Promise.resolve(Buffer.from(text)),
      open: () => new Promise<never>(() => {}),
    }
    const credentials = { user: 'me', password: 'x', headers: [], cookies: '' }
    await rig.start({ secrets: sealed }).add(rig.request(file.url, { credentials }))
    await rig.stop()
    const told: string[] = []
    const engine = rig.start({ secrets: sealed, log: (_, message) => told.push(message) }) // asks the keyring, and waits
    await expect.poll(() => engine.active().length).toBe(1)
    await rig.stop()
    expect(told).toContain('closed without the end of what hangs')
  },
)

it.concurrent('a run that hangs does not hold a removal', async ({ expect }) => {
  await using rig = await Rig.create()
  await using server = await startServer({})
  const file = server.file('/data.bin', { size: 1000 })
  const hangs = { seal: () => new Promise<never>(() => {}), open: () => new Promise<never>(() => {}) }
  const id = await rig.start().add(rig.request(file.url, { start: false }))
  await rig.stop()
  stored(rig, (store) => {
    const record = store.get(id)
    if (record) store.save([{ ...record, secret: { kind: 'sealed', bytes: Buffer.from('x') } }])
  })
  const engine = rig.start({ secrets: hangs })
  engine.resume([id]) // asks the keyring, and waits
  await expect.poll(() => engine.active().length).toBe(1)
  await engine.remove([id], { deleteFile: true })
  expect(engine.view(id)).toBeNull()
  expect(stored(rig, (store) => store.get(id))).toBeNull()
})
