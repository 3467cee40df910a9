import type { NoticeCode } from '../download'
import type { DownloadErrorCode, RequestErrorCode } from '../errors'
import type { Language } from '../languages'
import { en, type NativeKey, type nativeTexts, type NoticeText, type ProblemText, type Texts } from './errors.en'
import { ja } from './errors.ja'
import { zhCN } from './errors.zh-CN'
import { formatMessage, type ValuesFor } from './message'

/** Exported for the checks; everything else asks the functions below. */
export const texts: Readonly<Record<Language, Texts>> = { en, ja, 'zh-CN': zhCN }

/**
 * What a download's error means to its user: title, cause and suggestion. The window asks in its language; the command
 * line always in English, because scripts read what it says.
 */
export function problemText(code: DownloadErrorCode, language: Language, about?: string): ProblemText {
  const { downloads } = texts[language]
  if (!Object.hasOwn(downloads, code)) return httpText(code, language)
  const text = downloads[code as keyof typeof downloads]
  if (about === undefined) return text
  const named = (words: string) => words.replaceAll('{about}', about)
  return { title: named(text.title), cause: named(text.cause), suggestion: named(text.suggestion) }
}

function httpText(code: string, language: Language): ProblemText {
  const { http } = texts[language]
  if (Object.hasOwn(http, code)) return http[code as keyof typeof http]
  const status = code.slice('HTTP_'.length)
  const text = http[status.startsWith('4') ? '4xx' : status.startsWith('5') ? '5xx' : 'other']
  return { ...text, title: text.title.replace('{status}', status) }
}

export function requestText(code: RequestErrorCode, language: Language): ProblemText {
  return texts[language].requests[code]
}

export function noticeText(code: NoticeCode, language: Language): NoticeText {
  return texts[language].notices[code]
}

/** Words for a dialog of the system. Its arguments are checked by the compiler. */
export function nativeText<K extends NativeKey>(
  key: K,
  language: Language,
  ...[values]: ValuesFor<(typeof nativeTexts)[K]>
): string {
  return formatMessage(texts[language].native[key], values ?? {}, language)
}
