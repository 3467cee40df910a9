/** Everything that is said in the window. Features and ui/ take words from here, never from i18n/ itself. */
export * from './i18n/errors'
export * from './i18n/format'
export * from './i18n/verification'
export { inAllLanguages, language, locale, onLocale, setLocale, t, type MessageKey } from './i18n/index'
