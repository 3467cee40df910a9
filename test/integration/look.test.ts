import { afterEach, beforeEach, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server'
import { Rig } from './rig'

let rig: Rig
let server: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startServer({})
  rig.start()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
})
const look = (url: string | null) => rig.composition.prober.look(url, null)

it('tells name, size, ranges and digests of an address, by HEAD and without what the user gave', async () => {
  const file = server.file('/get.php', {
    size: 5000,
    headers: { 'Content-Disposition': 'attachment; filename="tide tables.pdf"' },
  })
  const url = file.url.replace('http://', 'http://tom:geheim@')
  expect(await look(url)).toMatchObject({ kind: 'answered', name: 'tide tables.pdf', total: 5000, ranges: true })
  expect(file.requests.map(({ method }) => method)).toEqual(['HEAD'])
  expect(file.requests[0]?.headers).not.toHaveProperty('authorization')
  expect(file.requests[0]?.headers).not.toHaveProperty('cookie')
})

it('ranges that a server denies, or does not speak of', async () => {
  const silent = server.file('/a.bin', { size: 5000, ranges: false })
  expect(await look(silent.url)).toMatchObject({ kind: 'answered', total: 5000, ranges: null })
  const denied = server.file('/b.bin', { size: 5000, ranges: false, headers: { 'Accept-Ranges': 'none' } })
  expect(await look(denied.url)).toMatchObject({ ranges: false })
})

it('a refusal is told; one that speaks of the method says nothing', async () => {
  expect(await look(server.file('/gone', { size: 1, status: 404 }).url)).toMatchObject({
    kind: 'refused',
    error: { code: 'HTTP_404' },
  })
  expect(await look(server.file('/no-head', { size: 1, status: 405 }).url)).toEqual({ kind: 'silent' })
})

it('a presigned address is not asked', async () => {
  const file = server.file('/signed.bin', { size: 10 })
  expect(await look(`${file.url}?X-Amz-Signature=abc&X-Amz-Credential=c&X-Amz-Expires=60`)).toEqual({ kind: 'silent' })
  expect(file.requests).toEqual([])
})

it('a new question ends the one before, and what is no address is not asked', async () => {
  const slow = server.file('/slow.bin', { size: 10, delay: 60_000 })
  const first = look(slow.url)
  await expect.poll(() => slow.requests.length).toBe(1)
  expect(await look('nonsense')).toEqual({ kind: 'silent' })
  expect(await first).toBeNull()
})
