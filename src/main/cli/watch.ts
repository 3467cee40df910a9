import path from 'node:path'
import type { DownloadId, DownloadState, DownloadView, Phase } from '../../shared/download'
import type { DownloadErrorCode } from '../../shared/errors'
import { noticeText, problemText } from '../../shared/texts/problems'
import type { Engine } from '../engine/engine'
import { exitCode, exitCodes } from './exit-codes'
import type { Reporter } from './report'

/** ms between two progress reports. */
const progressInterval = 250

/** Follows the downloads of one command until the last has ended. */
export class Watch {
  readonly #followed = new Set<DownloadId>()
  readonly #engine: Engine
  readonly #report: Reporter
  readonly #plannedConnections: number
  readonly #started = new Map<DownloadId, number>()
  readonly #ended = new Map<DownloadId, number>()
  readonly #noticed = new Map<DownloadId, number>()
  /** Why each one waits, as far as it was said, and until when. */
  readonly #told = new Map<DownloadId, { readonly code: DownloadErrorCode; until: number | null }>()
  /** Download and address of servers that were said to be dropped. */
  readonly #dropped = new Set<string>()
  #firstFailure: number | null = null
  #interrupted = false
  #settle: (() => void) | null = null

  constructor(engine: Engine, report: Reporter, plannedConnections: number) {
    this.#engine = engine
    this.#report = report
    this.#plannedConnections = plannedConnections
  }

  /** Those that are completed. */
  get done(): DownloadId[] {
    return [...this.#ended].flatMap(([id, code]) => (code === exitCodes.done ? id : []))
  }

  follow(id: DownloadId): void {
    this.#followed.add(id)
    const view = this.#engine.view(id)
    if (view) this.#report({ event: 'added', id, url: view.url }, view)
    if (view?.notice) this.#noticed.set(id, view.notice.at)
  }

  async finished(interrupt: AbortSignal): Promise<number> {
    const unsubscribe = this.#engine.subscribe(({ upserts }) => {
      for (const id of upserts) this.#look(id)
    })
    const timer = setInterval(() => this.#progress(), progressInterval)
    const onInterrupt = () => this.#settle?.()
    try {
      await new Promise<void>((resolve) => {
        this.#settle = resolve
        interrupt.addEventListener('abort', onInterrupt, { once: true })
        if (interrupt.aborted) resolve()
        for (const id of this.#followed) this.#look(id)
      })
      // A second signal ends the process at once; a first one checkpoints.
      if (interrupt.aborted && this.#ended.size < this.#followed.size) {
        this.#engine.pauseAll()
        this.#interrupted = true
        return exitCodes.paused
      }
      return this.#firstFailure ?? exitCodes.done
    } finally {
      clearInterval(timer)
      unsubscribe()
      interrupt.removeEventListener('abort', onInterrupt)
    }
  }

  /** @returns what tells of each that was interrupted, to be called once all is kept */
  paused(): (() => void)[] {
    if (!this.#interrupted) return []
    const left = [...this.#followed].filter((id) => !this.#ended.has(id))
    return left.flatMap((id) => {
      const view = this.#engine.view(id)
      if (!view) return []
      const { received, total } = view
      const resumable = received > 0 && view.ranges === true
      return () => this.#report({ event: 'paused', id, received, total, resumable }, view)
    })
  }

  #look(id: DownloadId): void {
    if (!this.#followed.has(id) || this.#ended.has(id)) return
    const view = this.#engine.view(id)
    if (!view) return
    this.#start(view)
    if (view.notice && this.#noticed.get(id) !== view.notice.at) {
      this.#noticed.set(id, view.notice.at)
      const { code } = view.notice
      if (code !== 'MIRROR_DROPPED') {
        this.#report({ event: 'warning', id, code, message: noticeText(code, 'en').title }, view)
      }
    }
    this.#drops(view)
    if (view.state.kind === 'active') this.#wait(view, view.state.phase)
    if (view.state.kind === 'done' || view.state.kind === 'failed') this.#end(view, view.state)
    if (this.#ended.size === this.#followed.size) this.#settle?.()
  }

  /** Says of each server that is not used any more which one it is, and why. */
  #drops(view: DownloadView): void {
    const { id } = view
    for (const { url, host, state } of view.sources) {
      const key = `${id} ${url}`
      if (state.kind !== 'dropped' || this.#dropped.has(key)) continue
      this.#dropped.add(key)
      const { title } = noticeText('MIRROR_DROPPED', 'en')
      const why = problemText(state.error.code, 'en').title
      this.#report({ event: 'warning', id, code: 'MIRROR_DROPPED', message: `${title}: ${host}: ${why}` }, view)
    }
  }

  /** Says once why nothing moves. */
  #wait(view: DownloadView, phase: Phase): void {
    const { id } = view
    if (phase.kind !== 'waiting') {
      if (phase.kind === 'transferring' && view.connections > 0) this.#told.delete(id)
      return
    }
    const { until, reason } = phase
    const { code } = reason
    const { title } = problemText(code, 'en')
    const told = this.#told.get(id)
    if (told?.code !== code) this.#report({ event: 'warning', id, code, message: `${title}; trying again` }, view)
    if (told?.code === code && told.until === until) return
    this.#told.set(id, { code, until })
    this.#report({ event: 'waiting', id, code, message: title, until }, view)
  }

  #start(view: DownloadView): void {
    const { id, state } = view
    const running = state.kind === 'done' || (state.kind === 'active' && state.phase.kind !== 'probing')
    if (!running || this.#started.has(id) || view.ranges === null) return
    this.#started.set(id, performance.now())
    const connections = view.ranges ? this.#plannedConnections : 1
    this.#report(
      { event: 'started', id, total: view.total, connections, ranges: view.ranges, resumedAt: view.received },
      view,
    )
  }

  #end(view: DownloadView, state: Extract<DownloadState, { kind: 'done' | 'failed' }>): void {
    const { id } = view
    if (state.kind === 'done') {
      const ms = performance.now() - (this.#started.get(id) ?? performance.now())
      const seconds = Math.round(ms) / 1000
      const check = state.verification.kind === 'verified' ? state.verification.checks[0] : undefined
      const verified = check ? { verified: check.algorithm, verifiedBy: check.source } : { verified: null }
      const file = path.join(view.folder, view.name)
      this.#report({ event: 'done', id, path: file, bytes: view.received, seconds, ...verified }, view)
      this.#ended.set(id, exitCodes.done)
      return
    }
    const { code } = state.error
    this.#report(
      {
        event: 'failed',
        id,
        code,
        message: `${problemText(code, 'en').title}: ${state.error.detail}`,
        resumable: view.received > 0 && view.ranges === true,
      },
      view,
    )
    const exit = exitCode(code)
    this.#firstFailure ??= exit
    this.#ended.set(id, exit)
  }

  #progress(): void {
    for (const view of this.#engine.active()) {
      const { id, received, total, state } = view
      if (!this.#started.has(id) || (state.kind === 'active' && state.phase.kind === 'waiting')) continue
      const bytesPerSecond = Math.round(view.bytesPerSecond)
      this.#report({ event: 'progress', id, received, total, bytesPerSecond }, view)
    }
  }
}
