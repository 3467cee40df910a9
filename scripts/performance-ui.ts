// `npm run performance:ui`: the real window with 50,000 rows, 50 of them running, measured with Chromium's own tools; the
// figures go to docs/performance-ui.md by hand, with the machine they are from.
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import type { NewDownload } from '../src/main/engine/ports'
import { Stage } from '../test/e2e/stage'
import { completed, storedDownload, writeStore } from '../test/stored-downloads'

const rows = Number(process.env.LONGSHORE_ROWS ?? 50_000)
const active = 50
const mebibyte = 1024 * 1024

/** Names of Chromium's trace events that are one task of the window's main thread. */
const task = 'RunTask'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  /** Time of the processor: what other programs take does not count. */
  readonly tdur?: number
  readonly tid: number
  readonly pid: number
  readonly args?: { readonly name?: string }
}

/** What the main thread did in one kind of work, by the names of Chromium's events; all else counts as the browser's. */
const kinds: Readonly<Record<string, RegExp>> = {
  script:
    /^(FunctionCall|EvaluateScript|RunMicrotasks|FireAnimationFrame|FireIdleCallback|EventDispatch|TimerFire|v8\.)/,
  style: /^(UpdateLayoutTree|ParseAuthorStyleSheet)/,
  layout: /^Layout$/,
  paint: /^(PrePaint|Paint|Layerize|UpdateLayer|UpdateLayerTree|Commit|CompositeLayers)/,
  memory: /GC/,
}
type Kind = keyof typeof kinds

interface Busy {
  /** ms of the processor that each task of the main thread took. */
  readonly tasks: readonly number[]
  /** ms of the processor in all, by kind of work. */
  readonly work: Readonly<Record<Kind, number>>
}

/** What the main thread did while `during` ran. */
async function busy(cdp: CDPSession, during: () => Promise<unknown>): Promise<Busy> {
  const events: TraceEvent[] = []
  const take = ({ value }: { value: unknown[] }) => void events.push(...(value as TraceEvent[]))
  cdp.on('Tracing.dataCollected', take)
  const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()))
  await cdp.send('Tracing.start', {
    categories: 'devtools.timeline,disabled-by-default-devtools.timeline,v8,__metadata',
  })
  await during()
  await cdp.send('Tracing.end')
  await complete
  cdp.off('Tracing.dataCollected', take)
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const mine = events
    .filter(({ ph, pid, tid }) => ph === 'X' && main.has(`${pid} ${tid}`))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const tasks = mine.filter(({ name }) => name === task).map(({ dur = 0, tdur = dur }) => tdur / 1000)
  return { tasks, work: byKind(mine) }
}

/** Each event's own time, without that of the events inside of it. */
function byKind(events: readonly TraceEvent[]): Record<Kind, number> {
  const sums: Record<Kind, number> = { browser: 0, ...Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0])) }
  const open: { readonly end: number; readonly kind: Kind }[] = []
  for (const { name, ts, dur = 0, tdur = dur } of events) {
    while ((open.at(-1)?.end ?? Infinity) <= ts) open.pop()
    const outer = open.at(-1)
    const found = Object.keys(kinds).find((each) => kinds[each]?.test(name))
    // What has no name of its own is part of what it is in.
    const kind = found ?? outer?.kind ?? 'browser'
    sums[kind] = (sums[kind] ?? 0) + tdur / 1000
    if (outer) sums[outer.kind] = (sums[outer.kind] ?? 0) - tdur / 1000
    open.push({ end: ts + dur, kind })
  }
  return sums
}

