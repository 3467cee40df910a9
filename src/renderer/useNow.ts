import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const seconds = () => Math.floor(Date.now() / 1000)

/** The time in whole seconds. One timer for all that use it, and none when nobody does: only countdowns may. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, seconds)
}
