import { badNoProxyEntry, parseProxy, type ProxySetting } from '../../shared/proxy'
import { t } from '../text'

/** The three choices with what was typed for the third, which stays while another one is looked at. */
export interface TypedProxy {
  readonly kind: ProxySetting['kind']
  readonly url: string
  readonly noProxy: string
  /** Use the user name and password that are kept. */
  readonly login: boolean
}

export function asTyped(setting: ProxySetting): TypedProxy {
  return setting.kind === 'manual' ? setting : { kind: setting.kind, url: '', noProxy: '', login: false }
}

export function proxyErrors({ url, noProxy }: TypedProxy): {
  readonly url: string | null
  readonly noProxy: string | null
} {
  const bad = badNoProxyEntry(noProxy)
  return {
    url: url.trim() === '' ? t('invalid.proxyEmpty') : parseProxy(url) === null ? t('invalid.proxy') : null,
    noProxy: bad === null ? null : t('invalid.noProxy', { entry: bad }),
  }
}

/** `null` as long as something is wrong or missing. */
export function toSave(typed: TypedProxy): ProxySetting | null {
  const { kind, url, noProxy, login } = typed
  if (kind !== 'manual') return { kind }
  const errors = proxyErrors(typed)
  return errors.url === null && errors.noProxy === null ? { kind, url: url.trim(), noProxy, login } : null
}
