import type { Page } from 'playwright-core'
import type { Bridge, CallInput, CallName, CallOutput, CallResult } from '../../src/shared/contract'

/** Calls the main process from the window, with any words at all. */
export function call(window: Page, name: string, input: unknown): Promise<CallResult<CallName>> {
  return window.evaluate(
    ([called, given]) =>
      (globalThis as unknown as { longshore: Bridge }).longshore.call(called as CallName, given as never),
    [name, input] as const,
  )
}

/** Asks the main process as the window does. @throws Error for what it refuses */
export async function ask<N extends CallName>(window: Page, name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await call(window, name, input)
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value as CallOutput<N>
}
