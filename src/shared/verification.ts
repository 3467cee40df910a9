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

export type Damage =
  /** So many blocks of 4 MiB differ. */
  | { readonly kind: 'blocks'; readonly count: number }
  /** The whole differs, and nothing tells where. */
  | ({ readonly kind: 'digest' } & Check)

/** Whether somebody could not have made other bytes with the same digest, as far as is known today. */
export function provesContent(algorithm: ChecksumAlgorithm): boolean {
  return algorithm === 'sha-256' || algorithm === 'sha-512'
}

/** A check that a user asked for, while it runs. */
export interface CheckProgress {
  readonly doing: 'verify' | 'repair' | 'export'
  /** Bytes that were read. */
  readonly bytes: number
}

/** What it came to. */
export type CheckReport =
  /** All that is known fits; `unverified` when that is only what was downloaded. */
  | { readonly kind: 'right'; readonly verification: Verification }
  /** So many bytes are wrong, 0 when nothing tells where. Those of an unfinished download are fetched when it goes on. */
  | { readonly kind: 'damaged'; readonly bytes: number }
  | { readonly kind: 'repaired'; readonly bytes: number }
  /** There is nothing to compare it with. */
  | { readonly kind: 'nothing' }
