import { useEffect, useState } from 'react'
import type { AccountView } from '../../shared/accounts'
import { call } from '../api'
import { removeSoon, useStaying } from '../removals'
import { t } from '../text'
import { Records } from '../ui/Records'
import { orShow } from '../windowState'
import { AccountForm } from './AccountForm'

/** The user's ways to OSS and S3. */
export function AccountsSetting() {
  const [accounts, setAccounts] = useState<readonly AccountView[]>([])
  /** Id of the one whose form is open, or `new`. */
  const [edited, setEdited] = useState<string | null>(null)
  useEffect(() => orShow(call('accounts.list').then(setAccounts)), [])

  const close = (list: readonly AccountView[] | null) => {
    if (list !== null) setAccounts(list)
    setEdited(null)
  }
  const remove = ({ id, name }: AccountView) =>
    removeSoon(id, name, () => call('accounts.remove', { id }).then(setAccounts))
  return (
    <Records
      records={useStaying(accounts, ({ id }) => id)}
      idOf={({ id }) => id}
      row={(account) => ({ name: account.name, says: <Says account={account} />, onRemove: () => remove(account) })}
      edited={edited}
      onEdit={setEdited}
      form={(account) => <AccountForm known={account} onClose={close} />}
      none={t('accounts.none')}
      add={t('accounts.add')}
    />
  )
}

function Says({ account }: { readonly account: AccountView }) {
  const { kind, region, endpoint, domain, keys, secret } = account
  return (
    <>
      <span className="record-says">{[t(`accounts.kind.${kind}`), domain || endpoint || region].join(' · ')}</span>
      {keys === 'stored' && secret !== 'kept' && <span className="record-says">{t(`accounts.secret.${secret}`)}</span>}
    </>
  )
}
