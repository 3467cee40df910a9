import signUtils from 'ali-oss/lib/common/signUtils.js'
import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusal'

/** Keys that the server knows. */
export interface ServerKeys {
  readonly id: string
  readonly secret: string
  /** The token that must come with them, for temporary ones. */
  readonly token?: string
}

export interface Asked {
  readonly request: IncomingMessage
  readonly bucket: string
  readonly key: string
  /** As sent, decoded. */
  readonly query: readonly (readonly [string, string | null])[]
}

const quarter = 15 * 60 * 1000

/**
 * Recomputes the signature of a request with Alibaba Cloud's own signer, and checks scope, date and token.
 * @param now ms since the epoch, by this server's clock
 * @returns whether somebody signed; false for an anonymous request
 * @throws Refusal
 */
export function verify(asked: Asked, keys: readonly ServerKeys[], region: string, now: number): boolean {
  const { headers } = asked.request
  const query = new Map(asked.query)
  const authorization = headers.authorization ?? ''
  if (authorization.startsWith('OSS4-HMAC-SHA256 ')) verifyV4(asked, authorization, keys, region, now)
  else if (query.get('x-oss-signature-version')) verifyV4Address(asked, query, keys, region, now)
  else if (authorization.startsWith('OSS ')) verifyV1(asked, authorization, keys, now)
  else if (query.get('OSSAccessKeyId')) verifyV1Address(asked, query, keys, now)
  else if (authorization !== '') throw new Refusal(403, 'InvalidArgument', 'Authorization header is invalid.')
  else return false
  return true
}

function verifyV4(asked: Asked, authorization: string, keys: readonly ServerKeys[], region: string, now: number) {
  const match = /^OSS4-HMAC-SHA256 Credential=([^,]+),(?:AdditionalHeaders=([^,]+),)?Signature=([0-9a-f]{64})$/.exec(
    authorization,
  )
  if (!match) throw new Refusal(400, 'InvalidArgument', 'The Authorization header is not well formed.')
  const [, credential = '', additional = ''] = match
  const { headers } = asked.request
  const sent = String(headers['x-oss-date'])
  const known = scope(credential, sent, keys, region)
  if (headers['x-oss-content-sha256'] !== 'UNSIGNED-PAYLOAD') {
    throw new Refusal(400, 'InvalidArgument', 'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.')
  }
  nearNow(compactDate(sent), now)
  checkToken(known, headers['x-oss-security-token'])
  const ours = signV4(asked, known, region, additional, asked.query)
  if (ours !== authorization) throw different()
}

function verifyV4Address(
  asked: Asked,
  query: Map<string, string | null>,
  keys: readonly ServerKeys[],
  region: string,
  now: number,
) {
  const date = query.get('x-oss-date') ?? ''
  const known = scope(query.get('x-oss-credential') ?? '', date, keys, region)
  checkToken(known, query.get('x-oss-security-token') ?? undefined)
  const rest = asked.query.filter(([name]) => name !== 'x-oss-signature')
  const ours = signV4(asked, known, region, query.get('x-oss-additional-headers') ?? '', rest)
  if (!ours.endsWith(`Signature=${query.get('x-oss-signature')}`)) throw different()
  if (compactDate(date) + Number(query.get('x-oss-expires')) * 1000 < now) {
    throw new Refusal(403, 'AccessDenied', 'Request has expired.')
  }
}

function signV4(asked: Asked, known: ServerKeys, region: string, additional: string, query: Asked['query']): string {
  return signUtils.authorizationV4(
    known.id,
    known.secret,
    region,
    asked.request.method ?? '',
    { headers: flat(asked.request.headers), queries: Object.fromEntries(query) },
    asked.bucket,
    asked.key,
    additional === '' ? [] : additional.split(';'),
    'latin1',
  )
}

function verifyV1(asked: Asked, authorization: string, keys: readonly ServerKeys[], now: number) {
  const [id = '', theirs] = authorization.slice('OSS '.length).split(':')
  const { headers } = asked.request
  const known = find(id, keys)
  const date = headers['x-oss-date'] ?? headers.date
  nearNow(Date.parse(String(date)), now)
  checkToken(known, headers['x-oss-security-token'])
  if (signV1(asked, known, headers.date, asked.query) !== theirs) throw different()
}

function verifyV1Address(asked: Asked, query: Map<string, string | null>, keys: readonly ServerKeys[], now: number) {
  const known = find(query.get('OSSAccessKeyId') ?? '', keys)
  checkToken(known, query.get('security-token') ?? undefined)
  const own = new Set(['OSSAccessKeyId', 'Expires', 'Signature'])
  const expires = query.get('Expires') ?? ''
  const rest = asked.query.filter(([name]) => !own.has(name))
  if (signV1(asked, known, expires, rest) !== query.get('Signature')) throw different()
  if (Number(expires) * 1000 < now) throw new Refusal(403, 'AccessDenied', 'Request has expired.')
}

function signV1(asked: Asked, known: ServerKeys, date: string | undefined, query: Asked['query']): string {
  const { method = '', headers } = asked.request
  const covered = /^(versionId|restore|continuation-token|security-token|response-.*|x-oss-.*)$/
  const text = signUtils.buildCanonicalString(
    method,
    asked.bucket === '' ? '/' : `/${asked.bucket}/${asked.key}`,
    {
      headers: { 'content-type': '', ...flat(headers) },
      parameters: Object.fromEntries(query.filter(([name]) => covered.test(name))),
    },
    date,
  )
  return signUtils.computeSignature(known.secret, text)
}

function scope(credential: string, date: string, keys: readonly ServerKeys[], region: string): ServerKeys {
  const [id = '', day, theirs, product, end] = credential.split('/')
  const known = find(id, keys)
  if (product !== 'oss' || end !== 'aliyun_v4_request' || day !== date.slice(0, 8)) {
    throw new Refusal(400, 'InvalidArgument', 'Invalid credential in Authorization header.')
  }
  if (theirs !== region) throw new Refusal(400, 'InvalidArgument', 'Invalid signing region in Authorization header.')
  return known
}

function find(id: string, keys: readonly ServerKeys[]): ServerKeys {
  const known = keys.find((k) => k.id === id)
  if (!known) {
    throw new Refusal(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.')
  }
  return known
}

function checkToken({ token }: ServerKeys, sent: string | string[] | undefined) {
  if (token === sent) return
  throw sent === undefined
    ? new Refusal(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided is of a temporary user.')
    : new Refusal(403, 'SecurityTokenExpired', 'The security token you provided has expired.')
}

function nearNow(at: number, now: number) {
  if (Math.abs(at - now) <= quarter) return
  throw new Refusal(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
  )
}

function different() {
  return new Refusal(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  )
}

function compactDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
