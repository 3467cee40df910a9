import type { Notice } from '../../shared/download'
import type { DownloadError, RequestError } from '../../shared/errors'
import { noticeTexts, requestProblems, type ProblemText } from '../../shared/texts/errors.en'
import { problemText } from '../../shared/texts/problems'

export function downloadProblem(error: DownloadError): ProblemText {
  return problemText(error.code)
}

export function requestProblem(error: RequestError): ProblemText {
  return requestProblems[error.code]
}

export function noticeText(notice: Notice): { readonly title: string; readonly text: string } {
  return noticeTexts[notice.code]
}

/** Whether a user name and a password could help. */
export function wantsCredentials(error: DownloadError): boolean {
  return error.code === 'CREDENTIALS' || error.code === 'HTTP_401'
}
