import type { DownloadId } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import type { Composition } from '../compose'
import type { createService } from '../service'
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
  const { engine, settings } = composition
  /** @throws RequestFailure E_NOT_FOUND; nothing was done then */
  const known = (ids: Ids): DownloadId[] => {
    if (ids === 'all') return engine.list().map(({ id }) => id)
    for (const id of ids) {
      if (engine.view(id) === null) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
    }
    return [...ids]
  }
  const limits = (): Limits => ({
    all: settings.read().speedLimit,
    downloads: engine.unfinished().flatMap(({ id, limit }) => (limit === null ? [] : [{ id, rate: limit }])),
  })
  return {
    add: ({ folder, ...input }) =>
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
        queue: null,
        adopt: null,
      }),
    list: () => engine.list(),
    pause({ ids }) {
      const found = known(ids)
      engine.pause(found)
      return found
    },
    resume({ ids }) {
      const found = known(ids)
      engine.resume(found)
      return found
    },
    async remove({ ids, deleteFile }) {
      const found = known(ids)
      await engine.remove(found, { deleteFile })
      return found
    },
    async limit({ of, rate }) {
      if (of === 'all') await settings.write({ speedLimit: rate })
      else engine.limit(known(of), rate)
      return limits()
    },
    limits,
    stop() {
      if (!stop)
        throw new RequestFailure({ code: 'E_STATE', detail: 'the application is open: it ends with its window' })
      // The command hears of it first.
      setImmediate(stop)
      return null
    },
  }
}
