import type { FetchContext } from './generation'
import { hopeless, tooSlow, trial } from './pace'
import type { Receiving } from './receiving'
import type { Setbacks } from './setbacks'

/** New connections for those that crawl, faster servers for those that can be better used there, none for hopeless ones. */
export function replaceSlow(
  { generation: { sources }, listener, env }: FetchContext,
  receiving: Receiving,
  setbacks: Setbacks,
): void {
  const open = [...receiving.open]
  for (const server of new Set(open.map(({ source }) => source))) {
    const own = open.filter(({ source }) => source === server)
    for (const index of tooSlow(own.map(({ pulse }) => pulse))) {
      own[index]?.stop('too slow')
      listener.note({ code: 'REPLACED', times: 1 })
    }
  }
  for (const index of hopeless(open.map(({ pulse }) => pulse))) {
    const connection = open[index]
    if (!connection || connection.source.connections > 1) continue
    connection.stop('next to nothing came')
    setbacks.crawled(connection.source)
  }
  const slow = sources.slowest((host) => env.scheduler.room(host))
  const moving = slow && open.filter(({ source, pulse }) => source === slow && pulse.age > trial)
  moving?.toSorted((a, b) => a.pulse.rate - b.pulse.rate)[0]?.stop('another server is faster')
}
