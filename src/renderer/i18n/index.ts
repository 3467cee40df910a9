import { en, type MessageKey, type Messages } from './en'
import { formatMessage, type ArgumentsOf } from './message'

type Arguments<K extends MessageKey> = ArgumentsOf<(typeof en)[K]>
type Rest<K extends MessageKey> = [Arguments<K>] extends [never]
  ? []
  : [values: Readonly<Record<Arguments<K>, string | number>>]

let messages: Messages = en
let tag = 'en-US'

/**
 * Chooses the language and the way to write numbers and dates. The words are English so far; the numbers follow the
 * region when the system speaks the same language, because "1.5" must not stand in one sentence with "1,5".
 */
export function setLocale(systemTag: string): void {
  messages = en
  try {
    const system = new Intl.Locale(systemTag)
    tag = system.language === 'en' ? system.toString() : 'en-US'
  } catch {
    tag = 'en-US'
  }
}

export function locale(): string {
  return tag
}

/** The text for a key. Its arguments are checked by the compiler. */
export function t<K extends MessageKey>(key: K, ...rest: Rest<K>): string {
  return formatMessage(messages[key], rest[0] ?? {}, tag)
}

export type { MessageKey }
