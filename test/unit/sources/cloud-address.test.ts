import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeOf, objectUrl } from '../../../src/main/sources/cloud-place'
import { newAccount, regionOf, type Account } from '../../../src/shared/accounts'
import {
  formatObjectAddress,
  isPresigned,
  isPrefix,
  parseObjectAddress,
  storeHost,
} from '../../../src/shared/cloud-address'
import { DownloadFailure } from '../../../src/shared/errors'

const account = (change: Partial<Account>): Account => ({ ...newAccount, id: 'x', name: 'x', kind: 'oss', ...change })

describe('an address of an object', () => {
  it.each([
    ['oss://bucket/key', 'key', []],
    ['OSS://bucket/dir/a b+c.bin', 'dir/a b+c.bin', []],
    ['oss://bucket/%E6%97%A5%20x', '日 x', []],
    ['oss://bucket/日本 x', '日本 x', []],
    ['oss://bucket/100%25.bin', '100%.bin', []],
    ['oss://bucket/100%.bin', '100%.bin', []],
    ['oss://bucket/a#b', 'a#b', []],
    ['oss://bucket/what?.txt', 'what?.txt', []],
    ['oss://bucket/k?versionId=CAEQ', 'k', [['versionId', 'CAEQ']]],
    ['oss://bucket/k?x-oss-process=image%2Fresize', 'k', [['x-oss-process', 'image/resize']]],
    ['oss://bucket', '', []],
    ['s3://my.bucket/', '', []],
  ])('%j', (text, key, query) => {
    expect(parseObjectAddress(text)).toMatchObject({ key, query })
  })

  it.each([
    'oss://',
    'oss:///key',
    'oss://b/key',
    'oss://bucket/../x',
    'oss://bucket/a/./x',
    'oss://bucket/a/..',
    'oss://user:pass@bucket/k',
  ])('%j is none', (text) => expect(parseObjectAddress(text)).toBe('bad'))

  it('of the web is another thing', () => expect(parseObjectAddress('https://example.com/x')).toBe(null))

  it('is the same after it was written and read', () => {
    const part = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !['.', '..'].includes(text))
    const key = fc.array(part, { maxLength: 4 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(key, (text) => {
        fc.pre(text === text.trim())
        const object = { kind: 'oss', bucket: 'bucket', key: text, query: [] } as const
        expect(parseObjectAddress(formatObjectAddress(object))).toEqual(object)
      }),
    )
  })

  it('ends in / for a prefix', () => {
    expect(isPrefix({ key: '' })).toBe(true)
    expect(isPrefix({ key: 'a/' })).toBe(true)
    expect(isPrefix({ key: 'a' })).toBe(false)
  })
})

describe('a host of a store', () => {
  it.each([
    [
      'bucket.oss-cn-hangzhou.aliyuncs.com',
      { kind: 'oss', bucket: 'bucket', endpoint: 'oss-cn-hangzhou.aliyuncs.com' },
    ],
    [
      'bucket.oss-cn-hangzhou-internal.aliyuncs.com',
      { kind: 'oss', bucket: 'bucket', endpoint: 'oss-cn-hangzhou-internal.aliyuncs.com' },
    ],
    ['oss-cn-hangzhou.aliyuncs.com', { kind: 'oss', bucket: null, endpoint: 'oss-cn-hangzhou.aliyuncs.com' }],
    ['b.s3.eu-west-1.amazonaws.com', { kind: 's3', bucket: 'b', endpoint: 's3.eu-west-1.amazonaws.com' }],
    ['s3.amazonaws.com', { kind: 's3', bucket: null, endpoint: 's3.amazonaws.com' }],
    ['www.aliyuncs.com', null],
    ['oss-cn-hangzhou.aliyuncs.com.evil.example', null],
  ])('%s', (host, found) => expect(storeHost(host)).toEqual(found))

  it('knows a signature in an address', () => {
    expect(isPresigned(new URL('https://x.example/k?x-oss-signature=1'))).toBe(true)
    expect(isPresigned(new URL('https://x.example/k?versionId=1'))).toBe(false)
  })
})

describe('where a bucket is', () => {
  const url = (change: Partial<Account>, bucket = 'bucket') =>
    objectUrl(placeOf(account(change), bucket), 'a b/日.bin').href

  it.each([
    [{ region: 'cn-hangzhou' }, 'https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b/%E6%97%A5.bin'],
    [{ region: 'oss-cn-hangzhou' }, 'https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b/%E6%97%A5.bin'],
    [
      { region: 'cn-hangzhou', internal: true },
      'https://bucket.oss-cn-hangzhou-internal.aliyuncs.com/a%20b/%E6%97%A5.bin',
    ],
    [{ endpoint: 'oss-cn-beijing.aliyuncs.com' }, 'https://bucket.oss-cn-beijing.aliyuncs.com/a%20b/%E6%97%A5.bin'],
    [
      { endpoint: 'oss-cn-beijing.aliyuncs.com', internal: true },
      'https://bucket.oss-cn-beijing-internal.aliyuncs.com/a%20b/%E6%97%A5.bin',
    ],
    [{ endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/bucket/a%20b/%E6%97%A5.bin'],
    [{ endpoint: 'http://localhost:9000' }, 'http://localhost:9000/bucket/a%20b/%E6%97%A5.bin'],
    [{ endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000/bucket/a%20b/%E6%97%A5.bin'],
    [{ region: 'cn-hangzhou', pathStyle: true }, 'https://oss-cn-hangzhou.aliyuncs.com/bucket/a%20b/%E6%97%A5.bin'],
    [{ region: 'cn-hangzhou', domain: 'files.example.com' }, 'https://files.example.com/a%20b/%E6%97%A5.bin'],
    [{ kind: 's3' as const, region: 'eu-west-1' }, 'https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%E6%97%A5.bin'],
    [{ kind: 's3' as const }, 'https://bucket.s3.us-east-1.amazonaws.com/a%20b/%E6%97%A5.bin'],
    [
      { kind: 's3' as const, region: 'auto', endpoint: 'https://id.r2.cloudflarestorage.com' },
      'https://bucket.id.r2.cloudflarestorage.com/a%20b/%E6%97%A5.bin',
    ],
  ])('%j', (change, expected) => expect(url(change)).toBe(expected))

  it('with a dot in its name on S3 is in the path', () => {
    expect(url({ kind: 's3', region: 'eu-west-1' }, 'my.bucket')).toBe(
      'https://s3.eu-west-1.amazonaws.com/my.bucket/a%20b/%E6%97%A5.bin',
    )
  })

  it('is not known without region and endpoint', () => {
    expect(() => url({})).toThrow(DownloadFailure)
  })

  it('tells the region for the signature', () => {
    const of = (endpoint: string) => regionOf({ kind: 'oss', region: '', endpoint })
    expect(of('oss-cn-beijing-internal.aliyuncs.com')).toBe('cn-beijing')
    expect(of('oss-accelerate.aliyuncs.com')).toBe('')
    expect(of('http://127.0.0.1:1')).toBe('')
  })
})
