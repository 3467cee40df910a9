import { z } from 'zod'
import { accountSchema, type AccountView } from '../accounts'
import type { DownloadError } from '../errors'
import { hostRuleSchema, type HostRuleView } from '../host-rules'
import { call, text } from './call'

/** Cloud accounts, what is in their buckets, and rules for hosts. */

const accountInputSchema = z.strictObject({
  account: accountSchema,
  secret: z.strictObject({ secret: text(1024).trim(), token: text(8192).trim() }).nullable(),
})

export type ObjectPage =
  | { readonly objects: readonly { readonly key: string; readonly size: number }[]; readonly next: string | null }
  | { readonly error: DownloadError }

export const accountsCalls = {
  'accounts.list': call<readonly AccountView[]>()(z.undefined()),
  /** Adds an account or replaces the one with its id. `secret` `null` keeps the secret that is there. */
  'accounts.save': call<readonly AccountView[]>()(accountInputSchema),
  'accounts.remove': call<readonly AccountView[]>()(z.strictObject({ id: text(64) })),
  /** Tries keys and endpoint, saved or not; `null` when they work. */
  'accounts.test': call<DownloadError | null>()(accountInputSchema),
  'hostRules.list': call<readonly HostRuleView[]>()(z.undefined()),
  /** Adds a rule or replaces the one with its id. `secret` `null` keeps headers and login that are there. */
  'hostRules.save': call<readonly HostRuleView[]>()(
    z.strictObject({
      rule: hostRuleSchema,
      secret: z.strictObject({ headers: text(65_536), user: text(1024), password: text(4096) }).nullable(),
      /** Whether the login of its proxy, which is part of the address when it is typed, stays while the address does. */
      keepsProxyLogin: z.boolean().default(true),
    }),
  ),
  'hostRules.remove': call<readonly HostRuleView[]>()(z.strictObject({ id: text(64) })),
  /** One page of the objects under a prefix. */
  'cloud.list': call<ObjectPage>()(
    z.strictObject({ url: text(65_536), account: text(64).nullable(), token: text(8192).nullable() }),
  ),
} as const
