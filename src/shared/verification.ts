/** Which sum over the bytes: those of cryptography, and checks of transport (CRC). */
export const checksumAlgorithms = [
  'sha-256',
  'sha-512',
  'sha-1',
  'md5',
  'crc64nvme',
  'crc64xz',
  'crc32c',
  'crc32',
] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** Lower-case hex. */
  readonly hex: string
}

/** Who said what the bytes should be, the most trusted first. */
export const digestSources = [
  /** Typed into the form or given with `--checksum`. */
  'user',
  /** A Metalink document: what was added, or what the server named as the file's description. */
  'metalink',
  /** A file beside the download, such as `SHA256SUMS`. */
  'sibling',
  /** Fields of the very answer that brought the bytes. */
  'server',
] as const
export type DigestSource = (typeof digestSources)[number]

/** A digest that the whole file should have. */
export interface ExpectedDigest extends Checksum {
  readonly source: DigestSource
}

/** One comparison: which digest, and whose. */
export type Check = Omit<ExpectedDigest, 'hex'>

/** How a completed file is known to be right, or wrong. */
export type Verification =
  /** All of these fit, the one that says most first; never empty. */
  | { readonly kind: 'verified'; readonly checks: readonly Check[] }
  | { readonly kind: 'unverified'; readonly reason: 'no-checksum' | 'length-unknown' }
  /** Looked at again later, it was no longer what had been downloaded. */
  | { readonly kind: 'damaged'; readonly damage: Damage }

export interface ByteRange {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

export type Damage =
  /** There is a difference in so many blocks of 4 MiB, and where they are: empty when an older version noted it. */
  | { readonly kind: 'blocks'; readonly count: number; readonly ranges: readonly ByteRange[] }
  /** The whole differs, and nothing tells where. */
  | ({ readonly kind: 'digest' } & Check)

/** Whether somebody could not have made other bytes with the same digest, as far as is known today. */
export function provesContent(algorithm: ChecksumAlgorithm): boolean {
  return algorithm === 'sha-256' || algorithm === 'sha-512'
}

/** What an errand does at the moment; `repair` fetches bad blocks, and `confirm` reads the file again after that. */
export type Errand = 'verify' | 'repair' | 'confirm' | 'compare' | 'export'

/** Something that a user asked for beside downloading, while it runs. */
export interface CheckProgress {
  readonly doing: Errand
  /** Bytes that were read, or fetched, of so many. */
  readonly bytes: number
  readonly total: number
  readonly bytesPerSecond: number
}

/** What it came to. */
export type CheckReport =
  /** All that is known fits; `unverified` when that is only what was downloaded. */
  | { readonly kind: 'right'; readonly verification: Verification }
  /**
   * There are differences in so many blocks, which have so many bytes; 0 when nothing tells where. Those of an unfinished
   * download are fetched when it goes on.
   */
  | { readonly kind: 'damaged'; readonly blocks: number; readonly bytes: number }
  /** So many bytes were fetched again. */
  | { readonly kind: 'repaired'; readonly bytes: number }
  /** There is nothing to compare it with. */
  | { readonly kind: 'nothing' }

/** A file beside a checksum that the user has. */
export interface Comparison {
  readonly fits: boolean
  /** What the file has. */
  readonly found: Checksum
}
