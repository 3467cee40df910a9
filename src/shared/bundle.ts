import { z } from 'zod'
import { maxMirrors } from './limits'
import { connectionsSchema } from './settings'
import { checksumAlgorithms, digestSources } from './verification'

/** What stands at the front of a bundle, which carries an unfinished download to another computer: docs/bundle.md. */

const offset = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const text = (max: number) => z.string().max(max)
const address = text(65_536).refine((url) => URL.canParse(url), 'not an address')
const algorithm = z.enum(checksumAlgorithms)
const checksum = z.strictObject({ algorithm, hex: text(128).regex(/^[0-9a-f]+$/) })

const remote = z.strictObject({
  url: address,
  address: address.optional(),
  alone: z.boolean().optional(),
  total: offset.nullable(),
  validator: z.strictObject({ kind: z.enum(['etag', 'last-modified']), value: text(4096) }).nullable(),
  ranges: z.boolean(),
  contentType: text(1024).nullable(),
  modified: z.number().optional(),
  digests: z.array(checksum).max(16).optional(),
})

const promised = z.strictObject({
  size: offset.nullable(),
  digests: z.array(checksum.extend({ source: z.enum(digestSources) })).max(32),
  pieces: z
    .strictObject({
      algorithm: algorithm.extract(['sha-256', 'sha-512', 'sha-1', 'md5']),
      length: offset.min(1),
      hashes: z.array(text(128).regex(/^[0-9a-f]+$/)).max(1_000_000),
    })
    .nullable(),
})

export const bundleHeadSchema = z
  .strictObject({
    /** Of the program that wrote it, to be told to people. */
    program: text(64),
    /** ms since the epoch. */
    made: offset,
    url: address,
    /** Something was left out of `url` because it lets its holder in: a new link is needed. */
    linkCut: z.boolean(),
    /** There was a login, or headers or cookies of the user's own; they are not here. */
    login: z.boolean(),
    mirrors: z.array(z.strictObject({ url: address, from: z.enum(['user', 'server']) })).max(maxMirrors),
    name: text(1024),
    requestedName: text(1024).nullable(),
    connections: connectionsSchema.nullable(),
    partSize: offset.min(1).nullable(),
    threshold: offset.nullable(),
    checksum: checksum.nullable(),
    /** Id of the one that was chosen by hand. */
    category: text(64).optional(),
    addedAt: offset,
    /** What the server said when the bytes began to come; `null` when none have. */
    remote: remote.nullable(),
    promised: promised.nullable(),
    /** Which bytes of the file follow: [start, end) in order, apart from each other. */
    runs: z.array(z.tuple([offset, offset])).max(1_000_000),
  })
  .refine(({ runs, remote: said }) => {
    if (runs.length === 0) return true
    const total = said?.total ?? null
    const apart = runs.every(([start, end], n) => start < end && (n === 0 || start > runs[n - 1]![1]))
    return total !== null && apart && runs.at(-1)![1] <= total
  }, 'the bytes are not those of a file of that length')

export type BundleHead = z.infer<typeof bundleHeadSchema>

/** The usual ending of a bundle's name. */
export const bundleEnding = '.longshore'

/** What the user is told of a bundle before it is imported. */
export interface BundleLook {
  readonly name: string
  /** As the user chose it; `null` when the server named it. */
  readonly requestedName: string | null
  readonly url: string
  readonly total: number | null
  /** Bytes that it brings. */
  readonly bytes: number
  readonly login: boolean
  readonly linkCut: boolean
}
