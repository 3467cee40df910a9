import { describe, expect, it } from 'vitest'
import { type TestServer } from '../server'
import { inEachTest, type Rig, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

describe('the details of a download', () => {
  it('show its connections, its pieces and what was measured while it runs', async () => {
    const file = server.file('/big.bin', { size: 40 * mebibyte, rate: 4 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    await waitFor(engine, id, (view) => view.connections === 4 && view.received > mebibyte)
    const seen = engine.inspect(id)!
    expect(seen.connections.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4])
    expect(new Set(seen.connections.map(({ origin }) => origin))).toEqual(new Set([new URL(file.url).origin]))
    expect(seen.vitals).toMatchObject({ allowed: 4, aimedAt: 4, chosen: true, single: false })
    expect(seen.host).toMatchObject({ host: new URL(file.url).host, held: 4, learned: null })
    let at = 0
    for (const piece of seen.pieces) {
      expect(piece.start).toBe(at)
      expect(piece.written).toBeLessThanOrEqual(piece.taken)
      at = piece.end!
    }
    expect(at).toBe(file.size)
    expect(seen.answer).toMatchObject({ status: 206, url: file.url })
    expect(seen.history.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(mebibyte)
  })

  it('keep the journal and the speed over a restart, and lose them with the download', async () => {
    const file = server.file('/big.bin', { size: 20 * mebibyte, rate: 4 * mebibyte })
    const first = rig.start()
    const id = await first.add(rig.request(file.url))
    await waitFor(first, id, (view) => view.received > 2 * mebibyte)
    await rig.stop()
    const second = rig.start()
    file.unset('rate')
    await untilEnd(second, id)
    const { journal, history } = second.inspect(id)!
    const codes = journal.map(({ event }) => event.code)
    for (const code of ['ADDED', 'STARTED', 'ANSWERED', 'INTERRUPTED', 'COMPLETED']) expect(codes).toContain(code)
    expect(codes.indexOf('INTERRUPTED')).toBeLessThan(codes.lastIndexOf('STARTED'))
    expect(journal.find(({ event }) => event.code === 'INTERRUPTED')!.event).toMatchObject({
      bytes: expect.toSatisfy((bytes: number) => bytes >= 2 * mebibyte) as number,
    })
    expect(history.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThanOrEqual(file.size)
    await rig.stop()
    const third = rig.start()
    expect(third.inspect(id)!.journal.map(({ event }) => event.code)).toEqual(codes)
    await third.remove([id], { deleteFile: false })
    expect(third.inspect(id)).toBeNull()
  })

  it('31: tell that a host refused connections, and what it allows', async () => {
    const file = server.file('/few.bin', { size: 30 * mebibyte, rate: 3 * mebibyte, maxConnections: { limit: 3 } })
    const engine = rig.start({ settings: { connectionsPerHost: 16 } })
    const id = await engine.add(rig.request(file.url, { connections: 8 }))
    await waitFor(engine, id, () => Boolean(engine.inspect(id)?.host?.learned))
    const { journal, host } = engine.inspect(id)!
    expect(host).toMatchObject({ wanted: 16, learned: { connections: host!.limit } })
    expect(journal.map(({ event }) => event)).toContainEqual(expect.objectContaining({ code: 'LIMIT' }))
  })

  it('tell what stopped it', async () => {
    const gone = server.file('/gone.bin', { size: 10, status: 404 })
    const engine = rig.start()
    const id = await engine.add(rig.request(gone.url))
    await untilState(engine, id, 'failed')
    const { journal, answer } = engine.inspect(id)!
    expect(journal.at(-1)!.event).toEqual({ code: 'FAILED', error: 'HTTP_404', bytes: 0 })
    expect(answer).toMatchObject({ status: 404 })
  })
})
