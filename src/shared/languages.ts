/**
 * The languages of the program, each with the name that its speakers look for and the region whose numbers and dates it
 * takes when the system names none. One line here is a new language: the compiler then asks for its words
 * (`shared/texts/problems.ts`, `renderer/i18n/index.ts`).
 */
export const languages = {
  en: { name: 'English', region: 'en-US' },
  ja: { name: '日本語', region: 'ja-JP' },
  'zh-CN': { name: '简体中文', region: 'zh-CN' },
} as const

export type Language = keyof typeof languages
/** `system` follows the language of the system. */
export type LanguageSetting = 'system' | Language

export const languageList = Object.keys(languages) as readonly Language[]
export const languageSettings: readonly LanguageSetting[] = ['system', ...languageList]

/**
 * The language that the speaker of a tag reads: same language, same script. Traditional Chinese is not Simplified
 * Chinese (CLDR keeps the two apart as well), so `zh-TW` has none.
 * @param tag BCP 47, as the system gives it; anything else has none
 */
export function languageOf(tag: string): Language | null {
  const wanted = likely(tag)
  return wanted === null ? null : (languageList.find((language) => likely(language) === wanted) ?? null)
}

/** The language to speak. A system whose language is not there gets English. */
export function chooseLanguage(setting: LanguageSetting, systemTag: string): Language {
  return setting === 'system' ? (languageOf(systemTag) ?? 'en') : setting
}

/**
 * How numbers and dates are written: as the system's region does when it speaks the chosen language, because "1.5" must
 * not stand in one sentence with "1,5".
 */
export function chooseRegion(language: Language, systemTag: string): string {
  return languageOf(systemTag) === language ? new Intl.Locale(systemTag).toString() : languages[language].region
}

function likely(tag: string): string | null {
  try {
    const { language, script } = new Intl.Locale(tag).maximize()
    return `${language}-${script}`
  } catch {
    return null
  }
}
