import { describe, expect, it } from 'vitest'
import { progressReporter, type ReportEvent } from '../../src/main/cli/report'
import type { DownloadView } from '../../src/shared/download'

const view = {
  name: 'image.iso',
  state: { kind: 'active', phase: { kind: 'transferring' } },
  hold: null,
  total: 100 * 1024 ** 2,
  received: 25 * 1024 ** 2,
  bytesPerSecond: 1024 ** 2,
  connections: 4,
} as DownloadView
const progress: ReportEvent = { event: 'progress', id: 1, received: 1, total: 1, bytesPerSecond: 1 }
const waiting = (ms: number | null): ReportEvent => ({
  event: 'waiting',
  id: 1,
  code: 'TIMEOUT',
  message: 'The server does not answer',
  until: ms === null ? null : Date.now() + ms,
})

/** What a stream was given. */
function told(stream: { readonly isTTY: boolean; readonly columns?: number }, ...events: ReportEvent[]): string {
  let text = ''
  const report = progressReporter({ ...stream, write: (part: string) => (text += part) } as never)
  for (const event of events) report(event, view)
  return text
}

describe('the line that moves', () => {
  it('says how much is there, how fast, how long still, and over how many connections', () => {
    expect(told({ isTTY: false }, progress)).toBe('image.iso: 25 % of 100.0 MiB, 1.0 MiB/s, 1:15 left, 4 connections\n')
  })

  it('is rewritten in place on a terminal, and cut to its width', () => {
    expect(told({ isTTY: true, columns: 20 }, progress)).toBe('\r\x1b[Kimage.iso: 25 % of ')
  })

  it('says when it tries again, where that is known', () => {
    expect(told({ isTTY: false }, waiting(7900))).toBe('image.iso: The server does not answer; again in 8 s\n')
    expect(told({ isTTY: true, columns: 80 }, waiting(null))).toBe('')
  })
})
