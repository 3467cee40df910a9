import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { diskFailure, isDiskError } from './disk-errors'

/**
 * What tells a file from every other one: its inode number and, because a new file may get the number of one that was
 * deleted, the time of its birth in ns. As text: both may exceed 2^53.
 */
export function identityOf(stat: BigIntStats): string {
  return `${stat.ino}@${stat.birthtimeNs}`
}

/** ns: FAT keeps a time of birth less exactly on the medium than in memory. */
const inexact = 2_000_000_000n

/**
 * Whether a file is the one that was remembered. A time of birth decides only where the file system keeps one.
 * @param identity what `identityOf` said of it, earlier
 */
export function isSameFile(identity: string, stat: BigIntStats): boolean {
  const [inode, text = '0'] = identity.split('@')
  if (stat.ino.toString() !== inode) return false
  const birth = BigInt(text)
  if (birth === 0n || stat.birthtimeNs === 0n) return true
  const apart = stat.birthtimeNs - birth
  return apart < inexact && -apart < inexact
}

/**
 * Whether a remembered file stands at a path; a link to it does not count.
 * @param identity what `identityOf` said of it
 * @throws DownloadFailure when the path cannot be looked at
 */
export async function standsAt(file: string, identity: string): Promise<boolean> {
  try {
    return isSameFile(identity, await lstat(file, { bigint: true }))
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return false
    throw diskFailure(error)
  }
}
