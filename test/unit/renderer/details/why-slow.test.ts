import { describe, expect, it } from 'vitest'
import { whySlow } from '../../../../src/renderer/downloads/details/whySlow'
import type { ConnectionLook, HostLook, Inspection, Vitals } from '../../../../src/shared/inspection'

const mebibyte = 1024 * 1024

function connection(number: number, bytesPerSecond: number, age = 10_000): ConnectionLook {
  return {
    number,
    origin: 'https://a.example',
    via: null,
    protocol: 'HTTP/1.1',
    age,
    bytesPerSecond,
    received: 0,
    position: 0,
    end: null,
    retries: 0,
    latency: 10,
  }
}
const calm: Vitals = {
  age: 30_000,
  allowed: 16,
  aimedAt: 4,
  chosen: false,
  single: false,
  lastStep: null,
  requests: 10,
  latency: 100,
  diskWait: 0,
  limitWait: 0,
  limits: [],
  openTime: 100_000,
  failures: [],
}
const host: HostLook = { host: 'a.example', held: 4, limit: 8, wanted: 8, learned: null }

const reasons = (vitals: Partial<Vitals>, change: Partial<Inspection> = {}) =>
  whySlow({
    id: 1,
    validator: null,
    sources: [],
    contentType: null,
    checksum: null,
    committed: [],
    pieces: [],
    connections: [1, 2, 3, 4].map((number) => connection(number, mebibyte)),
    vitals: { ...calm, ...vitals },
    host,
    history: { step: 1000, bytes: [] },
    journal: [],
    answer: null,
    ...change,
  })
const codes = (...those: Parameters<typeof reasons>) => reasons(...those).map(({ code }) => code)

describe('why slow, with several servers', () => {
  const source = (name: string, change: Partial<Inspection['sources'][number]>): Inspection['sources'][number] => ({
    url: `https://${name}/a`,
    host: name,
    state: { kind: 'used' },
    received: 0,
    bytesPerSecond: 0,
    connections: 1,
    resting: null,
    ...change,
  })
  const dropped = { kind: 'dropped', error: { code: 'HTTP_404', retry: 'no', detail: '' } } as const

  it('names one that does not help, and counts those that do', () => {
    const sources = [source('a.example', {}), source('b.example', { state: dropped }), source('c.example', {})]
    expect(reasons({}, { sources })).toEqual([
      { code: 'servers', used: 2, all: 3, host: 'b.example', error: 'HTTP_404' },
    ])
    expect(codes({}, { sources: [source('a.example', {}), source('b.example', { resting: 'TIMEOUT' })] })).toEqual([
      'servers',
    ])
  })

  it('says nothing while all of them help, or there is only one', () => {
    expect(codes({}, { sources: [source('a.example', {}), source('b.example', {})] })).toEqual([])
    expect(codes({}, { sources: [source('a.example', { state: dropped })] })).toEqual([])
  })
})

