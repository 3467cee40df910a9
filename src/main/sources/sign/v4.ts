import { createHash, createHmac } from 'node:crypto'
import type { Keys } from '../../../shared/accounts'
import { encode, encodePath, type Query } from '../../../shared/percent'
import type { Field } from '../../engine/ports'

/** The part of a request that a signature covers. */
export interface Signable {
  readonly method: string
  /** Not encoded. For OSS `/bucket/key`, wherever the request goes; for S3 the path that is sent. */
  readonly resource: string
  readonly query: Query
  readonly headers: readonly Field[]
}

/** Where the two kinds of version 4 differ. */
export interface Dialect {
  readonly algorithm: string
  readonly secretPrefix: string
  readonly service: string
  readonly terminator: string
  /** How names of the service's own headers begin. */
  readonly headerPrefix: string
  /** Names of the parameters of a presigned address. */
  readonly parameters: Readonly<Record<'version' | 'date' | 'expires' | 'credential' | 'token' | 'signature', string>>
  /** Whether a header is signed without being named. */
  signs(name: string): boolean
  /** A parameter without value in the canonical query. */
  readonly bareParameter: (encodedName: string) => string
  value(text: string): string
  /** Names the headers in the canonical request, and in the answer to who may wonder. */
  readonly namesAllHeaders: boolean
}

/** Alibaba Cloud OSS, "OSS4-HMAC-SHA256": Go SDK v2's `oss/signer/v4.go`, checked with its vectors. */
export const ossV4: Dialect = {
  algorithm: 'OSS4-HMAC-SHA256',
  secretPrefix: 'aliyun_v4',
  service: 'oss',
  terminator: 'aliyun_v4_request',
  headerPrefix: 'x-oss-',
  parameters: {
    version: 'x-oss-signature-version',
    date: 'x-oss-date',
    expires: 'x-oss-expires',
    credential: 'x-oss-credential',
    token: 'x-oss-security-token',
    signature: 'x-oss-signature',
  },
  signs: (name) => name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5',
  bareParameter: (name) => name,
  value: (text) => text.trim(),
  namesAllHeaders: false,
}

/** Amazon S3 and its kin, "AWS4-HMAC-SHA256" (AWS Signature Version 4, "Authenticating Requests" of the S3 API). */
export const sigV4: Dialect = {
  algorithm: 'AWS4-HMAC-SHA256',
  secretPrefix: 'AWS4',
  service: 's3',
  terminator: 'aws4_request',
  headerPrefix: 'x-amz-',
  parameters: {
    version: 'X-Amz-Algorithm',
    date: 'X-Amz-Date',
    expires: 'X-Amz-Expires',
    credential: 'X-Amz-Credential',
    token: 'X-Amz-Security-Token',
    signature: 'X-Amz-Signature',
  },
  signs: (name) => name.startsWith('x-amz-') || name === 'host' || name === 'content-type' || name === 'content-md5',
  bareParameter: (name) => `${name}=`,
  value: (text) => text.trim().replace(/ +/g, ' '),
  namesAllHeaders: true,
}

/** Names of further headers to sign; both services sign their own anyway, and none of them needs Range or If-Match. */
type Additional = readonly string[]

/**
 * Signs a request by its headers.
 * @param region `cn-hangzhou`, `us-east-1`
 * @param at ms since the epoch, by the service's clock: it allows a quarter of an hour
 * @returns the headers to send beside those of the request
 */
export function signV4(
  dialect: Dialect,
  request: Signable,
  keys: Keys,
  region: string,
  at: number,
  additional: Additional = [],
): Field[] {
  const { headerPrefix } = dialect
  const date = compactDate(at)
  const own: Field[] = [
    [`${headerPrefix}date`, date],
    [`${headerPrefix}content-sha256`, 'UNSIGNED-PAYLOAD'],
    ...(keys.token === null ? [] : [[`${headerPrefix}security-token`, keys.token] as const]),
  ]
  const { names, signature, scope } = sign(
    dialect,
    { ...request, headers: [...request.headers, ...own] },
    keys,
    region,
    date,
    additional,
  )
  const named = names === '' ? '' : `${dialect.namesAllHeaders ? 'SignedHeaders' : 'AdditionalHeaders'}=${names},`
  const authorization = `${dialect.algorithm} Credential=${keys.id}/${scope},${named}Signature=${signature}`
  return [...own, ['authorization', authorization]]
}

