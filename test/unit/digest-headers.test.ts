import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDigest } from '../../src/main/engine/integrity/digest'
import { digestsFromHeaders } from '../../src/main/engine/integrity/digest-headers'
import { chooseDigests, saidBy } from '../../src/main/engine/integrity/expected'
import { checksumAlgorithms, digestSources, type ChecksumAlgorithm } from '../../src/shared/verification'

type Fields = Readonly<Record<string, string | readonly string[]>>
const hello = Buffer.from('hello\n')
const hex = (algorithm: ChecksumAlgorithm, bytes = hello) => {
  const digest = createDigest(algorithm)
  digest.update(bytes)
  return digest.hex()
}
const base64 = (algorithm: ChecksumAlgorithm, bytes = hello) =>
  Buffer.from(hex(algorithm, bytes), 'hex').toString('base64')
const of = (headers: Fields, status = 200, url = 'https://example.com/x') =>
  Object.fromEntries(digestsFromHeaders({ status, headers, url }).map(({ algorithm, hex }) => [algorithm, hex]))

const partly = { 'content-range': 'bytes 0-5/100' }
const wholly = { 'content-range': 'bytes 0-5/6' }

describe('digests in an answer', () => {
  it('Repr-Digest: of the whole, in a 206 too (RFC 9530, the example of appendix A)', () => {
    const field = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'
    const sha = '44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38'
    expect(of({ 'repr-digest': field })).toEqual({ 'sha-256': sha })
    expect(of({ 'repr-digest': field, ...partly }, 206)).toEqual({ 'sha-256': sha })
  })

  it('Repr-Digest: several, with parameters, on several lines; what is not known says nothing', () => {
    const lines = [
      `sha=:${base64('sha-1')}:;x=1, unixsum=:AAE=:`,
      `md5=:${base64('md5')}: , crc32c=:${base64('crc32c')}:`,
    ]
    expect(of({ 'repr-digest': lines })).toEqual({ 'sha-1': hex('sha-1'), md5: hex('md5'), crc32c: hex('crc32c') })
  })

  it.each([200, 206])('Content-Digest and Content-MD5 in a %i count when the content is the whole', (status) => {
    const fields = { 'content-digest': `sha-512=:${base64('sha-512')}:`, 'content-md5': base64('md5') }
    const all = { 'sha-512': hex('sha-512'), md5: hex('md5') }
    expect(of({ ...fields, ...wholly }, status)).toEqual(all)
    expect(of({ ...fields, ...partly }, status)).toEqual(status === 200 ? all : {})
    expect(of({ ...fields, 'content-range': 'bytes 1-5/6' }, 206)).toEqual({})
    expect(of({ ...fields, 'content-range': 'bytes 0-5/*' }, 206)).toEqual({})
  })

  it('Digest (RFC 3230), and its identity forms', () => {
    const field = `SHA-256=${base64('sha-256')},id-md5=${base64('md5')},SHA=${base64('sha-1')},ADLER32=03da0195`
    const all = { 'sha-256': hex('sha-256'), md5: hex('md5'), 'sha-1': hex('sha-1') }
    expect(of({ digest: field, ...partly }, 206)).toEqual(all)
  })

  it('x-goog-hash: on one line or several, not of what was stored gzipped', () => {
    const [crc, md5] = [`crc32c=${base64('crc32c')}`, `md5=${base64('md5')}`]
    const all = { crc32c: hex('crc32c'), md5: hex('md5') }
    expect(of({ 'x-goog-hash': `${crc},${md5}` })).toEqual(all)
    expect(of({ 'x-goog-hash': [crc, md5], 'x-goog-stored-content-encoding': 'identity' })).toEqual(all)
    expect(of({ 'x-goog-hash': [crc, md5], 'x-goog-stored-content-encoding': 'gzip' })).toEqual({})
  })

  it('x-amz-checksum-*: not those of parts', () => {
    const fields = Object.fromEntries(
      (['crc32', 'crc32c', 'crc64nvme', 'sha-1', 'sha-256'] as const).map((name) => [
        `x-amz-checksum-${name.replace('-', '')}`,
        base64(name),
      ]),
    )
    expect(Object.keys(of(fields)).sort()).toEqual(['crc32', 'crc32c', 'crc64nvme', 'sha-1', 'sha-256'])
    expect(of({ ...fields, 'x-amz-checksum-type': 'FULL_OBJECT' })).toEqual(of(fields))
    expect(of({ ...fields, 'x-amz-checksum-type': 'COMPOSITE' })).toEqual({})
    expect(of({ 'x-amz-checksum-sha256': `${base64('sha-256')}-3` })).toEqual({})
  })

  it('x-oss-hash-crc64ecma: decimal', () => {
    expect(of({ 'x-oss-hash-crc64ecma': '11051210869376104954' })).toEqual({ crc64xz: '995dc9bbdf1939fa' })
    for (const bad of ['', '-1', '1e5', '18446744073709551616']) expect(of({ 'x-oss-hash-crc64ecma': bad })).toEqual({})
  })

  it('an ETag only of S3, of one part, without keys of others', () => {
    const s3 = { server: 'AmazonS3', 'x-amz-request-id': 'A1', etag: `"${hex('md5')}"` }
    expect(of(s3)).toEqual({ md5: hex('md5') })
    expect(of({ ...s3, 'x-amz-server-side-encryption': 'AES256' })).toEqual({ md5: hex('md5') })
    expect(of({ ...s3, 'x-amz-server-side-encryption': 'aws:kms' })).toEqual({})
    expect(of({ ...s3, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' })).toEqual({})
    expect(of({ ...s3, etag: `"${hex('md5')}-4"` })).toEqual({})
    expect(of({ ...s3, etag: `W/"${hex('md5')}"` })).toEqual({})
    expect(of({ ...s3, server: 'nginx' })).toEqual({})
    expect(of({ etag: s3.etag, server: s3.server })).toEqual({})
    expect(of(s3, 200, 'https://b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/k')).toEqual({})
  })

  it('what contradicts itself says nothing', () => {
    const other = createHash('sha256').update('other').digest('base64')
    expect(of({ 'repr-digest': `sha-256=:${base64('sha-256')}:`, digest: `sha-256=${other}` })).toEqual({})
    expect(of({ 'repr-digest': `sha-256=:${base64('sha-256')}:`, digest: `sha-256=${base64('sha-256')}` })).toEqual({
      'sha-256': hex('sha-256'),
    })
  })

  it.each([
    { 'repr-digest': `sha-256=${'A'.repeat(44)}` }, // not a byte sequence
    { 'repr-digest': 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabD==:' }, // a byte short
    { 'repr-digest': `SHA-256=:${'A'.repeat(43)}=:` }, // keys are lower case (RFC 8941 §3.1.2)
    { 'content-md5': hex('md5') }, // hex, not base64
    { 'content-md5': [base64('md5'), base64('md5')] },
    { digest: '=,,sha-256' },
  ])('says nothing when malformed: %j', (fields) => {
    expect(of(fields as Fields)).toEqual({})
  })

  it('never throws, and gives only well-formed digests, one an algorithm', () => {
    const names = ['repr-digest', 'content-digest', 'digest', 'content-md5', 'x-goog-hash', 'etag', 'server']
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(`sha-256=:${base64('sha-256')}:`, `md5=${base64('md5')}`, '"', 'AmazonS3', 'crc32c=AAAAAA=='),
    )
    const fields = fc.dictionary(
      fc.constantFrom(...names, 'x-amz-checksum-crc32', 'x-oss-hash-crc64ecma', 'content-range'),
      fc.oneof(value, fc.array(value, { maxLength: 3 })),
    )
    fc.assert(
      fc.property(fields, fc.constantFrom(200, 206, 416), (headers, status) => {
        const found = digestsFromHeaders({ status, headers, url: 'https://example.com/' })
        expect(new Set(found.map(({ algorithm }) => algorithm)).size).toBe(found.length)
        for (const { algorithm, hex: digits } of found) {
          expect(digits).toMatch(/^[0-9a-f]+$/)
          expect(digits.length).toBe(hex(algorithm).length)
        }
      }),
    )
  })

  it('is read back whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const data = Buffer.from(bytes)
        const fields = {
          'repr-digest': `sha-256=:${base64('sha-256', data)}:`,
          'x-goog-hash': `crc32c=${base64('crc32c', data)}`,
          'x-amz-checksum-crc64nvme': base64('crc64nvme', data),
          'x-oss-hash-crc64ecma': BigInt(`0x${hex('crc64xz', data)}`).toString(),
        }
        expect(of(fields)).toEqual({
          'sha-256': hex('sha-256', data),
          crc32c: hex('crc32c', data),
          crc64nvme: hex('crc64nvme', data),
          crc64xz: hex('crc64xz', data),
        })
      }),
    )
  })
})

