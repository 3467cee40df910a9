import { expect, it } from 'vitest'
import type { Entries } from '../../src/main/engine/downloads/entries'
import { Gates } from '../../src/main/engine/queues/gates'
import { noChoices } from '../../src/shared/queues'
import { FakeClock } from './fake-clock'

it('what may run from a moment on that comes while it is looked at is looked at again', async () => {
  const clock = new FakeClock()
  const startAt = clock.now() + 10
  const record = { id: 1, queue: 1, state: { kind: 'queued' }, startAt, stopAt: null, onlyNow: false }
  const entry = { record, atOnce: false }
  const entries = { all: () => [entry], get: () => entry, move() {}, saveAll() {}, emit() {}, notify() {} }
  const letIn: boolean[] = []
  const gates: Gates = new Gates({
    store: { all: () => [{ id: 1, ...noChoices, name: '' }], insert: () => 1, save() {}, remove() {} } as never,
    entries: entries as unknown as Entries,
    clock,
    pausesOn: () => ({ battery: false, metered: false }),
    waits: () => null,
    next: () => null,
    // A busy machine: the moment passes between the question and the timer.
    admit: () => {
      letIn.push(gates.holdOf(record as never) === null)
      void clock.pass(10)
    },
    pause() {},
  })
  gates.look()
  expect(letIn).toEqual([false])
  await clock.pass(0)
  expect(letIn[1]).toBe(true)
  gates.close()
})
