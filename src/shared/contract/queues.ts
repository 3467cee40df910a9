import { z } from 'zod'
import { queueChoicesSchema, type QueueId, type QueueView } from '../queues'
import { call, folderTokenSchema, queueIdSchema } from './call'
import type { FolderChoice } from './folders'

/** Queues. */

export const queuesCalls = {
  'queues.list': call<readonly QueueView[]>()(z.undefined()),
  /** Makes a queue, or changes the one with that id. `folder`: missing keeps it, `null` is the setting's. */
  'queues.save': call<QueueId>()(
    z.strictObject({
      id: queueIdSchema.nullable(),
      choices: queueChoicesSchema,
      folder: folderTokenSchema.nullable().optional(),
    }),
  ),
  /** Starts or stops a queue now; what was to do that later is over. */
  'queues.run': call<void>()(z.strictObject({ id: queueIdSchema, run: z.boolean() })),
  /** Its downloads move to the default queue, which cannot be removed. */
  'queues.remove': call<void>()(z.strictObject({ id: queueIdSchema })),
  /** Where its files go; `null` when it has no folder of its own. */
  'queues.folder': call<FolderChoice | null>()(z.strictObject({ id: queueIdSchema })),
} as const