/** What each of so many frames took of the main thread, and for what. */
function perFrame({ work }: Busy, frames: number): string {
  const each = Object.entries(work).map(([kind, ms]) => `${kind} ${(ms / frames).toFixed(1)}`)
  const sum = Object.values(work).reduce((total, ms) => total + ms, 0)
  return `${(sum / frames).toFixed(1)} ms of the main thread a frame (${each.join(', ')})`
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0

function summary({ tasks }: Busy): string {
  const sorted = tasks.filter((each) => each >= 0.5).sort((a, b) => a - b)
  const over = sorted.filter((each) => each > 16).length
  const figures = [0.5, 0.95, 0.99, 1].map((share) => at(sorted, share).toFixed(1))
  return `${sorted.length} tasks over 0.5 ms; median, 95 %, 99 %, longest: ${figures.join(' · ')} ms; over 16 ms: ${over}`
}

/** Scrolls by so many pixels in each frame, and notes how long each frame took. */
function scroll(window: Page, pixels: number, frames: number): Promise<number[]> {
  return window.evaluate(
    ([step, count]) =>
      new Promise<number[]>((resolve) => {
        const scroller = document.querySelector('.grid-scroller')!
        const took: number[] = []
        let last = performance.now()
        const frame = (now: number) => {
          took.push(now - last)
          last = now
          scroller.scrollTop += step
          if (took.length < count) requestAnimationFrame(frame)
          else resolve(took.slice(1))
        }
        requestAnimationFrame(frame)
      }),
    [pixels, frames] as const,
  )
}

const stage = await Stage.create()
try {
  const kinds = ['iso', 'zip', 'mp4', 'pdf', 'flac', 'bin']
  const record = (n: number, change: Partial<NewDownload> = {}): NewDownload => {
    const kind = kinds[n % kinds.length] ?? 'bin'
    const name = `item-${n}-of-a-long-list.${kind}`
    const url = `https://mirror${n % 40}.example.org/pub/archive/item-${n}.${kind}`
    // The list has no more than 5,000 of them.
    const done = n % 10 === 0 ? completed(1_760_000_000_000 + n * 1000, (n % 977) * mebibyte) : {}
    return storedDownload(
      { url, folder: stage.folder, name, addedAt: 1_750_000_000_000 + n * 1000 },
      { connections: 1, position: n, ...done, ...change },
    )
  }
  const running = Array.from({ length: active }, (_, n) =>
    stage.server.file(`/running-${n}.iso`, { size: 512 * mebibyte, rate: 200 * 1024 }),
  )
  const waiting = (url: string, n: number) =>
    record(-3 * n, { url, name: `running-${n}.iso`, requestedName: null, state: { kind: 'queued' } })
  writeStore(
    join(stage.userData, 'longshore.db'),
    [
      ...Array.from({ length: rows - active }, (_, n) => record(n + 1)),
      ...running.map(({ url }, n) => waiting(url, n)),
    ],
    { concurrentDownloads: active, connectionsPerHost: 200 },
  )

  const begun = performance.now()
  const { window } = await stage.start()
  await window.locator('.row').first().waitFor({ timeout: 60_000 })
  console.log(`start to first rows: ${Math.round(performance.now() - begun)} ms`)
  const counter = window.getByRole('button', { name: /^Active ?50$/ })
  await counter.waitFor({ timeout: 60_000 })
  const cdp = await window.context().newCDPSession(window)
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  console.log(`50 running, in sight, 10 s of updates: ${summary(await busy(cdp, () => pause(10_000)))}`)
  for (const [name, pixels] of [
    ['one row a frame', 54],
    ['twenty rows a frame', 1080],
  ] as const) {
    let frames: number[] = []
    const during = await busy(cdp, async () => (frames = await scroll(window, pixels, 300)))
    frames.sort((a, b) => a - b)
    const rate = (1000 * frames.length) / frames.reduce((sum, each) => sum + each, 0)
    console.log(
      `scrolling, ${name}: ${rate.toFixed(1)} frames/s, 95 % under ${at(frames, 0.95).toFixed(1)} ms; ${perFrame(during, frames.length)}; ${summary(during)}`,
    )
  }
  const timed = async (name: string, act: () => Promise<unknown>) => {
    const { tasks } = await busy(cdp, async () => {
      await act()
      await pause(500)
    })
    console.log(`${name}: longest task ${Math.max(...tasks).toFixed(1)} ms`)
  }
  await window.evaluate(() => document.querySelector('.grid-scroller')!.scrollTo(0, 0))
  await timed('sort by name', () => window.getByRole('columnheader', { name: 'Name' }).getByRole('button').click())
  await timed('sort by size', () => window.getByRole('columnheader', { name: 'Size' }).getByRole('button').click())
  await timed('filter Completed', () => window.getByRole('button', { name: /^Completed/ }).click())
  await timed('filter All', () => window.getByRole('button', { name: /^All/ }).click())
  await timed('first search', () => window.getByRole('searchbox').fill('item-49'))
  await timed('next search', () => window.getByRole('searchbox').fill('item-499'))
  await window.getByRole('searchbox').fill('')
  await window.getByRole('columnheader', { name: 'Speed' }).getByRole('button').click()
  await pause(1000)
  console.log(`sorted by speed, 10 s of updates: ${summary(await busy(cdp, () => pause(10_000)))}`)
  const { metrics } = await cdp.send('Performance.getMetrics').catch(() => ({ metrics: [] }))
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value
  if (heap !== undefined) console.log(`heap of the window: ${Math.round(heap / mebibyte)} MiB`)
} finally {
  await stage.end()
}
