import type { Bridge, CallInput, CallName, CallOutput, EventName, Events, LocalFile } from '../shared/contract'
import { RequestFailure, type RequestError } from '../shared/errors'

/** The only user of the bridge: everything else in the window talks to the main process through this file. */

declare global {
  interface Window {
    readonly longshore: Bridge
  }
}

type Input<N extends CallName> = undefined extends CallInput<N> ? [] : [input: CallInput<N>]

/** @throws RequestFailure whatever went wrong, so that there is one kind of failure to show. */
export async function call<N extends CallName>(name: N, ...[input]: Input<N>): Promise<CallOutput<N>> {
  let result
  try {
    result = await window.longshore.call(name, input as CallInput<N>)
  } catch (error) {
    throw new RequestFailure({ code: 'E_IPC', detail: `${name}: ${String(error)}` })
  }
  if (!result.ok) throw new RequestFailure(result.error)
  return result.value
}

export function on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void {
  return window.longshore.on(name, listener)
}

/** What a file is that was dropped; `null` when it lies nowhere on this computer. @throws RequestFailure */
export async function dropped(file: File): Promise<LocalFile | null> {
  const result = await window.longshore.dropped(file)
  if (!result.ok) throw new RequestFailure(result.error)
  return result.value
}

/** For `catch` clauses around `call`. */
export function asRequestError(error: unknown): RequestError {
  return error instanceof RequestFailure ? error.error : { code: 'E_IPC', detail: String(error) }
}
