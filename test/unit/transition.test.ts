import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  IllegalTransition,
  transition,
  type DownloadEvent,
  type DownloadState,
  type Verification,
} from '../../src/shared/download'
import type { DownloadError } from '../../src/shared/errors'

const error: DownloadError = { code: 'DNS', retry: 'later', detail: 'no such host' }
const verification: Verification = { kind: 'verified', checks: [{ algorithm: 'md5', source: 'server' }] }
const phase = { kind: 'transferring' } as const

const states: Readonly<Record<DownloadState['kind'], DownloadState>> = {
  queued: { kind: 'queued' },
  active: { kind: 'active', phase: { kind: 'verifying' } },
  paused: { kind: 'paused' },
  failed: { kind: 'failed', error: { code: 'IO', retry: 'no', detail: 'before' } },
  done: { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } },
}
const events: Readonly<Record<DownloadEvent['kind'], DownloadEvent>> = {
  start: { kind: 'start' },
  phase: { kind: 'phase', phase },
  pause: { kind: 'pause' },
  resume: { kind: 'resume' },
  requeue: { kind: 'requeue' },
  fail: { kind: 'fail', error },
  finish: { kind: 'finish', verification },
}

const failed: DownloadState = { kind: 'failed', error }
const done: DownloadState = { kind: 'done', verification }
/** Every event that a state allows, and where it leads. What is not here is illegal. */
const legal: Readonly<Record<DownloadState['kind'], Partial<Record<DownloadEvent['kind'], DownloadState>>>> = {
  queued: {
    start: { kind: 'active', phase: { kind: 'probing' } },
    pause: { kind: 'paused' },
    fail: failed,
    finish: done,
  },
  active: {
    phase: { kind: 'active', phase },
    pause: { kind: 'paused' },
    requeue: { kind: 'queued' },
    fail: failed,
    finish: done,
  },
  paused: { resume: { kind: 'queued' }, finish: done },
  failed: { resume: { kind: 'queued' } },
  done: {},
}

const kinds = <T extends string>(table: Readonly<Record<T, unknown>>) => Object.keys(table) as T[]
const matrix = kinds(states).flatMap((state) => kinds(events).map((event) => [state, event] as const))

describe('transition', () => {
  it.each(matrix.filter(([state, event]) => legal[state][event]))('%s takes %s', (state, event) => {
    expect(transition(states[state], events[event])).toEqual(legal[state][event])
  })

  it.each(matrix.filter(([state, event]) => !legal[state][event]))('%s refuses %s', (state, event) => {
    expect(() => transition(states[state], events[event])).toThrow(IllegalTransition)
  })

  it('changes nothing in place', () => {
    for (const [state, event] of matrix) {
      const before = structuredClone(states[state])
      try {
        transition(states[state], events[event])
      } catch {
        // illegal
      }
      expect(states[state]).toEqual(before)
    }
  })

  it('never leaves done, and leaves failed only by the user’s wish', () => {
    const walk = fc.array(fc.constantFrom(...kinds(events)), { maxLength: 30 })
    fc.assert(
      fc.property(walk, (steps) => {
        let state: DownloadState = states.queued
        for (const step of steps) {
          const before: DownloadState = state
          try {
            state = transition(state, events[step])
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(IllegalTransition)
          }
          if (before.kind === 'done') expect(state).toBe(before)
          if (before.kind === 'failed' && state !== before) expect(step).toBe('resume')
        }
      }),
    )
  })
})
