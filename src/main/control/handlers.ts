import type { DownloadId, DownloadState } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { noChoices, type QueueView } from '../../shared/queues'
import type { Composition } from '../compose'
import type { createService } from '../service'
import { listPage } from './listing'
import type { ControlHandlers, Ids, Limits } from './protocol'

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
  const known = (ids: Ids): DownloadId[] => {
    if (ids === 'all') return listedIds()
    for (const id of ids) {
      if (engine.view(id) === null) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
    }
    return [...ids]
  }
  const listedIds = (): DownloadId[] => engine.list().map(({ id }) => id)
  /**
   * Of all of them, those that it concerns; named ones have to be in a state that allows it.
   * @throws RequestFailure E_NOT_FOUND, E_STATE; nothing was done then
   */
  const unless = (ids: Ids, ...states: DownloadState['kind'][]): DownloadId[] => {
    if (ids === 'all') {
      const open = engine
        .unfinished()
        .filter(({ id, state }) => !states.includes(state.kind) && engine.view(id) !== null)
      return open.map(({ id }) => id)
    }
    const found = known(ids)
    const kindOf = (id: DownloadId) => engine.view(id)?.state.kind ?? 'done'
    const wrong = found.find((id) => states.includes(kindOf(id)))
    if (wrong !== undefined) {
      throw new RequestFailure({ code: 'E_STATE', detail: `download ${wrong} is ${kindOf(wrong)}` })
    }
    return found
  }
  /** @throws RequestFailure E_NOT_FOUND */
  const queueOf = (name: string): QueueView => {
    const found = engine.queues().find((queue) => queue.name === name)
    if (!found) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no queue "${name}"` })
    return found
  }
  const limits = (): Limits => ({
    all: settings.read().speedLimit,
    slow: slowMode.slow(),
    slowLimit: settings.read().slowLimit,
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
        queue: queue === '' ? null : queueOf(queue).id,
        adopt: null,
      }),
    list: ({ from, ...filter }) =>
      listPage(engine, filter, filter.queue === null ? null : queueOf(filter.queue).id, from),
    show: ({ ids }) => known(ids).flatMap((id) => engine.view(id) ?? []),
    async pause({ ids }) {
      const found = unless(ids, 'done', 'failed')
      await service.pause(found)
      return found
    },
    async resume({ ids }) {
      const found = unless(ids, 'done')
      await service.resume(found)
      return found
    },
    async remove({ ids, deleteFile }) {
      const found = known(ids)
      await service.remove(found, deleteFile)
      return found
    },
    async limit({ of, rate }) {
      if (of === 'all') await settings.write({ speedLimit: rate })
      else if ('queue' in of) engine.changeQueue(queueOf(of.queue).id, { limit: rate })
      else engine.limit(unless(of, 'done'), rate)
      return limits()
    },
    limits,
    async slow({ on }) {
      if (on !== null) await slowMode.set(on)
      return limits()
    },
    queues: () => engine.queues(),
    addQueue({ name }) {
      if (engine.queues().some((queue) => queue.name === name)) {
        throw new RequestFailure({ code: 'E_QUEUE', detail: `there is a queue "${name}" already` })
      }
      engine.addQueue({ ...noChoices, name, folder: null })
      return null
    },
    removeQueue({ name }) {
      engine.removeQueue(queueOf(name).id)
      return null
    },
    runQueue({ name, run }) {
      service.runQueue(queueOf(name).id, run)
      return null
    },
    moveToQueue({ name, ids }) {
      const found = unless(ids, 'done')
      engine.moveToQueue(found, queueOf(name).id)
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
