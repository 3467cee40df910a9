import { downloadsAndSettings } from './0001-downloads-and-settings'
import { hosts } from './0002-hosts'
import { mirrors } from './0003-mirrors'
import { journal } from './0004-journal'
import { integrity } from './0005-integrity'
import { cloud } from './0006-cloud'
import { queue } from './0007-queue'
import { leftovers } from './0008-leftovers'
import { accounts } from './0009-accounts'
import { queues } from './0010-queues'
import { groups } from './0011-groups'
import { limits } from './0012-limits'
import { cookies } from './0013-cookies'
import { hostRules } from './0014-host-rules'
import { categories } from './0015-categories'
import type { Migration } from './migration'

/** Every step, in order. One that has been released is never changed; a new one is added. */
export const migrations: readonly Migration[] = [
  downloadsAndSettings,
  hosts,
  mirrors,
  journal,
  integrity,
  cloud,
  queue,
  leftovers,
  accounts,
  queues,
  groups,
  limits,
  cookies,
  hostRules,
  categories,
]
