import type { z } from 'zod'
import type { RequestError } from '../errors'
import { accountsCalls } from './accounts'
import { addCalls } from './add'
import { appCalls } from './app'
import type { Call } from './call'
import { downloadCalls } from './download'
import type { EventName, Events } from './events'
import { foldersCalls } from './folders'
import { listCalls } from './list'
import { localCalls, type LocalFile } from './local'
import { queuesCalls } from './queues'
import { settingsCalls } from './settings'

/**
 * The whole conversation between window and main process: one map of calls, one of events. The preload bridge exposes
 * exactly these names; the main process checks the sender and parses the input before anything else happens.
 */

export const calls = {
  ...appCalls,
  ...addCalls,
  ...listCalls,
  ...downloadCalls,
  ...localCalls,
  ...queuesCalls,
  ...foldersCalls,
  ...accountsCalls,
  ...settingsCalls,
} as const

export type Calls = typeof calls

export type CallName = keyof Calls

export type CallInput<N extends CallName> = z.input<Calls[N]['input']>

export type CallOutput<N extends CallName> = Calls[N] extends Call<z.ZodType, infer O> ? O : never

export type CallResult<N extends CallName> =
  { readonly ok: true; readonly value: CallOutput<N> } | { readonly ok: false; readonly error: RequestError }

/** What the preload script puts on `window.longshore`. */
export interface Bridge {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>>
  on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void
  /** What a file is that the user dropped; `null` when it has no path. The window never sees the path. */
  dropped(
    file: File,
  ): Promise<
    { readonly ok: true; readonly value: LocalFile | null } | { readonly ok: false; readonly error: RequestError }
  >
}

export type { ObjectPage } from './accounts'
export { type AddInput, type AddOutcome, type LinkLook, addInputSchema } from './add'
export type { AppInfo, Wish } from './app'
export type { Editable } from './download'
export type { EventName, Events } from './events'
export type { FolderChoice, FolderProblem, TypedFolder } from './folders'
export type { FinishedText, HistoryPage, ListImport, Snapshot, SnapshotText } from './list'
export type { DescribedFile, LocalFile } from './local'
export type { LockedCertificate } from './settings'
