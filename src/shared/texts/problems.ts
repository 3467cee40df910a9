import type { DownloadErrorCode } from '../errors'
import { downloadProblems, httpProblems, type ProblemText } from './errors.en'

/** What a download's error means to its user: title, cause and suggestion. */
export function problemText(code: DownloadErrorCode): ProblemText {
  return Object.hasOwn(downloadProblems, code)
    ? downloadProblems[code as keyof typeof downloadProblems]
    : httpText(code)
}

function httpText(code: string): ProblemText {
  if (Object.hasOwn(httpProblems, code)) return httpProblems[code as keyof typeof httpProblems]
  const status = code.slice('HTTP_'.length)
  const text = httpProblems[status.startsWith('4') ? '4xx' : status.startsWith('5') ? '5xx' : 'other']
  return { ...text, title: text.title.replace('{status}', status) }
}
