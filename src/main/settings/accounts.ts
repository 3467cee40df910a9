import { z } from 'zod'
import {
  accountGap,
  defaultAccount,
  newAccount,
  type Account,
  type AccountView,
  type Keys,
} from '../../shared/accounts'
import type { CloudKind } from '../../shared/cloud-address'
import { failure, RequestFailure } from '../../shared/errors'
import type { Log, SecretBox } from '../engine/ports'
import type { Identity } from '../sources/cloud-session'
import type { Identities } from '../sources/open-session'
import type { SealedList } from '../store/sealed-list'

export type Environment = Readonly<Record<string, string | undefined>>

export interface AccountParts {
  readonly store: SealedList<Account>
  readonly secrets: SecretBox
  readonly log: Log
  readonly env: Environment
  /** Stands above accounts and environment where an address names no account; the command line's options. */
  readonly chosen?: ((kind: CloudKind) => Identity) | undefined
}

/** What the user typed of the keys' secret half; `null` keeps what is there. */
export type TypedSecret = { readonly secret: string; readonly token: string } | null

/** The user's cloud accounts, with their secrets sealed. */
export interface Accounts extends Identities {
  list(): Promise<AccountView[]>
  /**
   * Adds an account or replaces the one with its id. Where the system seals nothing, the secret is never written: it
   * lives until the program ends.
   * @throws RequestFailure E_ACCOUNT; nothing was changed
   */
  save(account: Account, typed: TypedSecret): Promise<AccountView[]>
  remove(id: string): Promise<AccountView[]>
  /** The account as it would be with these words, for a test before it is saved. @throws RequestFailure E_ACCOUNT */
  draft(account: Account, typed: TypedSecret): Promise<Identity>
}

const secretSchema = z.object({ secret: z.string(), token: z.string() })
type Secret = z.infer<typeof secretSchema>

interface Held {
  readonly secret: Secret
  readonly kept: boolean
}

export function createAccounts({ store, secrets, log, env, chosen }: AccountParts): Accounts {
  const stored = store.all()
  let accounts: readonly Account[] = stored.map(({ value }) => value)
  const held = new Map<string, Held>()
  const opened = (async () => {
    for (const { value, sealed } of stored) {
      const { id } = value
      const text = sealed === null ? null : await secrets.open(sealed).catch(() => null)
      const parsed = text === null ? null : secretSchema.safeParse(parseJson(text))
      if (parsed?.success) held.set(id, { secret: parsed.data, kept: true })
      else if (sealed !== null) log('warn', 'the secret of a cloud account cannot be opened', { id })
    }
  })()

  const view = (account: Account): AccountView => {
    const found = held.get(account.id)
    return { ...account, secret: found === undefined ? 'missing' : found.kept ? 'kept' : 'until-quit' }
  }
  const list = async () => {
    await opened
    return accounts.map(view)
  }
  const identityOf = (account: Account, secret: Secret | undefined): Identity => {
    if (account.keys === 'none') return { account, keys: null }
    if (account.keys === 'environment') {
      const keys = environmentKeys(account.kind, env)
      if (keys === null) throw failure('CLOUD_ACCOUNT', 'no', `the environment holds no keys for ${account.kind}`)
      return { account, keys }
    }
    if (!secret) throw failure('CLOUD_ACCOUNT', 'no', `the secret of the account ${account.name} was not kept`)
    const token = secret.token === '' ? null : secret.token
    return { account, keys: { id: account.keyId, secret: secret.secret, token } }
  }
  const checked = (account: Account, typed: TypedSecret): Account => {
    const gap = accountGap(account)
    if (gap !== null) throw new RequestFailure({ code: 'E_ACCOUNT', field: gap, detail: `the account lacks: ${gap}` })
    if (account.keys === 'stored' && typed === null && !held.has(account.id)) {
      throw new RequestFailure({ code: 'E_ACCOUNT', field: 'secret', detail: 'the account lacks: secret' })
    }
    return account
  }
  return {
    list,
    async save(account, typed) {
      await opened
      checked(account, typed)
      const secret = account.keys === 'stored' ? (typed ?? held.get(account.id)?.secret) : undefined
      const sealed = secret === undefined ? null : await secrets.seal(JSON.stringify(secret))
      const others = accounts.filter(({ id }) => id !== account.id)
      if (others.some(({ name }) => name === account.name)) {
        throw new RequestFailure({ code: 'E_ACCOUNT', field: 'name', detail: `two accounts named ${account.name}` })
      }
      const place = accounts.findIndex(({ id }) => id === account.id)
      const next = place < 0 ? [...accounts, account] : accounts.with(place, account)
      store.put({ value: account, sealed })
      accounts = next
      if (secret === undefined) held.delete(account.id)
      else held.set(account.id, { secret, kept: sealed !== null })
      return list()
    },
    async remove(id) {
      await opened
      store.remove(id)
      accounts = accounts.filter((account) => account.id !== id)
      held.delete(id)
      return list()
    },
    async draft(account, typed) {
      await opened
      return identityOf(checked(account, typed), typed ?? held.get(account.id)?.secret)
    },
    async identify(id, kind) {
      await opened
      const find = (): Identity => {
        if (id === null && chosen) return chosen(kind)
        const account = id === null ? defaultAccount(accounts, kind) : accounts.find((a) => a.id === id)
        if (account) return identityOf(account, held.get(account.id)?.secret)
        if (id !== null) throw failure('CLOUD_ACCOUNT', 'no', 'the account of this download was removed')
        return environmentIdentity(kind, env)
      }
      find()
      return find
    },
  }
}

/** Names of the variables, as the SDKs of the services read them. */
const variables = {
  oss: {
    id: ['OSS_ACCESS_KEY_ID'],
    secret: ['OSS_ACCESS_KEY_SECRET'],
    token: ['OSS_SESSION_TOKEN'],
    region: ['OSS_REGION'],
    endpoint: ['OSS_ENDPOINT'],
  },
  s3: {
    id: ['AWS_ACCESS_KEY_ID'],
    secret: ['AWS_SECRET_ACCESS_KEY'],
    token: ['AWS_SESSION_TOKEN'],
    region: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    endpoint: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
  },
} as const satisfies Record<CloudKind, Record<string, readonly string[]>>

/** @returns `null` where the environment holds none */
export function environmentKeys(kind: CloudKind, env: Environment): Keys | null {
  const read = (part: keyof (typeof variables)['oss']) => firstOf(env, variables[kind][part])
  const [id, secret, token] = [read('id'), read('secret'), read('token')]
  return id === '' || secret === '' ? null : { id, secret, token: token === '' ? null : token }
}

/** What the environment says; without keys in it nobody signs. */
export function environmentIdentity(kind: CloudKind, env: Environment, over: Partial<Account> = {}): Identity {
  const keys = environmentKeys(kind, env)
  const account: Account = {
    ...newAccount,
    id: 'environment',
    name: 'environment',
    kind,
    keys: keys === null ? 'none' : 'environment',
    region: firstOf(env, variables[kind].region),
    endpoint: firstOf(env, variables[kind].endpoint),
    ...over,
  }
  return { account, keys }
}

function firstOf(env: Environment, names: readonly string[]): string {
  return names.map((name) => env[name] ?? '').find((value) => value !== '') ?? ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
