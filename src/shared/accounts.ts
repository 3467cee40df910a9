import { z } from 'zod'

/** A way to a cloud store: whose keys, and where. The secret half of the keys is never part of it. */
export const accountSchema = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['oss', 's3']),
  /** Where the keys come from: typed by the user, the environment of the program, or there are none. */
  keys: z.enum(['stored', 'environment', 'none']),
  /** The half of the keys that is not secret. */
  keyId: z.string().trim().max(256),
  /** `cn-hangzhou`, or as people also write it `oss-cn-hangzhou`. */
  region: z.string().trim().max(64),
  /** Host or address; empty for the service's own in that region. */
  endpoint: z.string().trim().max(1024),
  /** The endpoint for computers of the same cloud and region (OSS). */
  internal: z.boolean(),
  /** A domain of the user's that stands for one bucket (OSS); empty for none. */
  domain: z.string().trim().max(1024),
  /** `endpoint/bucket/key`, not `bucket.endpoint/key`. */
  pathStyle: z.boolean(),
  /** Version 1 is for OSS only. */
  signature: z.enum(['v4', 'v1']),
})
export type Account = z.infer<typeof accountSchema>

/** What the window sees: also whether there is a secret, and for how long. */
export interface AccountView extends Account {
  readonly secret: 'kept' | 'until-quit' | 'missing'
}

/** What proves to a service who asks. */
export interface Keys {
  readonly id: string
  readonly secret: string
  /** Of the Security Token Service; `null` for keys that do not run out. */
  readonly token: string | null
}

export const newAccount: Omit<Account, 'id' | 'name' | 'kind'> = {
  keys: 'stored',
  keyId: '',
  region: '',
  endpoint: '',
  internal: false,
  domain: '',
  pathStyle: false,
  signature: 'v4',
}

/** Why an account cannot work as it stands; `null` when it may. */
export type AccountGap = 'keyId' | 'region' | 'endpoint' | 'domain'

export function accountGap(account: Account): AccountGap | null {
  if (account.keys === 'stored' && account.keyId === '') return 'keyId'
  if (account.endpoint !== '' && endpointOrigin(account.endpoint) === null) return 'endpoint'
  if (account.domain !== '' && endpointOrigin(account.domain) === null) return 'domain'
  if (account.kind === 'oss' && account.endpoint === '' && account.domain === '' && account.region === '')
    return 'region'
  const signs = account.keys !== 'none' && account.signature === 'v4'
  return account.kind === 'oss' && signs && regionOf(account) === '' ? 'region' : null
}

/** The region as signatures name it; empty when nothing tells it. */
export function regionOf({ kind, region, endpoint }: Pick<Account, 'kind' | 'region' | 'endpoint'>): string {
  if (region !== '') return kind === 'oss' ? region.replace(/^oss-/, '') : region
  const host = endpointOrigin(endpoint)?.hostname ?? ''
  const told =
    kind === 'oss'
      ? /(?:^|\.)oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(host)?.[1]
      : /(?:^|\.)s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1]
  return told === undefined || told.startsWith('accelerate') ? '' : told
}

/**
 * Reads an endpoint. Without a scheme it means https (oss2 means http).
 * @returns `null` when it is not one
 */
export function endpointOrigin(text: string): URL | null {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (text === '' || !URL.canParse(full)) return null
  const url = new URL(full)
  const plain = url.username === '' && url.search === '' && (url.pathname === '/' || url.pathname === '')
  return plain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null
}

/**
 * The account for an address that names none: the first of its kind.
 * @param accounts in the order in which they were made
 */
export function defaultAccount<A extends Account>(accounts: readonly A[], kind: Account['kind']): A | null {
  return accounts.find((account) => account.kind === kind) ?? null
}
