import { behaviour, type Behaviour, type Plan } from '../plan'
import type { Body } from '../content'

/** Behaviours about time and about how a body goes wrong. */
export const body: readonly Behaviour[] = [
  behaviour('delay', (ms, plan) => {
    plan.delay = ms
  }),
  behaviour('delayBody', (ms, plan) => {
    plan.delayBody = ms
  }),
  behaviour('rate', (bytesPerSecond, plan) => {
    plan.rate = bytesPerSecond
  }),
  behaviour('cut', ({ after, how = 'fin' }, plan) => {
    plan.stops.push({
      after,
      run: async ({ wire }) => {
        if (how === 'fin') wire.fin()
        else {
          // a reset throws away what the other side has not read yet: leave it a moment for that
          await wire.sleep(20)
          wire.reset()
        }
        return 'end'
      },
    })
  }),
  behaviour('stall', ({ after }, plan) => {
    plan.stops.push({
      after,
      run: async ({ wire }) => {
        if (plan.file.options.stall === undefined) return 'go-on' // released before it came so far
        await new Promise<void>((resolve) => {
          const offRelease = plan.file.onRelease(() => {
            offClose()
            resolve()
          })
          const offClose = wire.onClose(() => {
            offRelease()
            resolve()
          })
        })
        return 'go-on'
      },
    })
  }),
  behaviour('drip', ({ after, bytes = 1, every = 1000 }, plan) => {
    plan.stops.push({
      after,
      run: async ({ wire, send, rest }) => {
        for (let left = rest; left > 0; left -= bytes) {
          await wire.sleep(every)
          if (!(await send(Math.min(bytes, left)))) return 'end'
        }
        return 'go-on'
      },
    })
  }),
  behaviour('extraBytes', (extra, plan) => {
    plan.raw = true
    plan.keepOpen = true
    plan.headers.push(['Content-Length', String(plan.body.length)])
    plan.framing = 'close'
    plan.body = withExtra(plan, extra)
  }),
  behaviour('badChunk', ({ after, how = 'size' }, plan) => {
    plan.raw = true
    plan.framing = 'chunked'
    plan.stops.push({
      after,
      run: async ({ wire, rest }) => {
        // Half a chunk: what comes of it is right, as it is when a connection breaks there.
        const half = plan.body.view(after, Math.min(rest, 8192))
        const head = how === 'size' ? 'not a size\r\nxx\r\n' : `${(2 * half.length + 1).toString(16)}\r\n`
        await wire.bytes(Buffer.concat([Buffer.from(head), ...(how === 'size' ? [] : [half])]))
        wire.fin()
        return 'end'
      },
    })
  }),
]

function withExtra(plan: Plan, extra: number): Body {
  const honest = plan.body
  const filler = Buffer.alloc(Math.min(extra, 65_536), '!')
  return {
    length: honest.length + extra,
    view: (offset, max) =>
      offset < honest.length ? honest.view(offset, max) : filler.subarray(0, Math.min(max, filler.length)),
  }
}
