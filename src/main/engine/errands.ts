import type { DownloadId } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import type { CheckProgress, Errand as Doing } from '../../shared/verification'
import type { Clock } from './ports'
import { SpeedMeter } from './rate'

/** ms: nobody reads figures that change more often. */
const tellInterval = 100

/** One errand while it runs. */
export interface Errand {
  readonly signal: AbortSignal
  /** How far it is: bytes of so many. May be called as often as there is something to say. */
  readonly tell: (doing: Doing, bytes: number, total: number) => void
}

interface Running {
  readonly control: AbortController
  readonly ended: Promise<unknown>
  progress: CheckProgress
  meter: SpeedMeter
  /** When it was shown last, ms of the monotonic clock. */
  told: number
  /** It will be shown again in a moment. */
  waits: boolean
}

/** What users ask for beside downloading: checks, repairs, exports. One at a time for each download. */
export class Errands {
  readonly #running = new Map<DownloadId, Running>()
  readonly #changed: (id: DownloadId) => void
  readonly #clock: Clock

  /** @param changed told when there is something to show */
  constructor(changed: (id: DownloadId) => void, clock: Clock) {
    this.#changed = changed
    this.#clock = clock
  }

  progress(id: DownloadId): CheckProgress | null {
    const running = this.#running.get(id)
    return running ? { ...running.progress, bytesPerSecond: running.meter.rate(this.#clock.monotonic()) } : null
  }

  /**
   * @param doing what is shown from the beginning
   * @throws RequestFailure E_STATE while there is another one; what `work` throws
   */
  run<T>(id: DownloadId, doing: Doing, work: (errand: Errand) => Promise<T>): Promise<T> {
    if (this.#running.has(id)) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is being checked` })
    const control = new AbortController()
    const errand: Errand = {
      signal: control.signal,
      tell: (now, bytes, total) => this.#tell(id, now, bytes, total),
    }
    const ended = Promise.resolve() // its progress can be shown from the beginning
      .then(() => work(errand))
      .finally(() => {
        this.#running.delete(id)
        this.#changed(id)
      })
    const progress = { doing, bytes: 0, total: 0, bytesPerSecond: 0 }
    this.#running.set(id, { control, ended, progress, meter: new SpeedMeter(), told: -Infinity, waits: false })
    this.#changed(id)
    return ended
  }

  #tell(id: DownloadId, doing: Doing, bytes: number, total: number): void {
    const running = this.#running.get(id)
    if (!running) return
    const now = this.#clock.monotonic()
    const before = running.progress
    const isNew = before.doing !== doing
    if (isNew) running.meter = new SpeedMeter()
    running.meter.add(Math.max(0, isNew ? bytes : bytes - before.bytes), now)
    running.progress = { doing, bytes, total, bytesPerSecond: 0 }
    const early = isNew ? 0 : running.told + tellInterval - now
    if (early <= 0) {
      running.told = now
      this.#changed(id)
    } else if (!running.waits) {
      running.waits = true
      void this.#clock.sleep(early, running.control.signal).then(
        () => {
          running.waits = false
          running.told = this.#clock.monotonic()
          this.#changed(id)
        },
        () => undefined, // stopped
      )
    }
  }

  /** Ends those that run, of these downloads or of all. */
  async stop(ids: Iterable<DownloadId> = [...this.#running.keys()]): Promise<void> {
    const running = [...ids].flatMap((id) => this.#running.get(id) ?? [])
    for (const { control } of running)
      control.abort(new RequestFailure({ code: 'E_STOPPED', detail: 'it was stopped' }))
    await Promise.allSettled(running.map(({ ended }) => ended))
  }
}
