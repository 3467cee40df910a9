import { createHash, randomBytes } from 'node:crypto'
import { answerInstead, behaviour } from '../plan'

/** RFC 7617. */
export const basicAuth = behaviour('basicAuth', ({ user, password }, plan) => {
  const expected = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
  if (plan.request.headers.authorization === expected) return
  answerInstead(plan, 401, { 'WWW-Authenticate': 'Basic realm="test", charset="UTF-8"' }, 'Unauthorized\n')
})

/** Uses of each nonce that this process gave out. */
const nonces = new Map<string, { uses: number; lastCount: number }>()

/** RFC 7616 with qop=auth: checks realm, nonce, rising nonce count, uri and response. */
export const digestAuth = behaviour('digestAuth', (options, plan) => {
  const { user, password, algorithm = 'SHA-256', realm = 'test', nonceUses = Infinity } = options
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const challenge = (stale: boolean): void => {
    const nonce = randomBytes(16).toString('hex')
    nonces.set(nonce, { uses: 0, lastCount: 0 })
    const parts = [`realm="${realm}"`, 'qop="auth"', `algorithm=${algorithm}`, `nonce="${nonce}"`, 'opaque="b3BhcXVl"']
    if (stale) parts.push('stale=true')
    answerInstead(plan, 401, { 'WWW-Authenticate': `Digest ${parts.join(', ')}` }, 'Unauthorized\n')
  }
  const header = plan.request.headers.authorization
  if (header === undefined || !/^Digest /i.test(header)) return challenge(false)
  const given = new Map<string, string>()
  for (const match of header.slice(7).matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    given.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '')
  }
  const value = (name: string): string => given.get(name) ?? ''
  const nonce = nonces.get(value('nonce'))
  const count = parseInt(value('nc'), 16)
  if (nonce === undefined || nonce.uses >= nonceUses) return challenge(true)
  const ha1 = hash(`${user}:${realm}:${password}`)
  const ha2 = hash(`${plan.request.method}:${value('uri')}`)
  const expected = hash(`${ha1}:${value('nonce')}:${value('nc')}:${value('cnonce')}:auth:${ha2}`)
  const right =
    value('username') === user &&
    value('realm') === realm &&
    value('uri') === plan.request.path &&
    value('qop') === 'auth' &&
    value('opaque') === 'b3BhcXVl' &&
    // parallel connections may overtake each other, but no count is used twice in a row
    count > 0 &&
    count !== nonce.lastCount &&
    value('response') === expected
  if (!right) return challenge(false)
  nonce.uses += 1
  nonce.lastCount = count
})
