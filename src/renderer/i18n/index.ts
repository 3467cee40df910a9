import { chooseLanguage, chooseRegion, type Language, type LanguageSetting } from '../../shared/languages'
import { formatMessage, type ValuesFor } from '../../shared/texts/message'
import { en, type MessageKey, type Messages } from './en'
import { ja } from './ja'
import { zhCN } from './zh-CN'

/** Exported for the checks; everything else asks `t`. */
export const catalogues: Readonly<Record<Language, Messages>> = { en, ja, 'zh-CN': zhCN }

let chosen: Language = 'en'
let tag = 'en-US'
const listeners = new Set<() => void>()

/**
 * Chooses the words, and the way to write numbers and dates.
 * @param systemTag the system's language, BCP 47
 */
export function setLocale(systemTag: string, setting: LanguageSetting = 'system'): void {
  const language = chooseLanguage(setting, systemTag)
  const region = chooseRegion(language, systemTag)
  if (language === chosen && region === tag) return
  chosen = language
  tag = region
  for (const listener of listeners) listener()
}

/** For numbers and dates: language and region. */
export function locale(): string {
  return tag
}

/** Of the words. */
export function language(): Language {
  return chosen
}

/** Tells when `setLocale` changed something. Returns the end of it. */
export function onLocale(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The text for a key. Its arguments are checked by the compiler. */
export function t<K extends MessageKey>(key: K, ...[values]: ValuesFor<(typeof en)[K]>): string {
  return formatMessage(catalogues[chosen][key], values ?? {}, tag)
}

/** A text in every language, one a line: people look for things in any language they know. */
export function inAllLanguages(key: MessageKey): string {
  return Object.values(catalogues)
    .map((catalogue) => catalogue[key])
    .join('\n')
}

export type { MessageKey }
