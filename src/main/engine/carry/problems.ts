import { DownloadFailure, RequestFailure, type RequestErrorCode } from '../../../shared/errors'
import { diskFailure } from '../files/disk-errors'

/** What a failure of the disk is to somebody who asked for an export or an import: their file or folder. */
export function asRequest(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error
  const { error: problem } = error instanceof DownloadFailure ? error : diskFailure(error)
  const code: RequestErrorCode =
    problem.code === 'NOSPACE' ? 'E_SPACE' : problem.code === 'PATH' ? 'E_FILE_MISSING' : 'E_DISK'
  return new RequestFailure({ code, detail: problem.detail })
}
