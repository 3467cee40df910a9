import { z } from 'zod'
import { RequestFailure, type DownloadError, type DownloadErrorCode } from '../../shared/errors'
import { checksumAlgorithms, digestSources } from '../../shared/verification'
import type { Part } from '../engine/ports'

// The columns of a download that hold JSON. Everything else in a row is judged by SQLite itself.

const offset = z.number().int().nonnegative()

/** `null` stands for the end of a file of unknown length: JSON has no Infinity. */
const segment = z
  .tuple([offset, offset.nullable(), offset])
  .transform(([start, end, written]) => ({ start, end: end ?? Infinity, written }))

const algorithm = z.enum(checksumAlgorithms)
const checksum = z.object({ algorithm, hex: z.string() })
const check = z.object({ algorithm, source: z.enum(digestSources) })
const verification = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verified'), checks: z.array(check).min(1) }),
  z.object({ kind: z.literal('unverified'), reason: z.enum(['no-checksum', 'length-unknown']) }),
  z.object({
    kind: z.literal('damaged'),
    damage: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('blocks'),
        count: z.number(),
        ranges: z.array(z.object({ start: offset, end: offset })).default([]),
      }),
      check.extend({ kind: z.literal('digest') }),
    ]),
  }),
])

const part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('foreign'), file: z.string() }),
  z.object({ kind: z.literal('published'), inode: z.string(), generation: z.string().nullable().default(null) }),
  z.object({
    kind: z.literal('open'),
    generation: z.string(),
    path: z.string(),
    inode: z.string(),
    segments: z.array(segment),
  }),
  z.object({
    kind: z.literal('finalizing'),
    generation: z.string(),
    path: z.string(),
    inode: z.string(),
    finalPath: z.string(),
    bytes: offset,
    verification,
  }),
])

const remote = z.object({
  url: z.string(),
  address: z.string().optional(),
  alone: z.boolean().optional(),
  publicOnly: z.boolean().optional(),
  total: offset.nullable(),
  validator: z.object({ kind: z.enum(['etag', 'last-modified']), value: z.string() }).nullable(),
  ranges: z.boolean(),
  contentType: z.string().nullable(),
  modified: z.number().optional(),
  digests: z.array(checksum).optional(),
  description: z.string().optional(),
})

const mirror = z.object({ url: z.string(), from: z.enum(['user', 'server']) })

const error = z
  .object({
    code: z.string().transform((code) => code as DownloadErrorCode),
    retry: z.enum(['no', 'later', 'restart']),
    retryAfter: z.number().optional(),
    about: z.string().optional(),
    detail: z.string(),
  })
  .transform(({ retryAfter, about, ...rest }): DownloadError => ({
    ...rest,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(about === undefined ? {} : { about }),
  }))
const notice = z.object({
  code: z.enum([
    'RESTARTED_CHANGED',
    'RESTARTED_NO_RANGES',
    'RESTARTED_MIRROR',
    'RESTARTED_HASH',
    'MIRROR_DROPPED',
    'RESTARTED_PART_LOST',
    'RESTARTED_CLAIMS_DAMAGED',
    'ADOPTED',
    'PART_TRUNCATED',
    'NOT_RESUMABLE',
    'LENGTH_UNVERIFIED',
    'RESTORE_ASKED',
    'PART_DAMAGED',
    'PIECES_REPAIRED',
    'LINK_CUT',
  ]),
  at: z.number(),
})

/** Longest text of a column whose meaning is kept. */
const longestKept = 100
const mostKept = 200

/**
 * Reads a column of JSON. Most rows say the same short thing there: it is understood once, and shared.
 * @throws RequestFailure E_DB_DAMAGED
 */
function jsonColumn<T>(name: string, schema: z.ZodType<T>): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const parsed = schema.safeParse(parseJson(text))
    if (!parsed.success) {
      throw new RequestFailure({
        code: 'E_DB_DAMAGED',
        detail: `a download cannot be read: ${name}: ${parsed.error.message}`,
      })
    }
    if (text.length <= longestKept && known.size < mostKept) known.set(text, parsed.data)
    return parsed.data
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const mirrorsOf = jsonColumn('mirrors', z.array(mirror))
export const checksumOf = jsonColumn('checksum', checksum)
export const errorOf = jsonColumn('error', error)
export const verificationOf = jsonColumn('verification', verification)
export const remoteOf = jsonColumn('remote', remote)
export const partOf = jsonColumn('part', part)
export const noticeOf = jsonColumn('notice', notice)

/** What `partOf` reads. */
export function partText(value: Part): string {
  if (value.kind !== 'open') return JSON.stringify(value)
  const segments = value.segments.map(({ start, end, written }) => [start, end === Infinity ? null : end, written])
  return JSON.stringify({ ...value, segments })
}
