import { describe, expect, it } from 'vitest'
import { eventsOf } from '../../../src/main/engine/recorder/events'
import { lookAtAnswer } from '../../../src/main/engine/recorder/answer'
import { record } from '../../stored-record'

const remote = {
  url: 'https://cdn.example.net/x',
  total: 100,
  validator: null,
  ranges: true,
  contentType: null,
}
const part = { kind: 'open', generation: 'aa', path: '/d/x.aa.part', inode: '1' } as const

describe('what a change of a record means', () => {
  const queued = record()
  const active = record({ state: { kind: 'active', phase: { kind: 'probing' } } })
  const opened = { ...active, remote, part: { ...part, segments: [{ start: 0, end: 100, written: 40 }] } }

  it('begins, with what is already there', () => {
    expect(eventsOf(queued, active)).toEqual([{ code: 'STARTED', bytes: 0 }])
    expect(eventsOf({ ...opened, state: { kind: 'queued' } }, opened)).toEqual([{ code: 'STARTED', bytes: 40 }])
  })

  it('is redirected and answered, once a generation', () => {
    expect(eventsOf(active, opened)).toEqual([
      { code: 'REDIRECTED', host: 'cdn.example.net' },
      { code: 'ANSWERED', host: 'cdn.example.net', total: 100, ranges: true },
    ])
    expect(eventsOf(opened, { ...opened, remote: { ...remote } })).toEqual([])
  })

  it('is paused, interrupted, failed, completed', () => {
    expect(eventsOf(opened, { ...opened, state: { kind: 'paused' } })).toEqual([{ code: 'PAUSED', bytes: 40 }])
    expect(eventsOf(opened, { ...opened, state: { kind: 'queued' } })).toEqual([{ code: 'INTERRUPTED', bytes: 40 }])
    const error = { code: 'DNS', retry: 'no', detail: '' } as const
    expect(eventsOf(opened, { ...opened, state: { kind: 'failed', error } })).toEqual([
      { code: 'FAILED', error: 'DNS', bytes: 40 },
    ])
    const verification = { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'user' }] } as const
    expect(eventsOf(opened, { ...opened, finalBytes: 100, state: { kind: 'done', verification } })).toEqual([
      { code: 'VERIFIED', algorithm: 'sha-256' },
      { code: 'COMPLETED', bytes: 100 },
    ])
  })

  it('says nothing of the queue: it may be long', () => {
    expect(eventsOf(queued, record({ state: { kind: 'paused' } }))).toEqual([])
    expect(eventsOf(record({ state: { kind: 'paused' } }), queued)).toEqual([])
  })
})

describe('the head of an answer', () => {
  it('keeps no secret', () => {
    const headers = {
      etag: '"a"',
      'set-cookie': ['sid=secret'],
      'www-authenticate': 'Basic realm="x"',
      'authentication-info': 'nextnonce="secret"',
      'x-amz-security-token': 'secret',
      'x-upload-signature': 'secret',
    }
    const look = lookAtAnswer({ status: 206, headers, url: 'https://a.example/x?X-Amz-Signature=secret' }, 5)
    expect(JSON.stringify(look)).not.toContain('secret"')
    expect(JSON.stringify(look)).not.toContain('=secret')
    expect(look.headers).toContainEqual(['etag', '"a"'])
    expect(look.headers).toContainEqual(['set-cookie', null])
    expect(look.headers).toContainEqual(['x-amz-security-token', null])
    expect(look.url).toBe('https://a.example/x?…')
  })

  it('is bounded', () => {
    const headers = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x-${n}`, 'v'.repeat(5000)]))
    expect(JSON.stringify(lookAtAnswer({ status: 200, headers, url: 'http://a/' }, 0)).length).toBeLessThan(70_000)
  })
})
