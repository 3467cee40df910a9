import { useEffect, useMemo, useState } from 'react'
import { defaultAccount, type AccountView } from '../../shared/accounts'
import { parseObjectAddress, storeHost, type CloudKind } from '../../shared/cloud-address'
import { lines } from '../../shared/links'
import { call } from '../api'
import { t } from '../text'
import { Select } from '../ui/Select'
import { orShow } from '../windowState'

interface Props {
  readonly urls: string
  readonly value: string | null
  readonly onChange: (account: string | null) => void
}

/** Whose keys sign, where an address is one of a cloud store; nothing for others. */
export function AccountField({ urls, value, onChange }: Props) {
  const found = useMemo(() => storeOf(urls), [urls])
  return found === null ? null : <Accounts {...found} value={value} onChange={onChange} />
}

interface AccountsProps extends Omit<Props, 'urls'> {
  readonly kind: CloudKind
  /** A web address can be asked for without anybody's keys. */
  readonly web: boolean
}

function Accounts({ kind, web, value, onChange }: AccountsProps) {
  const [accounts, setAccounts] = useState<readonly AccountView[]>([])
  useEffect(() => orShow(call('accounts.list').then(setAccounts)), [])
  const mine = accounts.filter((account) => account.kind === kind)
  const none = web ? t('add.accountNone') : t('add.accountEnvironment')
  return (
    <Select
      label={t('add.account')}
      value={value ?? (web ? '' : (defaultAccount(accounts, kind)?.id ?? ''))}
      options={[
        // Without an account of its kind an address of the store is signed with the environment's keys, if it has any.
        ...(web || mine.length === 0 ? [{ value: '', label: none }] : []),
        ...mine.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(id) => onChange(id === '' ? null : id)}
    />
  )
}

function storeOf(urls: string): { kind: CloudKind; web: boolean } | null {
  for (const line of lines(urls)) {
    const object = parseObjectAddress(line)
    if (object !== null && object !== 'bad') return { kind: object.kind, web: false }
    const host = URL.canParse(line) ? storeHost(new URL(line).hostname) : null
    if (host !== null) return { kind: host.kind, web: true }
  }
  return null
}
