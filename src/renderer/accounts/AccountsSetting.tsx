import { useEffect, useState } from 'react'
import type { Account, AccountView } from '../../shared/accounts'
import { call } from '../api'
import { t } from '../text'
import { Button } from '../ui/Button'
import { orShow } from '../windowState'
import { AccountForm } from './AccountForm'
import { emptyAccount } from './accountFields'
import './accounts.css'

/** The user's ways to OSS and S3. */
export function AccountsSetting() {
  const [accounts, setAccounts] = useState<readonly AccountView[]>([])
  const [edited, setEdited] = useState<Account | null>(null)
  useEffect(() => orShow(call('accounts.list').then(setAccounts)), [])

  const close = (list: readonly AccountView[] | null) => {
    if (list !== null) setAccounts(list)
    setEdited(null)
  }
  return (
    <div className="accounts">
      {accounts.length === 0 && edited === null && <p className="hint">{t('accounts.none')}</p>}
      {accounts.map((account) =>
        edited?.id === account.id ? (
          <AccountForm key={account.id} account={edited} known={account} onClose={close} />
        ) : (
          <Row
            key={account.id}
            account={account}
            onEdit={() => setEdited(account)}
            onRemove={() => orShow(call('accounts.remove', { id: account.id }).then(setAccounts))}
          />
        ),
      )}
      {edited !== null && !accounts.some(({ id }) => id === edited.id) && (
        <AccountForm account={edited} known={null} onClose={close} />
      )}
      {edited === null && (
        <div>
          <Button onPress={() => setEdited(emptyAccount())}>{t('accounts.add')}</Button>
        </div>
      )}
    </div>
  )
}

interface RowProps {
  readonly account: AccountView
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Row({ account, onEdit, onRemove }: RowProps) {
  const { name, kind, region, endpoint, domain, keys, secret } = account
  return (
    <div className="account" role="group" aria-label={name}>
      <span className="account-name">{name}</span>
      <span className="account-where">{[t(`accounts.kind.${kind}`), domain || endpoint || region].join(' · ')}</span>
      {keys === 'stored' && secret !== 'kept' && <span className="hint">{t(`accounts.secret.${secret}`)}</span>}
      <span className="spring" />
      <Button label={t('accounts.editOne', { name })} onPress={onEdit}>
        {t('accounts.edit')}
      </Button>
      <Button label={t('accounts.removeOne', { name })} onPress={onRemove}>
        {t('accounts.remove')}
      </Button>
    </div>
  )
}
