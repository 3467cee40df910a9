import { accountGap, newAccount, type Account } from '../../shared/accounts'
import { t, type MessageKey } from '../text'

export type AccountField = 'name' | 'keyId' | 'secret' | 'region' | 'endpoint' | 'domain'

export function emptyAccount(): Account {
  return { ...newAccount, id: crypto.randomUUID(), name: '', kind: 'oss' }
}

/**
 * What keeps the account from being saved; `null` when nothing does.
 * @param hasSecret whether one was typed or is there already
 */
export function accountProblem(account: Account, hasSecret: boolean): { field: AccountField; text: string } | null {
  const at = (field: AccountField, key: MessageKey & `accounts.lacks.${string}`) => ({ field, text: t(key) })
  if (account.name.trim() === '') return at('name', 'accounts.lacks.name')
  const gap = accountGap(account)
  if (gap !== null) return at(gap, `accounts.lacks.${gap}`)
  return account.keys === 'stored' && !hasSecret ? at('secret', 'accounts.lacks.secret') : null
}
