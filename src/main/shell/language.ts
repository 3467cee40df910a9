import { app } from 'electron'
import { chooseLanguage, type LanguageSetting } from '../../shared/languages'
import type { NativeKey, nativeTexts } from '../../shared/texts/errors.en'
import type { ValuesFor } from '../../shared/texts/message'
import { nativeText } from '../../shared/texts/problems'

/** Until the settings have been read, as for a store that cannot be opened, the system's language counts. */
let setting: LanguageSetting = 'system'

export function setLanguage(chosen: LanguageSetting): void {
  setting = chosen
}

/** Words for a dialog of the system, in the language of the window. */
export function say<K extends NativeKey>(key: K, ...values: ValuesFor<(typeof nativeTexts)[K]>): string {
  return nativeText(key, chooseLanguage(setting, app.getLocale()), ...values)
}