/**
 * Makes the query of an address that anybody may ask until it expires.
 * @param at ms since the epoch
 * @param expires seconds, 1 to 604800
 * @returns the whole query, the request's own included
 */
export function presignV4(
  dialect: Dialect,
  request: Signable,
  keys: Keys,
  region: string,
  at: number,
  expires: number,
  additional: Additional = [],
): Query {
  const { parameters } = dialect
  const date = compactDate(at)
  const names = signedNames(dialect, request.headers, additional)
  const query: Query = [
    ...request.query,
    [parameters.version, dialect.algorithm],
    [parameters.date, date],
    [parameters.expires, String(expires)],
    [parameters.credential, `${keys.id}/${scopeOf(dialect, date, region)}`],
    ...(keys.token === null ? [] : [[parameters.token, keys.token] as const]),
    ...(dialect.namesAllHeaders ? [['X-Amz-SignedHeaders', names.all.join(';')] as const] : []),
    ...(!dialect.namesAllHeaders && names.additional.length > 0
      ? [['x-oss-additional-headers', names.additional.join(';')] as const]
      : []),
  ]
  const { signature } = sign(dialect, { ...request, query }, keys, region, date, additional)
  return [...query, [parameters.signature, signature]]
}

/** @internal Exported for the vectors, which know its digest. */
export function canonicalRequest(dialect: Dialect, request: Signable, additional: Additional): string {
  const { all } = signedNames(dialect, request.headers, additional)
  const values = new Map(request.headers)
  const headers = all.map((name) => `${name}:${dialect.value(values.get(name) ?? '')}\n`).join('')
  const query = request.query
    .map(([name, value]): [string, string] => [encode(name), value === null || value === '' ? '' : encode(value)])
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => (value === '' ? dialect.bareParameter(name) : `${name}=${value}`))
    .join('&')
  const named = namedIn(dialect, request.headers, additional)
  return [request.method, encodePath(request.resource), query, headers, named, 'UNSIGNED-PAYLOAD'].join('\n')
}

function sign(
  dialect: Dialect,
  request: Signable,
  keys: Keys,
  region: string,
  date: string,
  additional: Additional,
): { names: string; signature: string; scope: string } {
  const scope = scopeOf(dialect, date, region)
  const hashed = createHash('sha256')
    .update(canonicalRequest(dialect, request, additional), 'latin1')
    .digest('hex')
  const text = [dialect.algorithm, date, scope, hashed].join('\n')
  const key = scope
    .split('/')
    .reduce<Buffer | string>((before, step) => hmac(before, step), dialect.secretPrefix + keys.secret)
  return { names: namedIn(dialect, request.headers, additional), signature: hmac(key, text).toString('hex'), scope }
}

function namedIn(dialect: Dialect, headers: readonly Field[], additional: Additional): string {
  const names = signedNames(dialect, headers, additional)
  return (dialect.namesAllHeaders ? names.all : names.additional).join(';')
}

/** All that is signed, and of it what is signed only because it was named; sorted by bytes. */
function signedNames(dialect: Dialect, headers: readonly Field[], additional: Additional) {
  const wanted = new Set(additional.map((name) => name.toLowerCase()))
  const present = [...new Set(headers.map(([name]) => name))].sort(compare)
  return {
    all: present.filter((name) => dialect.signs(name) || wanted.has(name)),
    additional: present.filter((name) => !dialect.signs(name) && wanted.has(name)),
  }
}

function scopeOf({ service, terminator }: Dialect, date: string, region: string): string {
  return `${date.slice(0, 8)}/${region}/${service}/${terminator}`
}

function compactDate(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+|[-:]/g, '')
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
