import { createHmac } from 'node:crypto'
import type { Keys } from '../../../shared/accounts'
import type { Query } from '../../../shared/percent'
import type { Field } from '../../engine/ports'
import type { Signable } from './v4'

/**
 * Parameters that are part of what version 1 signs, beside `response-…` and `x-oss-…`: those of oss2's `auth.py`
 * (`_subresource_key_set`) that somebody sends who reads.
 */
const subresources = new Set(['versionId', 'restore', 'continuation-token', 'security-token'])

/**
 * Signs a request by its headers, the way before V4: oss2's `auth.py`.
 * @param at ms since the epoch, by the service's clock
 * @returns the headers to send beside those of the request
 */
export function signOssV1(request: Signable, keys: Keys, at: number): Field[] {
  const date = new Date(at).toUTCString()
  const own: Field[] = [
    ['date', date],
    // Date may be changed on the way; this one is signed too, and stands above it.
    ['x-oss-date', date],
    ...(keys.token === null ? [] : [['x-oss-security-token', keys.token] as const]),
  ]
  const headers = [...request.headers, ...own]
  return [...own, ['authorization', `OSS ${keys.id}:${signature({ ...request, headers }, keys, date)}`]]
}

/**
 * Makes the query of an address that anybody may ask until it expires.
 * @param expires seconds since the epoch
 * @returns the whole query, the request's own included
 */
export function presignOssV1(request: Signable, keys: Keys, expires: number): Query {
  const query: Query = [...request.query, ...(keys.token === null ? [] : [['security-token', keys.token] as const])]
  const signed = signature({ ...request, query }, keys, String(expires))
  return [...query, ['OSSAccessKeyId', keys.id], ['Expires', String(expires)], ['Signature', signed]]
}

/** @param date what stands in the place of Date */
function signature({ method, resource, query, headers }: Signable, { secret }: Keys, date: string): string {
  const values = new Map(headers)
  const own = [...values]
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('')
  const covered = query
    .filter(([name]) => subresources.has(name) || name.startsWith('response-') || name.startsWith('x-oss-'))
    .map(([name, value]): [string, string] => [name, value === null || value === '' ? '' : `=${value}`])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => name + value)
    .join('&')
  // Neither key nor parameters are encoded here.
  const what = Buffer.from(covered === '' ? resource : `${resource}?${covered}`, 'utf8').toString('latin1')
  const lines = [method, values.get('content-md5') ?? '', values.get('content-type') ?? '', date, own + what]
  return createHmac('sha1', secret).update(lines.join('\n'), 'latin1').digest('base64')
}
