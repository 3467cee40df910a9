import { describe, expect, it } from 'vitest'
import { Recorder } from '../../../src/main/engine/recorder/recorder'
import type { Trace, TraceStore } from '../../../src/main/engine/ports'
import type { JournalEntry } from '../../../src/shared/inspection'
import type { DownloadId } from '../../../src/shared/download'
import { FakeClock } from '../fake-clock'
import { record } from '../../stored-record'

function rig() {
  const clock = new FakeClock()
  const entries: { id: DownloadId; entry: JournalEntry }[] = []
  const traces = new Map<DownloadId, Trace>()
  const writes: number[] = []
  const logged: string[] = []
  const state = { full: false }
  const store: TraceStore = {
    write(added, kept) {
      if (state.full) throw new Error('the disk is full')
      writes.push(added.length)
      entries.push(...added)
      for (const [id, trace] of kept) traces.set(id, trace)
    },
    journal: (id) => entries.filter((each) => each.id === id).map(({ entry }) => entry),
    trace: (id) => traces.get(id) ?? null,
  }
  const open = () => new Recorder(store, clock, (_, message) => logged.push(message))
  return { clock, store, entries, traces, writes, logged, state, open }
}
const codes = (recorder: Recorder) =>
  recorder.inspect(record(), null, () => null).journal.map(({ event }) => event.code)

describe('the recorder', () => {
  it('commits what happens together, soon but not at once', async () => {
    const { clock, writes, open } = rig()
    const recorder = open()
    recorder.note(1, { code: 'PAUSED', bytes: 1 })
    recorder.note(1, { code: 'STARTED', bytes: 1 })
    expect(writes).toEqual([])
    expect(codes(recorder)).toEqual(['ADDED', 'PAUSED', 'STARTED'])
    await clock.pass(2000)
    expect(writes).toEqual([2])
    expect(codes(recorder)).toEqual(['ADDED', 'PAUSED', 'STARTED'])
  })

  it('tells a crowd of failures once in ten seconds, and how many they were', async () => {
    const { clock, open } = rig()
    const recorder = open()
    for (let n = 0; n < 500; n++) recorder.note(1, { code: 'RETRY', error: 'TIMEOUT', times: 1 })
    recorder.note(1, { code: 'RETRY', error: 'DNS', times: 1 })
    await clock.pass(10_000)
    recorder.note(1, { code: 'RETRY', error: 'TIMEOUT', times: 1 })
    const events = recorder.inspect(record(), null, () => null).journal.map(({ event }) => event)
    expect(events.slice(1)).toEqual([
      { code: 'RETRY', error: 'TIMEOUT', times: 1 },
      { code: 'RETRY', error: 'DNS', times: 1 },
      { code: 'RETRY', error: 'TIMEOUT', times: 500 },
    ])
  })

  it('keeps the speed of a run that ended, and goes on with it', async () => {
    const { clock, open } = rig()
    const first = open()
    first.arrived(1, 100)
    await clock.pass(1500)
    first.arrived(1, 50)
    first.close()
    const second = open()
    expect(second.inspect(record(), null, () => null).history.bytes).toEqual([100, 50])
    second.arrived(1, 7)
    expect(second.inspect(record(), null, () => null).history.bytes).toEqual([100, 50, 7])
  })

  it('writes nothing of what was removed', () => {
    const { entries, traces, open } = rig()
    const recorder = open()
    recorder.note(1, { code: 'STARTED', bytes: 0 })
    recorder.arrived(1, 100)
    recorder.ended(1)
    recorder.note(2, { code: 'STARTED', bytes: 0 })
    recorder.forget([1])
    recorder.close()
    expect(entries.map(({ id }) => id)).toEqual([2])
    expect([...traces.keys()]).toEqual([])
  })

  it('goes on when the store takes nothing', () => {
    const { state, logged, open } = rig()
    state.full = true
    const recorder = open()
    recorder.note(1, { code: 'STARTED', bytes: 0 })
    recorder.close()
    expect(logged).toEqual(['the journal could not be stored'])
  })
})
