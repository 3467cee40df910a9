import { describe, expect, it } from 'vitest'
import { downloadErrorCodes, requestErrorCodes, type DownloadErrorCode } from '../../src/shared/errors'
import { languageList } from '../../src/shared/languages'
import { problemText, requestText, texts } from '../../src/shared/texts/problems'

const codes: DownloadErrorCode[] = [
  ...downloadErrorCodes,
  ...[204, 301, 400, 401, 403, 404, 410, 416, 418, 429, 500, 503, 599].map((n): DownloadErrorCode => `HTTP_${n}`),
]

describe.each(languageList)('in %s', (language) => {
  it.each(codes)('%s has a title, a cause and a suggestion', (code) => {
    const text = problemText(code, language, 'cn-hangzhou')
    for (const part of [text.title, text.cause, text.suggestion]) {
      expect(part.trim()).toBe(part)
      expect(part).not.toBe('')
      expect(part).not.toMatch(/[{}]|undefined/)
    }
  })

  it.each(requestErrorCodes)('%s has a title, a cause and a suggestion', (code) => {
    const text = requestText(code, language)
    for (const part of [text.title, text.cause, text.suggestion]) expect(part.trim()).not.toBe('')
  })

  it('two causes never share a title', () => {
    const titles = downloadErrorCodes.map((code) => problemText(code, language).title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('a status without a text of its own is named in the title', () => {
    for (const status of [418, 599, 304])
      expect(problemText(`HTTP_${status}`, language).title).toContain(String(status))
  })

  it('a status with a text of its own has that', () => {
    const { http } = texts[language]
    expect(problemText('HTTP_404', language)).toBe(http.HTTP_404)
    expect(problemText('HTTP_405', language).cause).toBe(http['4xx'].cause)
    expect(problemText('HTTP_500', language).cause).toBe(http['5xx'].cause)
    expect(problemText('HTTP_302', language).cause).toBe(http.other.cause)
  })

  it('every notice has words', () => {
    for (const { title, text } of Object.values(texts[language].notices)) {
      expect(title.trim()).not.toBe('')
      expect(text.trim()).not.toBe('')
    }
  })
})