describe('which digests are held against a file', () => {
  const digest = (algorithm: ChecksumAlgorithm) => ({ algorithm, hex: hex(algorithm) })

  it('the user’s own decides alone', () => {
    const known = [...saidBy('server', [digest('sha-512')]), ...saidBy('user', [digest('md5')])]
    expect(chooseDigests(known)).toEqual([{ ...digest('md5'), source: 'user' }])
  })

  it('otherwise the strongest of every source, the most trusted first', () => {
    const known = [
      ...saidBy('server', [digest('crc32c'), digest('md5')]),
      ...saidBy('sibling', [digest('sha-512'), digest('sha-256')]),
      ...saidBy('metalink', [digest('sha-1')]),
    ]
    expect(chooseDigests(known).map(({ algorithm, source }) => `${source} ${algorithm}`)).toEqual([
      'metalink sha-1',
      'sibling sha-256',
      'server md5',
    ])
    expect(chooseDigests([])).toEqual([])
  })

  it('each source has one, and it is among what was known', () => {
    const one = fc.record({
      algorithm: fc.constantFrom(...checksumAlgorithms),
      source: fc.constantFrom(...digestSources),
      hex: fc.constant(''),
    })
    fc.assert(
      fc.property(fc.array(one), (known) => {
        const chosen = chooseDigests(known)
        expect(new Set(chosen.map(({ source }) => source)).size).toBe(chosen.length)
        for (const each of chosen) expect(known).toContainEqual(each)
        expect(chosen.length > 0).toBe(known.length > 0)
      }),
    )
  })
})
