import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HttpResponse, Sink } from '../../src/main/engine/http/http'
import { readAhead } from '../../src/main/engine/http/read-ahead'
import { failure } from '../../src/shared/errors'
import { deferred, settled } from './fake-clock'

const head = { status: 200, headers: {}, url: 'http://server/', publicOnly: false }
const long = 60_000

/** An answer whose chunks come when the test says so, one after the other, and none while it is held back. */
function answer() {
  let sink: Sink | null = null
  const ended = deferred()
  let enough = false
  let discarded = false
  let held: Promise<unknown> = Promise.resolve()
  const response: HttpResponse = {
    ...head,
    read(given) {
      sink = given
      return ended.promise
    },
    discard: () => (discarded = true),
  }
  return {
    response,
    send: async (chunk: Buffer) => {
      await held
      if (enough) return
      const said = sink?.(chunk)
      if (said === 'enough') {
        enough = true
        ended.resolve()
      } else held = said ?? Promise.resolve()
    },
    end: () => ended.resolve(),
    fail: (error: Error) => ended.reject(error),
    get discarded() {
      return discarded
    },
  }
}

const bytes = Buffer.from(Array.from({ length: 200 }, (_, n) => n))
/** Reads all of it with a sink that is held back after each chunk. */
async function readAll(response: HttpResponse): Promise<{ got: Buffer; error: unknown }> {
  const chunks: Buffer[] = []
  const error = await response
    .read((chunk) => {
      chunks.push(Buffer.from(chunk))
      return settled()
    })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    )
  return { got: Buffer.concat(chunks), error }
}

describe('an answer that is read ahead', () => {
  it('is the whole body when that comes in time', async () => {
    const { response, send, end } = answer()
    const whole = readAhead(response, bytes.length, long)
    await send(bytes.subarray(0, 50))
    await send(bytes.subarray(50))
    end()
    expect(await whole).toEqual(bytes)
  })

  it('takes no more than was announced', async () => {
    const { response, send } = answer()
    const whole = readAhead(response, 50, long)
    await send(bytes)
    expect(await whole).toEqual(bytes.subarray(0, 50))
  })

  it('begins with the same bytes when it is read on, wherever the moment was over, however it ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
        fc.nat(6),
        fc.boolean(),
        async (sizes, late, fails) => {
          const { response, send, end, fail } = answer()
          const ahead = readAhead(response, bytes.length, 0)
          let at = 0
          const next = async (size: number) => {
            await send(bytes.subarray(at, (at += size)))
          }
          for (const size of sizes.slice(0, late)) await next(size)
          const slow = await ahead
          if (Buffer.isBuffer(slow)) return
          const reading = readAll(slow)
          for (const size of sizes.slice(late)) await next(size)
          const lost = failure('CONNECTION_LOST', 'later', 'gone')
          if (fails) fail(lost)
          else end()
          const { got, error } = await reading
          expect(got).toEqual(bytes.subarray(0, Math.min(at, bytes.length)))
          if (at < bytes.length) expect(error).toBe(fails ? lost : null)
        },
      ),
    )
  })

  it('that breaks off gives what had come, then the failure', async () => {
    const { response, send, fail } = answer()
    const ahead = readAhead(response, bytes.length, long)
    await send(bytes.subarray(0, 70))
    const lost = failure('CONNECTION_LOST', 'later', 'gone')
    fail(lost)
    const broken = await ahead
    if (Buffer.isBuffer(broken)) throw new Error('it was not whole')
    expect(await readAll(broken)).toEqual({ got: bytes.subarray(0, 70), error: lost })
  })

  it('is closed when its reader has enough', async () => {
    const made = answer()
    const ahead = readAhead(made.response, bytes.length, 0)
    await made.send(bytes.subarray(0, 70))
    const slow = await ahead
    if (Buffer.isBuffer(slow)) throw new Error('it was not whole')
    await slow.read(() => 'enough')
    expect(made.discarded).toBe(true)
  })
})
