import type { DownloadId } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import type { CheckProgress } from '../../shared/verification'

/** One errand while it runs. */
export interface Errand {
  readonly signal: AbortSignal
  readonly tell: (progress: CheckProgress) => void
}

interface Running {
  readonly control: AbortController
  readonly ended: Promise<unknown>
  progress: CheckProgress
}

/** What users ask for beside downloading: checks, repairs, exports. One at a time for each download. */
export class Errands {
  readonly #running = new Map<DownloadId, Running>()
  readonly #changed: (id: DownloadId) => void

  /** @param changed told when there is something to show */
  constructor(changed: (id: DownloadId) => void) {
    this.#changed = changed
  }

  progress(id: DownloadId): CheckProgress | null {
    return this.#running.get(id)?.progress ?? null
  }

  /**
   * @param doing what is shown from the beginning
   * @throws RequestFailure E_STATE while there is another one; what `work` throws
   */
  run<T>(id: DownloadId, doing: CheckProgress['doing'], work: (errand: Errand) => Promise<T>): Promise<T> {
    if (this.#running.has(id)) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is being checked` })
    const control = new AbortController()
    const errand: Errand = {
      signal: control.signal,
      tell: (progress) => {
        const running = this.#running.get(id)
        if (running) running.progress = progress
        this.#changed(id)
      },
    }
    const ended = Promise.resolve() // its progress can be shown from the beginning
      .then(() => work(errand))
      .finally(() => {
        this.#running.delete(id)
        this.#changed(id)
      })
    this.#running.set(id, { control, ended, progress: { doing, bytes: 0 } })
    this.#changed(id)
    return ended
  }

  /** Ends those that run, of these downloads or of all. */
  async stop(ids: Iterable<DownloadId> = [...this.#running.keys()]): Promise<void> {
    const running = [...ids].flatMap((id) => this.#running.get(id) ?? [])
    for (const { control } of running)
      control.abort(new RequestFailure({ code: 'E_STOPPED', detail: 'it was stopped' }))
    await Promise.allSettled(running.map(({ ended }) => ended))
  }
}
