import type { Checksum } from '../../../shared/download'
import type { DownloadError, DownloadErrorCode } from '../../../shared/errors'
import type { Remote, Validator } from '../ports'

/**
 * When bytes of two servers may stand in one file. Pure; the reasons are in `docs/decisions/0024-mirrors.md`.
 */

type Answer = Pick<Remote, 'total' | 'validator' | 'ranges'>

export type Verdict =
  /** May deliver ranges, once samples of its bytes are those on the disk. */
  | 'same'
  /** Perhaps the same file, but nothing proves it: of use only when everything begins again. */
  | 'unproven'
  /** Another file. */
  | 'other'

/**
 * @param begun what the generation was begun with
 * @param found what another server says
 * @param checked the whole is compared with a strong digest before it gets its name
 */
export function judgeMirror(begun: Answer, found: Answer, checked: boolean): Verdict {
  if (begun.total === null) return 'unproven'
  if (found.total !== begun.total) return 'other'
  if (!found.ranges || !begun.ranges) return 'unproven'
  return checked || sameContentTag(begun.validator, found.validator) ? 'same' : 'unproven'
}

/** Nobody can make other bytes with the same digest; MD5, SHA-1 and CRC-64 do not promise that. */
export function isStrong({ algorithm }: Pick<Checksum, 'algorithm'>): boolean {
  return algorithm === 'sha-256' || algorithm === 'sha-512'
}

/**
 * An ETag tells versions of one resource of one server apart (RFC 9110 §8.8.3). Two servers' tags can only be compared
 * when they are made of the content: those that look like a digest (with the number of parts that S3 and OSS append).
 * What nginx, Apache and others make of time and size is equal for many files.
 */
function sameContentTag(a: Validator | null, b: Validator | null): boolean {
  return a?.kind === 'etag' && b?.kind === 'etag' && a.value === b.value && contentTag.test(a.value)
}

const contentTag = /^"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?:-[1-9]\d*)?"$/i

/** Causes that lie with this computer or with the download itself: another server would not help. */
const ours = new Set<DownloadErrorCode>([
  'OFFLINE',
  'NOSPACE',
  'IO',
  'PATH',
  'ACCESS',
  'FILE_TOO_BIG',
  'TOO_MANY_FILES',
  'RENAME',
  'CONFLICT',
  'LOCKED',
  'INTERNAL',
])

/** Whether another server may be better. */
export function isTheirs({ code }: DownloadError): boolean {
  return !ours.has(code)
}
