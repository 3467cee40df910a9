import type { Notice } from '../../shared/download'
import type { DownloadError, RequestError } from '../../shared/errors'
import type { NoticeText, ProblemText } from '../../shared/texts/errors.en'
import { noticeText as noticeIn, problemText, requestText } from '../../shared/texts/problems'
import { language } from './index'

export function downloadProblem(error: DownloadError): ProblemText {
  return problemText(error.code, language(), error.about)
}

export function requestProblem(error: RequestError): ProblemText {
  return requestText(error.code, language())
}

export function noticeText(notice: Notice): NoticeText {
  return noticeIn(notice.code, language())
}

/** Whether a user name and a password could help. */
export function wantsCredentials(error: DownloadError): boolean {
  return error.code === 'CREDENTIALS' || error.code === 'HTTP_401'
}
