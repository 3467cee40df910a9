import { existsSync } from 'node:fs'
import { type Account } from '../../shared/accounts'
import type { CloudKind } from '../../shared/cloud-address'
import { createAccounts, environmentIdentity, environmentKeys, type Environment } from '../settings/accounts'
import type { SecretBox } from '../engine/ports'
import type { Identity } from '../sources/cloud-session'
import { createAccountStore } from '../store/sealed-list'
import { openDatabase } from '../store/database'
import { UsageError } from './usage-error'

/** What the options say about cloud stores. */
export interface CloudOptions {
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}

/**
 * Reads whose keys sign. An account of the window (`--profile`) has its secret sealed by the system; where that cannot be
 * opened, the environment's keys stand in for it. Region and endpoint of the options stand above everything.
 * @param database of the window's application
 * @throws UsageError
 */
export async function readCloud(
  { profile, region, endpoint }: CloudOptions,
  env: Environment,
  database: string,
  secrets: SecretBox,
): Promise<(kind: CloudKind) => Identity> {
  const over: Partial<Account> = {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  }
  if (profile === undefined) return (kind) => environmentIdentity(kind, env, over)
  const { account, keys } = await storedIdentity(profile, env, database, secrets)
  return (kind) => {
    if (kind !== account.kind)
      throw new UsageError(`the account "${profile}" is for ${account.kind}://, not ${kind}://`)
    return { account: { ...account, ...over }, keys }
  }
}

async function storedIdentity(name: string, env: Environment, file: string, secrets: SecretBox): Promise<Identity> {
  const missing = new UsageError(`there is no cloud account "${name}"; make one in the window, under Settings`)
  if (!existsSync(file)) throw missing
  const database = openDatabase(file)
  try {
    const store = createAccountStore(database)
    const accounts = createAccounts({ store, secrets, log: () => undefined, env })
    const found = (await accounts.list()).find((account) => account.name === name)
    if (!found) throw missing
    const { secret, ...account } = found
    if (secret === 'kept') return await accounts.draft(account, null)
    if (account.keys === 'none') return { account, keys: null }
    const keys = environmentKeys(account.kind, env)
    if (keys) return { account, keys }
    const names =
      account.kind === 'oss'
        ? 'OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET'
        : 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
    throw new UsageError(`the secret of "${name}" can only be opened by the window’s application; set ${names}`)
  } finally {
    database.close()
  }
}
