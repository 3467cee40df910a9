import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Figures } from '../../src/main/shell/desktop/overview'
import { WhenDoneWatch } from '../../src/main/shell/desktop/when-done'
import { countdownTime } from '../../src/shared/when-done'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const figures = (active: number, queued = 0): Figures => ({
  active,
  queued,
  resting: 0,
  bytesPerSecond: 0,
  share: null,
})

function rig() {
  const log: string[] = []
  const watch = new WhenDoneWatch({
    notify: () => log.push('notify'),
    act: (action) => log.push(action),
    tell: (countdown) => log.push(countdown === null ? 'over' : `countdown ${countdown.action}`),
  })
  return { log, watch }
}

describe('when all is done', () => {
  it('nothing happens unless it is wanted, and nothing at the start', () => {
    const { log, watch } = rig()
    watch.set('shutdown')
    watch.changed(figures(0), true)
    watch.changed(figures(0, 3), false) // queued, and taken off the list again
    watch.changed(figures(0), true)
    watch.set('nothing')
    watch.changed(figures(1), false)
    watch.changed(figures(0), true)
    expect(log).toEqual([])
    watch.set('notify')
    watch.changed(figures(1), false)
    watch.changed(figures(0, 1), false) // waits for its queue
    expect(log).toEqual([])
    watch.changed(figures(0), true)
    watch.changed(figures(0), true)
    expect(log).toEqual(['notify'])
  })

  it('a countdown comes before what nobody can take back', () => {
    const { log, watch } = rig()
    watch.set('shutdown')
    watch.changed(figures(1), false)
    watch.changed(figures(0), true)
    vi.advanceTimersByTime(countdownTime - 1)
    expect(log).toEqual(['countdown shutdown'])
    expect(watch.countdown?.until).toBe(Date.now() + 1)
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['countdown shutdown', 'over', 'shutdown'])
  })

  it.each([
    ['is stopped', (watch: WhenDoneWatch) => watch.stop()],
    ['is no longer wanted', (watch: WhenDoneWatch) => watch.set('nothing')],
    ['is overtaken by a new download', (watch: WhenDoneWatch) => watch.changed(figures(0, 1), false)],
  ])('what %s does not happen', (_, end) => {
    const { log, watch } = rig()
    watch.set('sleep')
    watch.changed(figures(1), false)
    watch.changed(figures(0), true)
    end(watch)
    vi.advanceTimersByTime(2 * countdownTime)
    expect(log).toEqual(['countdown sleep', 'over'])
  })

  it('is not so when the last ones were paused or removed', () => {
    const { log, watch } = rig()
    watch.set('shutdown')
    watch.changed(figures(2), false)
    watch.changed(figures(1), true)
    watch.changed(figures(0), false)
    vi.advanceTimersByTime(2 * countdownTime)
    expect(log).toEqual([])
    watch.changed(figures(1), false) // resumed
    watch.changed(figures(0), true)
    expect(log).toEqual(['countdown shutdown'])
  })

  it('need not be waited for', () => {
    const { log, watch } = rig()
    watch.set('quit')
    watch.changed(figures(1), false)
    watch.changed(figures(0), true)
    watch.now()
    vi.advanceTimersByTime(2 * countdownTime)
    expect(log).toEqual(['countdown quit', 'over', 'quit'])
  })
})
