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

/** Whether headers and cookies that it once had are what is missing. */
export function wantsHeaders({ code }: DownloadError): boolean {
  return code === 'HEADERS_LOST'
}

/** Whether another address of the file is what helps: the one that is there leads nowhere, or no more. */
export function wantsLink({ code }: DownloadError): boolean {
  return ['HTTP_403', 'HTTP_404', 'HTTP_410', 'DNS', 'CLOUD_LINK', 'CLOUD_NO_OBJECT'].includes(code)
}

/** Whether the keys of a cloud account are the trouble. */
export function wantsAccount({ code }: DownloadError): boolean {
  return ['CLOUD_ACCOUNT', 'CLOUD_KEY_ID', 'CLOUD_SIGNATURE', 'CLOUD_TOKEN', 'CLOUD_REGION', 'CLOUD_PLACE'].includes(
    code,
  )
}
