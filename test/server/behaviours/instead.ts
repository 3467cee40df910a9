import { answerInstead, behaviour, type Behaviour } from '../plan'
import { basicAuth, digestAuth } from './auth'

/** Behaviours that answer in place of the file, in the order in which a server would find them out. */
export const instead: readonly Behaviour[] = [
  behaviour('refuse', (how, plan) => {
    plan.instead = true
    plan.act = how === 'rst' ? 'reset' : 'close'
  }),
  behaviour('silent', (silent, plan) => {
    plan.instead = silent
    if (silent) plan.act = 'silence'
  }),
  behaviour('notHttp', (bytes, plan) => {
    plan.instead = true
    plan.garbage = Buffer.from(bytes === true ? 'SSH-2.0-OpenSSH_9.2\r\nnot a web server\r\n' : bytes)
  }),
  behaviour('maxConnections', ({ limit, answer = 503, retryAfter, per = 'file' }, plan) => {
    // this very request is counted already
    if ((per === 'file' ? plan.file.parallel : plan.server.parallel) <= limit) return
    if (typeof answer === 'number') {
      answerInstead(plan, answer, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) })
    } else {
      plan.instead = true
      plan.act = answer === 'rst' ? 'reset' : 'close'
    }
  }),
  behaviour('requiredHeader', ({ name, value }, plan) => {
    const given = plan.request.headers[name.toLowerCase()]
    if (given === undefined || (value !== undefined && given !== value)) answerInstead(plan, 403, {}, 'Forbidden\n')
  }),
  basicAuth,
  digestAuth,
  behaviour('redirect', ({ to, hops = 1, status = 302, absolute = false }, plan) => {
    const [path = '', query = ''] = plan.request.path.split('?')
    const done = Number(new URLSearchParams(query).get('hop') ?? 0)
    if (done >= hops) return
    const last = done === hops - 1 && to !== undefined
    const own = `${path}?hop=${done + 1}`
    const target = typeof to === 'function' ? to(plan.request) : to
    const location = last ? (target ?? '') : absolute ? new URL(own, plan.file.url).href : own
    answerInstead(plan, status, { Location: location }, 'Moved\n')
  }),
  behaviour('status', (answer, plan) => {
    if (typeof answer === 'number') answerInstead(plan, answer, {}, `${answer}\n`)
    else answerInstead(plan, answer.code, answer.headers, answer.body ?? `${answer.code}\n`)
  }),
]
