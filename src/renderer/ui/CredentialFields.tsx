import { t } from '../text'
import { TextField } from './TextField'

/** What a server is told of who asks, as typed. */
export interface TypedCredentials {
  readonly headers: string
  readonly cookies: string
  readonly user: string
  readonly password: string
}

interface Props {
  readonly value: TypedCredentials
  readonly problems: Readonly<Partial<Record<keyof TypedCredentials, string>>>
  readonly onChange: (change: Partial<TypedCredentials>) => void
  /** What it begins with, with the keyboard in it; without, headers and no keyboard. */
  readonly first?: 'login' | 'headers'
}

/** Headers, cookies, user name and password of a download. */
export function CredentialFields({ value, problems, onChange, first }: Props) {
  const field = (name: keyof TypedCredentials) => ({
    label: t(`add.${name}`),
    value: value[name],
    onChange: (text: string) => onChange({ [name]: text }),
    error: problems[name] ?? null,
  })
  const login = (
    <div className="halves">
      <TextField {...field('user')} autoFocus={first === 'login'} />
      <TextField {...field('password')} secret />
    </div>
  )
  return (
    <>
      {first === 'login' && login}
      <TextField {...field('headers')} autoFocus={first === 'headers'} rows={2} code example={t('add.headersHint')} />
      <TextField {...field('cookies')} rows={2} code example={t('add.cookiesHint')} />
      {first !== 'login' && login}
    </>
  )
}
