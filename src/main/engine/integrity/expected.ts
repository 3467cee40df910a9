import {
  checksumAlgorithms,
  digestSources,
  type Check,
  type Checksum,
  type ChecksumAlgorithm,
  type ExpectedDigest,
} from '../../../shared/verification'

/**
 * Orders digests by what they say: SHA-256 before SHA-512, because neither can be forged and the first is computed twice as
 * fast; CRCs last, because anybody can make a file that has one.
 */
function strength(algorithm: ChecksumAlgorithm): number {
  return -checksumAlgorithms.indexOf(algorithm)
}

/** @returns the same in the order in which they are told: the most trusted source first, its strongest digest first */
function inOrder<T extends Check>(checks: readonly T[]): T[] {
  const rank = ({ source }: T) => digestSources.indexOf(source)
  return [...checks].sort((a, b) => rank(a) - rank(b) || strength(b.algorithm) - strength(a.algorithm))
}

/**
 * Which digests a file has to have, of all that are known. The user's own decides alone. Otherwise every source is held to
 * the strongest that it gave: they are independent of each other, and all have to fit.
 * @param known whatever was said about the whole file
 * @returns the ones to compute, the one that says most first; empty when there is nothing to verify against
 */
export function chooseDigests(known: readonly ExpectedDigest[]): ExpectedDigest[] {
  const ordered = inOrder(known)
  if (ordered[0]?.source === 'user') return [ordered[0]]
  return ordered.filter((digest, index) => ordered.findIndex(({ source }) => source === digest.source) === index)
}

/**
 * Takes out what contradicts itself: of two values for one algorithm from one source nobody knows which is true.
 * @returns one digest an algorithm
 */
export function consistent(found: readonly Checksum[]): Checksum[] {
  const byAlgorithm = new Map<ChecksumAlgorithm, Set<string>>()
  for (const { algorithm, hex } of found) {
    const values = byAlgorithm.get(algorithm)
    if (values) values.add(hex)
    else byAlgorithm.set(algorithm, new Set([hex]))
  }
  return [...byAlgorithm].flatMap(([algorithm, values]) =>
    values.size === 1 ? [...values].map((hex) => ({ algorithm, hex })) : [],
  )
}

/** @returns the checksums as what one source says */
export function saidBy(source: ExpectedDigest['source'], checksums: readonly Checksum[]): ExpectedDigest[] {
  return checksums.map(({ algorithm, hex }) => ({ algorithm, hex, source }))
}
