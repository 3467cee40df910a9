import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStrong, isTheirs, judgeMirror } from '../../src/main/engine/fetch/mixing'
import type { Validator } from '../../src/main/engine/ports'
import type { ChecksumAlgorithm } from '../../src/shared/download'
import { downloadErrorCodes } from '../../src/shared/errors'

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const contentTag = fc
  .tuple(fc.constantFrom(32, 40, 64, 128).chain(hex), fc.option(fc.integer({ min: 1, max: 10_000 })))
  .map(([digits, parts]) => (parts === null ? `"${digits}"` : `"${digits}-${parts}"`))
/** As nginx, Apache, lighttpd and Caddy make them: of time, size and inode. */
const timeTag = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 40 }))
  .map(([time, size]) => `"${time.toString(16)}-${size.toString(16)}"`)
const etag = (values: fc.Arbitrary<string>) => values.map((value): Validator => ({ kind: 'etag', value }))
const validator: fc.Arbitrary<Validator | null> = fc.oneof(
  etag(contentTag),
  etag(timeTag),
  fc.constantFrom<Validator | null>(
    null,
    { kind: 'last-modified', value: 'Thu, 15 Jan 2026 12:00:00 GMT' },
    { kind: 'etag', value: '"1"' },
  ),
)
const answer = fc.record({
  total: fc.oneof(fc.constantFrom(1000, 1000, null), fc.nat()),
  validator,
  ranges: fc.boolean(),
})

describe('bytes of another server', () => {
  it('stand beside others only when the length is the same and something proves the content', () => {
    fc.assert(
      fc.property(answer, answer, fc.boolean(), (begun, found, checked) => {
        if (judgeMirror(begun, found, checked) !== 'same') return
        expect(found.total).toBe(begun.total)
        expect(begun.total).not.toBeNull()
        expect(found.ranges && begun.ranges).toBe(true)
        if (!checked) expect(found.validator).toEqual(begun.validator)
      }),
    )
  })

  it('are of another file when the length differs, whatever else is the same', () => {
    fc.assert(
      fc.property(answer, fc.nat(), fc.boolean(), (begun, total, checked) => {
        fc.pre(begun.total !== null && begun.total !== total)
        expect(judgeMirror(begun, { ...begun, total }, checked)).toBe('other')
      }),
    )
  })

  const same = (tag: string) => {
    const one = { total: 7, ranges: true, validator: { kind: 'etag', value: tag } } as const
    return judgeMirror(one, one, false)
  }
  it('are the same by an ETag that looks like a digest', () => {
    fc.assert(fc.property(contentTag, (tag) => void expect(same(tag)).toBe('same')))
  })
  it('are not proven by one of time and size, nor by Last-Modified', () => {
    fc.assert(fc.property(timeTag, (tag) => void expect(same(tag)).toBe('unproven')))
    const dated = { total: 7, ranges: true, validator: { kind: 'last-modified', value: 'x' } } as const
    expect(judgeMirror(dated, dated, false)).toBe('unproven')
  })
  it('need no validator under a digest of the whole', () => {
    const bare = { total: 7, ranges: true, validator: null }
    expect(judgeMirror(bare, bare, true)).toBe('same')
    expect(judgeMirror(bare, bare, false)).toBe('unproven')
  })
})

it('only digests that nobody can meet with other bytes are strong', () => {
  const algorithms: ChecksumAlgorithm[] = ['md5', 'sha-1', 'sha-256', 'sha-512', 'crc64xz']
  expect(algorithms.filter((algorithm) => isStrong({ algorithm }))).toEqual(['sha-256', 'sha-512'])
})

it('a full disk is not a reason to ask another server, a missing file is', () => {
  const theirs = [...downloadErrorCodes, 'HTTP_404' as const].filter((code) =>
    isTheirs({ code, retry: 'no', detail: '' }),
  )
  expect(theirs).toContain('HTTP_404')
  expect(theirs).toContain('CONNECT')
  expect(theirs).toContain('CHANGED')
  for (const code of ['NOSPACE', 'IO', 'INTERNAL', 'TOO_MANY_FILES'] as const) expect(theirs).not.toContain(code)
})
