import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import signUtils from 'ali-oss/lib/common/signUtils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Field } from '../../../src/main/engine/ports'
import { decodeQuery, encodePath, encodeQuery, type Query } from '../../../src/shared/percent'
import { signOssV1, presignOssV1 } from '../../../src/main/sources/sign/oss-v1'
import { ossV4, presignV4, sigV4, signV4 } from '../../../src/main/sources/sign/v4'

/** Independent signers: ali-oss for OSS, the AWS SDK's own for S3. */

const piece = fc.oneof(
  fc.constantFrom(' ', '+', '%', '%20', '/', '?', '#', '&', '=', "'", '(', '!', '*', '~', '日本', 'ü', '🚢', '\\', '|'),
  fc.string({ maxLength: 6 }),
)
const key = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '')
// ali-oss sorts by locale and before it encodes, OSS by bytes: they agree on names like these.
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/)
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
const query = fc.dictionary(name, fc.option(text.filter((value) => value !== '')), { maxKeys: 5 })
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const headers = fc.dictionary(
  name.map((n) => `x-oss-${n}`),
  headerValue,
  { maxKeys: 4 },
)
const keys = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9]{8,24}$/),
  secret: fc.stringMatching(/^[A-Za-z0-9+/]{8,40}$/),
  token: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{8,60}$/)),
})
const at = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2099, 0) }).map((ms) => ms - (ms % 1000))
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/)

const pairs = (record: Record<string, string | null>): Query => Object.entries(record)
const signatureOf = (fields: readonly Field[]) => fields.find(([n]) => n === 'authorization')?.[1]

describe('signatures of any key, query and header', () => {
  it('OSS version 4 in headers is what ali-oss makes', () => {
    fc.assert(
      fc.property(bucket, key, query, headers, keys, at, (b, k, q, h, who, time) => {
        const signable = { method: 'GET', resource: `/${b}/${k}`, query: pairs(q), headers: Object.entries(h) }
        const fields = signV4(ossV4, signable, who, 'cn-hangzhou', time, [])
        const sent = { ...h, ...Object.fromEntries(fields.filter(([n]) => n !== 'authorization')) }
        const theirs = signUtils.authorizationV4(
          who.id,
          who.secret,
          'cn-hangzhou',
          'GET',
          { headers: sent, queries: q },
          b,
          k,
        )
        expect(signatureOf(fields)).toBe(theirs)
      }),
    )
  })

  it('OSS version 4 in an address is what ali-oss makes', () => {
    fc.assert(
      fc.property(bucket, key, query, keys, at, fc.integer({ min: 1, max: 604_800 }), (b, k, q, who, time, expires) => {
        const signable = { method: 'GET', resource: `/${b}/${k}`, query: pairs(q), headers: [] }
        const made = presignV4(ossV4, signable, who, 'cn-beijing', time, expires)
        const queries = Object.fromEntries(made.slice(0, -1))
        const theirs = signUtils.authorizationV4(
          who.id,
          who.secret,
          'cn-beijing',
          'GET',
          { headers: {}, queries },
          b,
          k,
        )
        expect(theirs.endsWith(`Signature=${made.at(-1)?.[1]}`)).toBe(true)
      }),
    )
  })

  it('OSS version 1, both ways, is what ali-oss makes', () => {
    const subresources = fc.dictionary(
      fc.constantFrom('versionId', 'response-content-type', 'x-oss-process', 'security-token', 'restore'),
      fc.option(text.filter((value) => value !== '')),
      { maxKeys: 4 },
    )
    fc.assert(
      fc.property(bucket, key, subresources, headers, keys, at, (b, k, q, h, who, time) => {
        const signable = { method: 'GET', resource: `/${b}/${k}`, query: pairs(q), headers: Object.entries(h) }
        const fields = signOssV1(signable, who, time)
        const sent = {
          'content-type': '',
          ...h,
          ...Object.fromEntries(fields.filter(([n]) => n !== 'authorization' && n !== 'date')),
        }
        const canonical = signUtils.buildCanonicalString('GET', `/${b}/${k}`, { headers: sent, parameters: q })
        expect(signatureOf(fields)).toBe(`OSS ${who.id}:${signUtils.computeSignature(who.secret, canonical)}`)

        const expires = Math.floor(time / 1000)
        const noToken = { ...who, token: null }
        const parameters = { headers: { 'content-type': '', ...h }, parameters: q }
        const address = signUtils.buildCanonicalString('GET', `/${b}/${k}`, parameters, String(expires))
        expect(presignOssV1(signable, noToken, expires).at(-1)?.[1]).toBe(
          signUtils.computeSignature(who.secret, address),
        )
      }),
    )
  })

  it('Signature Version 4 is what the AWS SDK makes', async () => {
    await fc.assert(
      fc.asyncProperty(key, query, keys, at, async (k, q, who, time) => {
        const host = 'bucket.s3.eu-west-1.amazonaws.com'
        const signable = {
          method: 'GET',
          resource: `/${k}`,
          // The AWS SDK has no parameter without a value.
          query: pairs(q).map(([n, v]): [string, string] => [n, v ?? '']),
          headers: [['host', host]] as Field[],
        }
        const fields = signV4(sigV4, signable, who, 'eu-west-1', time)
        const signer = new SignatureV4({
          service: 's3',
          region: 'eu-west-1',
          sha256: Sha256,
          uriEscapePath: false,
          applyChecksum: false,
          credentials: {
            accessKeyId: who.id,
            secretAccessKey: who.secret,
            ...(who.token === null ? {} : { sessionToken: who.token }),
          },
        })
        const theirs = await signer.sign(
          {
            method: 'GET',
            protocol: 'https:',
            hostname: host,
            path: encodePath(`/${k}`),
            query: Object.fromEntries(signable.query),
            headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
          },
          { signingDate: new Date(time) },
        )
        const clean = (authorization = '') => authorization.replaceAll(', ', ',')
        expect(clean(signatureOf(fields))).toBe(clean(theirs.headers['authorization']))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a query', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.option(text)), { maxLength: 5 }), (q) => {
        expect(decodeQuery(encodeQuery(q))).toEqual(q)
      }),
    )
  })

  it('stands for itself where it is not encoded', () => {
    expect(decodeQuery('a+b=%zz&c=%E3&d')).toEqual([
      ['a+b', '%zz'],
      ['c', '%E3'],
      ['d', null],
    ])
  })
})
