import { afterEach, describe, expect, it } from 'vitest'
import { MessageChannel } from 'node:worker_threads'
import { connect, requestError } from '../../src/main/thread/rpc'
import { RequestFailure } from '../../src/shared/errors'

type Handlers = { readonly [name: string]: (...args: never[]) => unknown }

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Two sides of a real channel. */
function pair<T extends Handlers>(handlers: T, onEvent?: (name: string, payload: unknown) => void) {
  const { port1, port2 } = new MessageChannel()
  ends.push(() => port1.close())
  const server = connect<Handlers, { tick: unknown; tock: unknown }>(port1, handlers)
  const client = connect<T>(port2, {}, onEvent)
  return { server, client, port2 }
}

describe('a call', () => {
  it('gives arguments over and the value back', async () => {
    const { client } = pair({
      add: (a: number, b: number) => a + b,
      later: (text: string) => Promise.resolve(text.toUpperCase()),
      nothing: () => undefined,
    })
    expect(await client.remote.add(1, 2)).toBe(3)
    expect(await client.remote.later('x')).toBe('X')
    expect(await client.remote.nothing()).toBeUndefined()
  })

  it('carries what structured clone carries', async () => {
    const { client } = pair({ echo: (value: unknown) => value })
    const value = { when: new Date(5), bytes: Uint8Array.of(1, 2), end: Infinity, deep: [null, { a: undefined }] }
    expect(await client.remote.echo(value)).toEqual(value)
  })

  it('of many at a time each gets its own answer, whatever their order', async () => {
    const answers: (() => void)[] = []
    const { client } = pair({
      slow: (n: number) => new Promise<number>((resolve) => answers.push(() => resolve(n))),
    })
    const calls = [1, 2, 3, 4].map((n) => client.remote.slow(n))
    await expect.poll(() => answers.length).toBe(4)
    for (const answer of answers.reverse()) answer()
    expect(await Promise.all(calls)).toEqual([1, 2, 3, 4])
  })

  it('goes both ways over one port', async () => {
    const { port1, port2 } = new MessageChannel()
    ends.push(() => port1.close())
    const left = connect<{ right(): string }>(port1, { left: () => 'left' })
    const right = connect<{ left(): string }>(port2, { right: () => 'right' })
    expect(await left.remote.right()).toBe('right')
    expect(await right.remote.left()).toBe('left')
  })

  it('that fails with a request problem fails with it here', async () => {
    const error = { code: 'E_NAME', field: 'name', detail: 'empty' } as const
    const { client } = pair({
      bad: () => {
        throw new RequestFailure(error)
      },
    })
    const caught: unknown = await client.remote.bad().catch((thrown: unknown) => thrown)
    expect(caught).toBeInstanceOf(RequestFailure)
    expect((caught as RequestFailure).error).toEqual(error)
  })

  it('that fails in any other way is E_ENGINE', async () => {
    const { client } = pair({ bad: () => Promise.reject(new TypeError('x is undefined')) })
    await expect(client.remote.bad()).rejects.toMatchObject({ error: { code: 'E_ENGINE', detail: 'x is undefined' } })
  })

  it('75: of a name that nobody answers to is E_IPC', async () => {
    const { client } = pair<Handlers>({})
    await expect(client.remote['missing']?.()).rejects.toMatchObject({ error: { code: 'E_IPC' } })
  })

  it('75: of a name that every object has is E_IPC, too', async () => {
    const { client } = pair<Handlers>({})
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      await expect(client.remote[name]?.()).rejects.toMatchObject({ error: { code: 'E_IPC' } })
    }
  })

  it('whose value cannot be sent fails instead of waiting for ever', async () => {
    const { client } = pair({ bad: () => () => undefined })
    await expect(client.remote.bad()).rejects.toMatchObject({ error: { code: 'E_ENGINE' } })
  })

  it('whose arguments cannot be sent fails', async () => {
    const { client } = pair({ take: (_: unknown) => undefined })
    await expect(client.remote.take(() => undefined)).rejects.toThrow()
  })

  it('that a handler is added for later works then', async () => {
    const handlers: { [name: string]: (...args: never[]) => unknown } = {}
    const { client } = pair<Handlers>(handlers)
    await expect(client.remote['late']?.()).rejects.toThrow()
    handlers['late'] = () => 1
    expect(await client.remote['late']?.()).toBe(1)
  })
})

describe('the end of the other side', () => {
  it('ends every call that waits, and every later one', async () => {
    const { client } = pair({ never: () => new Promise(() => undefined) })
    const waiting = [client.remote.never(), client.remote.never()]
    const reason = new RequestFailure({ code: 'E_ENGINE', detail: 'the thread ended' })
    client.end(reason)
    for (const call of waiting) await expect(call).rejects.toBe(reason)
    await expect(client.remote.never()).rejects.toBe(reason)
  })

  it('an answer that comes after it is dropped', async () => {
    let answer: () => void = () => undefined
    const { client } = pair({ slow: () => new Promise<void>((resolve) => (answer = resolve)), ping: () => 1 })
    const slow = client.remote.slow()
    await expect.poll(() => answer.length).toBe(1)
    client.end(new RequestFailure({ code: 'E_ENGINE', detail: 'gone' }))
    answer()
    await expect(slow).rejects.toThrow('gone')
  })
})

it('events arrive in order, with their names', async () => {
  const events: [string, unknown][] = []
  const { server } = pair({}, (name, payload) => events.push([name, payload]))
  server.emit('tick', 1)
  server.emit('tock', Float64Array.of(1, 2))
  server.emit('tick', null)
  await expect.poll(() => events.length).toBe(3)
  expect(events).toEqual([
    ['tick', 1],
    ['tock', Float64Array.of(1, 2)],
    ['tick', null],
  ])
})

it('requestError keeps request problems and hides nothing else', () => {
  expect(requestError(new RequestFailure({ code: 'E_URL', detail: 'x' }))).toEqual({ code: 'E_URL', detail: 'x' })
  expect(requestError(new Error('boom'))).toEqual({ code: 'E_ENGINE', detail: 'boom' })
  expect(requestError('text')).toEqual({ code: 'E_ENGINE', detail: 'text' })
})
