import type { DownloadId, DownloadState, DownloadView } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { defaultQueue, noChoices, type QueueChoices, type QueueId, type QueueView } from '../../shared/queues'
import type { Composition } from '../compose'
import { checkZone } from '../engine/queues/schedule'
import type { createService } from '../service/service'
import { everyId, listPage } from './listing'
import type { ControlHandlers, Ids, Limits, QueueChange } from './protocol'

export interface ControlParts {
  readonly composition: Composition
  readonly service: ReturnType<typeof createService>
  /** Where downloads go when neither command nor settings say it. */
  readonly downloads: string
  /** Ends the program; `null` where only its window does. */
  readonly stop: (() => void) | null
}

/** What commands can do: what the window does, by the same service. */
export function createControlHandlers({ composition, service, downloads, stop }: ControlParts): ControlHandlers {
  const { engine, settings, slowMode } = composition
  /** @throws RequestFailure E_NOT_FOUND; nothing was done then */
  const known = (ids: readonly DownloadId[]): DownloadView[] =>
    ids.map((id) => {
      const view = engine.view(id)
      if (view === null) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
      return view
    })
  /**
   * Of all of them, those that it concerns; named ones have to be in a state that allows it.
   * @throws RequestFailure E_NOT_FOUND, E_STATE; nothing was done then
   */
  const unless = async (ids: Ids, ...states: DownloadState['kind'][]): Promise<DownloadId[]> => {
    if (ids === 'all') return everyId(engine, states)
    const wrong = known(ids).find(({ state }) => states.includes(state.kind))
    if (wrong !== undefined) {
      throw new RequestFailure({ code: 'E_STATE', detail: `download ${wrong.id} is ${wrong.state.kind}` })
    }
    return [...ids]
  }
  /** @throws RequestFailure E_NOT_FOUND */
  const queueOf = (name: string): QueueView => {
    const found = engine.queues().find((queue) => queue.name === name)
    if (!found) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no queue "${name}"` })
    return found
  }
  const queueNumber = (id: QueueId): QueueView => engine.queues().find((queue) => queue.id === id)!
  /** @param id whose name it is to be; `null` for a new one. @throws RequestFailure E_QUEUE */
  const checkName = (name: string, id: QueueId | null): void => {
    const taken = engine.queues().some((queue) => queue.id !== id && queue.name === name)
    // That one has a name in every language, and none of its own.
    if (taken || name === 'default') {
      throw new RequestFailure({ code: 'E_QUEUE', detail: `there is a queue "${name}" already` })
    }
    if (id === defaultQueue) throw new RequestFailure({ code: 'E_QUEUE', detail: 'the default queue keeps its name' })
  }
  const limits = (): Limits => ({
    all: settings.read().speedLimit,
    slow: slowMode.slow(),
    slowLimit: settings.read().slowLimit,
    slowHours: settings.read().slowSchedule,
    queues: engine.queues().flatMap(({ name, limit }) => (limit === null ? [] : [{ name, rate: limit }])),
    downloads: engine.unfinished().flatMap(({ id, limit }) => (limit === null ? [] : [{ id, rate: limit }])),
  })
  return {
    add: ({ folder, queue, ...input }) =>
      service.add({
        ...input,
        folder,
        fallback: settings.read().folder ?? downloads,
        mirrors: [...input.mirrors],
        account: null,
        partSize: null,
        threshold: null,
        root: null,
        group: null,
        category: null,
        queue: queue === '' ? null : queueOf(queue).id,
        adopt: null,
      }),
    list: ({ from, ...filter }) =>
      listPage(engine, filter, filter.queue === null ? null : queueOf(filter.queue).id, from),
    show: ({ ids }) => known(ids),
    async pause({ ids }) {
      const found = await unless(ids, 'done', 'failed')
      await service.pause(found)
      return found
    },
    async resume({ ids, now }) {
      const found = await unless(ids, 'done')
      await (now ? service.startNow(found) : service.resume(found))
      return found
    },
    async remove({ ids, deleteFile }) {
      const found = await unless(ids)
      await service.remove(found, deleteFile)
      return found
    },
    async limit({ of, rate }) {
      if (of === 'all') await settings.write({ speedLimit: rate })
      else if ('queue' in of) engine.changeQueue(queueOf(of.queue).id, { limit: rate })
      else await service.limit(await unless(of, 'done'), rate)
      return limits()
    },
    limits,
    async slow({ on, hours }) {
      if (hours !== undefined) {
        checkZone(hours)
        await settings.write({ slowSchedule: hours, slowMode: null })
      }
      if (on !== undefined) await slowMode.set(on)
      return limits()
    },
    queues: () => engine.queues(),
    addQueue({ name, change }) {
      checkName(change.name ?? name, null)
      return queueNumber(engine.addQueue({ ...noChoices, name, ...given(change) }))
    },
    removeQueue({ name }) {
      engine.removeQueue(queueOf(name).id)
      return null
    },
    changeQueue({ name, change }) {
      const { id } = queueOf(name)
      if (change.name !== undefined) checkName(change.name, id)
      engine.changeQueue(id, given(change))
      return queueNumber(id)
    },
    runQueue({ name, run }) {
      service.runQueue(queueOf(name).id, run)
      return null
    },
    async moveToQueue({ name, ids }) {
      const found = await unless(ids, 'done')
      await service.toQueue(found, queueOf(name).id)
      return found
    },
    stop() {
      if (!stop)
        throw new RequestFailure({ code: 'E_STATE', detail: 'the application is open: it ends with its window' })
      // The command hears of it first.
      setImmediate(stop)
      return null
    },
  }
}

/** Without what was not said. */
function given(change: QueueChange): Partial<QueueChoices> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
