import { body } from './behaviours/body'
import { digests } from './behaviours/digests'
import { framing, head } from './behaviours/head'
import { instead } from './behaviours/instead'
import { represent, stamp } from './behaviours/representation'
import { bufferBody } from './content'
import type { TestFile } from './file'
import { optionFor, type Plan } from './plan'
import type { Activity, RequestRecord } from './record'
import type { Wire } from './wire'

/** Decides what the answer to a request is. */
export function planAnswer(file: TestFile, request: RequestRecord, server: { readonly parallel: number }): Plan {
  const options = file.options
  const plan: Plan = {
    request,
    file,
    server,
    option: (name) => optionFor(options, name, request),
    instead: false,
    status: 200,
    reason: null,
    headers: [],
    body: bufferBody(''),
    framing: 'length',
    raw: false,
    garbage: null,
    delay: 0,
    delayBody: 0,
    act: 'answer',
    rate: Infinity,
    keepOpen: false,
    stops: [],
  }
  for (const each of instead) {
    each.apply(plan)
    if (plan.instead) break
  }
  if (!plan.instead) {
    represent(plan)
    for (const each of [...digests, ...head, ...framing, ...body]) each.apply(plan)
  } else {
    const delay = plan.option('delay')
    if (delay !== undefined) plan.delay = delay
  }
  stamp(plan)
  if (plan.framing === 'length') plan.headers.push(['Content-Length', String(plan.body.length)])
  plan.stops.sort((a, b) => a.after - b.after)
  return plan
}

const largestPiece = 256 * 1024

/** Sends an answer as planned; ends when all is out, cut, or the other side is gone. */
export async function sendAnswer(plan: Plan, wire: Wire, activity: Activity): Promise<void> {
  const { request } = plan
  if (plan.delay > 0) await wire.sleep(plan.delay)
  if (plan.act === 'reset') return wire.reset()
  if (plan.act === 'close') return wire.fin()
  if (plan.act === 'silence') return new Promise((resolve) => void wire.onClose(resolve))
  if (plan.garbage !== null) {
    await wire.bytes(plan.garbage)
    return wire.fin()
  }
  request.status = plan.status
  if (!(await wire.head(plan))) return
  if (request.method === 'HEAD') return wire.end(plan.keepOpen)
  if (plan.delayBody > 0) await wire.sleep(plan.delayBody)

  const began = performance.now()
  let sent = 0
  const send = async (bytes: number): Promise<boolean> => {
    for (const goal = sent + bytes; sent < goal;) {
      const most = Math.min(largestPiece, Math.max(1, Math.ceil(plan.rate / 50)))
      const piece = plan.body.view(sent, Math.min(goal - sent, most))
      if (!(await wire.body(piece))) {
        request.aborted = true // a socket is destroyed some time before it says that it is closed
        return false
      }
      sent += piece.length
      request.bytesSent = sent
      activity.happened()
      const due = began + (sent / plan.rate) * 1000 - performance.now()
      if (due > 1) await wire.sleep(due)
    }
    return !wire.closed
  }
  for (const stop of plan.stops) {
    if (stop.after > plan.body.length) break
    if (!(await send(Math.max(0, stop.after - sent)))) return
    if ((await stop.run({ wire, send, rest: plan.body.length - sent })) === 'end') return
  }
  if (await send(plan.body.length - sent)) await wire.end(plan.keepOpen)
}
