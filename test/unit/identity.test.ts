import type { BigIntStats } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { identityOf, isSameFile } from '../../src/main/engine/files/identity'

const stat = (ino: bigint, birthtimeNs: bigint) => ({ ino, birthtimeNs }) as BigIntStats
const born = 1_700_000_000_123_456_789n

describe('44: the identity of a file', () => {
  it.each([
    ['the same', stat(7n, born), true],
    ['the same, and FAT rounded its birth', stat(7n, (born / 10_000_000n) * 10_000_000n), true],
    ['another number', stat(8n, born), false],
    ['the same number, born a minute later', stat(7n, born + 60_000_000_000n), false],
    ['the same number, born a minute earlier', stat(7n, born - 60_000_000_000n), false],
    ['the same number, no time of birth any more', stat(7n, 0n), true],
  ])('%s', (_, found, same) => {
    expect(isSameFile(identityOf(stat(7n, born)), found)).toBe(same)
  })

  it('stored without a time of birth, the number decides', () => {
    expect(isSameFile('7', stat(7n, born))).toBe(true)
    expect(isSameFile(identityOf(stat(7n, 0n)), stat(7n, born))).toBe(true)
    expect(isSameFile('7', stat(70n, born))).toBe(false)
  })

  it('keeps numbers beyond 2^53', () => {
    const large = 2n ** 63n + 1n
    expect(isSameFile(identityOf(stat(large, born)), stat(large, born))).toBe(true)
    expect(isSameFile(identityOf(stat(large, born)), stat(large - 1n, born))).toBe(false)
  })
})