describe('why slow', () => {
  it('says nothing without evidence', () => {
    expect(codes({})).toEqual([])
    expect(codes({}, { vitals: null })).toEqual([])
    // Equal speeds alone prove no limit of the server: a full line is shared equally as well.
    expect(codes({ aimedAt: 16, allowed: 16 })).toEqual([])
  })

  it('a cap for each connection: all alike, and more of them brought more', () => {
    const lastStep = { from: 2, to: 4, before: 2 * mebibyte, after: 4 * mebibyte }
    expect(reasons({ lastStep })[0]).toEqual({ code: 'perConnection', connections: 4, each: mebibyte, gain: 2 })
    const uneven = [connection(1, mebibyte), connection(2, 3 * mebibyte)]
    expect(codes({ lastStep }, { connections: uneven })).toEqual([])
    const young = [1, 2, 3, 4].map((number) => connection(number, mebibyte, 500))
    expect(codes({ lastStep }, { connections: young })).toEqual([])
  })

  it('the line: more connections brought no more', () => {
    const lastStep = { from: 4, to: 8, before: 10 * mebibyte, after: 10.5 * mebibyte }
    expect(reasons({ lastStep })).toEqual([{ code: 'line', ...lastStep }])
    expect(codes({ lastStep: { ...lastStep, after: 13 * mebibyte } })).toEqual([])
  })

  it('a host that refused more', () => {
    const learned = { connections: 3, at: 5 }
    const refused = reasons({}, { host: { ...host, limit: 3, held: 3, learned } })
    expect(refused).toEqual([{ code: 'refused', host: 'a.example', connections: 3, at: 5 }])
  })

  it('our own limits, when they are used up', () => {
    expect(reasons({ aimedAt: 8 }, { host: { ...host, held: 8 } })).toEqual([
      { code: 'hostLimit', host: 'a.example', limit: 8, others: 4 },
    ])
    expect(codes({ aimedAt: 8 }, { host: { ...host, held: 7 } })).toEqual([])
    const lastStep = { from: 2, to: 4, before: 2 * mebibyte, after: 4 * mebibyte }
    expect(codes({ lastStep, allowed: 4, aimedAt: 4 })).toContain('connectionLimit')
    expect(codes({ lastStep, allowed: 8, aimedAt: 4 })).not.toContain('connectionLimit')
  })

  it('the limit of speed that is fullest, with what uses it, and nothing of the server that was measured under it', () => {
    const limits = [
      { scope: 'all', rate: 3 * mebibyte, used: 3 * mebibyte },
      { scope: 'queue', rate: 2 * mebibyte, used: mebibyte },
      { scope: 'download', rate: 1.5 * mebibyte, used: mebibyte },
    ] as const
    const lastStep = { from: 2, to: 4, before: mebibyte, after: mebibyte }
    expect(reasons({ limits, limitWait: 60_000, lastStep })).toEqual([
      { code: 'speedLimit', scope: 'all', rate: 3 * mebibyte, used: 3 * mebibyte, share: 0.6 },
    ])
    // It was hardly ever reached.
    expect(codes({ limits: limits.map((each) => ({ ...each, used: mebibyte })), limitWait: 10_000 })).toEqual([])
  })

  it.each(['all', 'queue', 'rule', 'download'] as const)(
    'the limit of %s as soon as its speed is there, though it was without one before',
    (scope) => {
      const own = (rate: number) => [{ scope, rate, used: 4 * mebibyte }]
      const lastStep = { from: 2, to: 4, before: mebibyte, after: 2 * mebibyte }
      const just = { lastStep, limitWait: 2000 }
      expect(codes({ ...just, limits: own(4 * mebibyte) })).toEqual(['speedLimit'])
      expect(codes({ ...just, limits: own(8 * mebibyte) })).not.toContain('speedLimit')
    },
  )

  it('the proxy, beside what was measured of the way through it; never alone', () => {
    const through = { connections: [1, 2, 3].map((n) => ({ ...connection(n, mebibyte), via: 'proxy:8080' })) }
    const mixed = { connections: [...through.connections, connection(4, mebibyte)] }
    const proxy = { code: 'proxy', proxy: 'proxy:8080', through: 3 }
    expect(reasons({ latency: 50_000 }, mixed)).toContainEqual({ ...proxy, of: 4 })
    const lastStep = { from: 2, to: 4, before: mebibyte, after: mebibyte }
    expect(reasons({ lastStep }, through).at(-1)).toEqual({ ...proxy, of: 3 })
    expect(codes({}, through)).toEqual([])
    expect(codes({ diskWait: 40_000 }, through)).toEqual(['disk'])
    expect(codes({ latency: 50_000 })).toEqual(['latency'])
  })

  it('the disk, the distance, the failures, each with its measure', () => {
    expect(reasons({ diskWait: 40_000 })).toEqual([{ code: 'disk', share: 0.4 }])
    expect(codes({ diskWait: 10_000 })).toEqual([])
    expect(reasons({ latency: 50_000 })).toEqual([{ code: 'latency', ms: 5000, share: 1 / 3 }])
    expect(
      reasons({
        failures: [
          { error: 'TIMEOUT', times: 2 },
          { error: 'DNS', times: 1 },
        ],
      }),
    ).toEqual([{ code: 'retries', times: 3, error: 'TIMEOUT' }])
    expect(codes({ failures: [{ error: 'TIMEOUT', times: 2 }] })).toEqual([])
  })

  it('a server that needs one connection', () => {
    expect(codes({ single: true, allowed: 1, aimedAt: 1 })).toEqual(['single'])
  })
})

describe('why slow, without a connection', () => {
  const failures: Vitals['failures'] = [{ error: 'CONNECT', times: 1 }]
  const limit: Partial<Vitals> = { limits: [{ scope: 'all', rate: 100, used: 100 }], limitWait: 90_000 }

  it('is that there is none, and not a limit that was reached before', () => {
    expect(codes({ ...limit, failures }, { connections: [] })).toEqual(['retries'])
    expect(codes({ ...limit, failures })).toEqual(['speedLimit'])
  })
})
