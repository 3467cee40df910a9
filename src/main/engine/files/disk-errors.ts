import { DownloadFailure, failure, type DownloadErrorCode } from '../../../shared/errors'

/** What the operating system's error codes mean to a user. Everything else is IO. */
const table: Readonly<Record<string, DownloadErrorCode>> = {
  ENOSPC: 'NOSPACE',
  EDQUOT: 'NOSPACE',
  EFBIG: 'FILE_TOO_BIG',
  ENOENT: 'PATH',
  ENOTDIR: 'PATH',
  EEXIST: 'PATH', // a file stands where the folder should be
  ENAMETOOLONG: 'PATH',
  ELOOP: 'PATH',
  ENODEV: 'PATH',
  ESTALE: 'PATH',
  EACCES: 'ACCESS',
  EPERM: 'ACCESS',
  EROFS: 'ACCESS',
}

/** Every code of the table, for its test. */
export const knownDiskErrors = Object.keys(table)

/**
 * Turns what a file operation threw into a failure. Only a full table of open files is worth waiting for (fault 49).
 * @param thrown what was caught; a `DownloadFailure` passes through
 */
export function diskFailure(thrown: unknown): DownloadFailure {
  if (thrown instanceof DownloadFailure) return thrown
  const error = thrown as NodeJS.ErrnoException
  const detail = thrown instanceof Error ? error.message : String(thrown)
  if (error.code === 'EMFILE' || error.code === 'ENFILE') {
    return failure('TOO_MANY_FILES', 'later', detail, { cause: thrown })
  }
  return failure((error.code && table[error.code]) || 'IO', 'no', detail, { cause: thrown })
}

/** True for an error of the file system with that code. */
export function isDiskError(thrown: unknown, ...codes: string[]): boolean {
  return codes.includes((thrown as NodeJS.ErrnoException | undefined)?.code ?? '')
}
