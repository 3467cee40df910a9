import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { DownloadErrorCode } from '../../src/shared/errors'
import { Lane } from './fuzz/lane'
import { programs, type Program } from './fuzz/program'
import { Rig, untilEnd } from './rig'

/**
 * No server can make us write a wrong byte: random servers, seeded and shrinking.
 *
 *     LONGSHORE_FUZZ_RUNS=10000 LONGSHORE_FUZZ_SEED=1 npx vitest run --project integration fuzz
 *     LONGSHORE_FUZZ_PROGRAM='{"size":…}' npx vitest run --project integration fuzz      # one counterexample again
 */
const {
  LONGSHORE_FUZZ_RUNS,
  LONGSHORE_FUZZ_SEED,
  LONGSHORE_FUZZ_LANES,
  LONGSHORE_FUZZ_SHRINK,
  LONGSHORE_FUZZ_PROGRAM,
} = process.env
// In CI the same ones every time: a change is judged by what it changes, and new ones are sought by hand.
const seed = Number(LONGSHORE_FUZZ_SEED ?? (process.env['CI'] === undefined ? Date.now() % 1_000_000 : 1))
const lanes = Number(LONGSHORE_FUZZ_LANES ?? 4)
/** Without a number: as many as there is time for. */
const wanted = LONGSHORE_FUZZ_RUNS ?? (process.env['CI'] === undefined ? undefined : '200')
const runs = wanted === undefined ? null : Number(wanted)
const timeLimit = 22_000

const tally = new Map<string, number>()
const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)

async function fuzz(number: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  let lane: Lane | null = null
  const details = await fc.check(
    fc.asyncProperty(programs, async (program) => {
      const used = (lane ??= stack.use(await Lane.create()))
      lane = null // not used again after a failure
      const { done, failed, codes, mixed } = await used.run(program)
      lane = used
      for (let n = 0; n < done; n++) count('done')
      for (let n = 0; n < failed; n++) count('failed')
      for (const code of codes) count(code)
      for (let n = 0; n < mixed; n++) count('mixed')
    }),
    {
      seed: seed + number,
      endOnFailure: LONGSHORE_FUZZ_SHRINK === '0',
      numRuns: runs === null ? 300 : Math.ceil(runs / lanes),
      ...(runs === null ? { interruptAfterTimeLimit: timeLimit, markInterruptAsFailure: false } : {}),
    },
  )
  for (let n = 0; n < details.numRuns; n++) count('runs')
  if (!details.failed) return
  const [program] = details.counterexample ?? []
  const cause = details.errorInstance
  throw new Error(
    [
      `LONGSHORE_FUZZ_SEED=${seed} LONGSHORE_FUZZ_LANES=${lanes}, lane ${number}, path ${details.counterexamplePath}`,
      `LONGSHORE_FUZZ_PROGRAM='${JSON.stringify(program)}'`,
      cause instanceof Error ? cause.message : String(cause),
    ].join('\n'),
    { cause },
  )
}

/** Three connections, the second and the third behind byte 0. */
const plain: Program = {
  size: 300_000,
  partSize: 20_000,
  connections: 3,
  copies: 1,
  checksum: false,
  rate: 4_000_000,
  troubles: [],
  events: [],
  mirror: null,
  heals: true,
}
const changes = { at: { request: 2 }, what: { kind: 'change', grow: 0, keepValidators: false } } as const
const noTag = { where: 'all', kind: 'etag', value: 'none' } as const
const noConditions = { where: 'all', kind: 'conditions' } as const
const noDate = { where: 'all', kind: 'lastModified', value: null } as const
const cutFirst = { where: { nth: 1 }, kind: 'cut', share: 500, how: 'fin' } as const
const toItsEnd = { where: 'all', kind: 'framing', value: 'close' } as const

/** One server for each rule that stands between an answer and the file. */
const rules: [rule: string, program: Partial<Program>, ends: 'done' | DownloadErrorCode][] = [
  [
    '3: the range begins where it was asked for',
    { troubles: [{ where: 'mid', kind: 'otherRange', share: 50 }] },
    'RANGE',
  ],
  [
    '5: the total is the same',
    { events: [{ ...changes, what: { ...changes.what, grow: 7, keepValidators: true } }] },
    'done',
  ],
  ['6: one part', { troubles: [{ where: 'mid', kind: 'labelledMultipart' }] }, 'RANGE'],
  [
    '7: one of each field',
    { troubles: [{ where: 'mid', kind: 'contentEncoding', value: 'gzip', twice: true }] },
    'PROTO',
  ],
  ['9: the ETag is the same', { troubles: [noConditions], events: [changes] }, 'done'],
  ['9: Last-Modified is the same', { troubles: [noTag, noConditions], events: [changes] }, 'done'],
  ['9: If-Range is sent', { troubles: [{ where: 'all', kind: 'terse', tag: false }], events: [changes] }, 'done'],
  [
    '10: without a validator nothing is put together',
    { troubles: [noTag, noDate, cutFirst], events: [changes] },
    'done',
  ],
  [
    '10: a weak ETag is no validator',
    {
      troubles: [{ where: 'all', kind: 'etag', value: 'W/"fixed"' }, noDate, noConditions, cutFirst],
      events: [changes],
    },
    'done',
  ],
  [
    '10: Last-Modified in the second of the answer is no validator',
    {
      troubles: [
        noTag,
        { where: 'all', kind: 'lastModified', value: 'fixed' },
        { where: 'all', kind: 'date', value: 'fixed' },
        cutFirst,
      ],
      events: [changes],
    },
    'done',
  ],
  ['1: the whole is no range', { troubles: [{ where: 'all', kind: 'ranges', value: 'ignore-nonzero' }] }, 'done'],
  ['21: no coding', { troubles: [{ where: 'mid', kind: 'contentEncoding', value: 'gzip', twice: false }] }, 'ENCODING'],
  ['4: the rest of a range is asked for', { troubles: [{ where: 'all', kind: 'maxRange', share: 90 }] }, 'done'],
  ['14: the rest of a body is asked for', { troubles: [{ where: { first: 3 }, kind: 'short', share: 300 }] }, 'done'],
  [
    '16: the rest of a chunk is asked for',
    { troubles: [{ where: { first: 2 }, kind: 'truncatedChunk', share: 300 }] },
    'done',
  ],
  [
    '14: no byte at all is a failure',
    { troubles: [{ where: { from: 2 }, kind: 'short', share: 0 }], connections: 1 },
    'done',
  ],
  ['14: no byte at all, ever', { troubles: [{ where: 'all', kind: 'short', share: 0 }] }, 'CONNECTION_LOST'],
  [
    '17: what is behind the end of a range is dropped',
    { troubles: [{ where: 'all', kind: 'overlong', share: 400, extra: 5000, framing: 'chunked' }] },
    'done',
  ],
  [
    '17: the same where an idle connection fetches the last piece as well',
    {
      partSize: 50_000,
      connections: 2,
      rate: 15_000,
      troubles: [{ where: { from: 2 }, kind: 'overlong', share: 400, extra: 200_000, framing: 'chunked' }],
    },
    'done',
  ],
  ['17: what is behind a body is dropped', { troubles: [{ where: 'all', kind: 'extraBytes', bytes: 50_000 }] }, 'done'],
  ['19: a length and chunks', { troubles: [{ where: 'all', kind: 'lengthAndChunked' }] }, 'PROTO'],
  ['19: two lengths', { troubles: [{ where: 'all', kind: 'contentLength', off: [0, 1] }] }, 'PROTO'],
  [
    '15: a reset is no end of a body',
    {
      troubles: [
        toItsEnd,
        { where: 'all', kind: 'ranges', value: false },
        { where: { first: 2 }, kind: 'cut', share: 500, how: 'rst' },
      ],
    },
    'done',
  ],
  [
    '31: connections that are refused for ever are no endless loop',
    {
      troubles: [
        { where: { from: 2 }, kind: 'refuse', how: 'rst' },
        { where: { nth: 1 }, kind: 'cut', share: 100, how: 'fin' },
      ],
    },
    'CONNECTION_LOST',
  ],
]

describe('one server for each rule', () => {
  it.each(rules)('%s', async (_, program, ends) => {
    await using lane = await Lane.create()
    expect(await lane.run({ ...plain, ...program })).toMatchObject(
      ends === 'done' ? { done: 1, codes: [] } : { failed: 1, codes: [ends] },
    )
  })
})

/** A mirror that is worse than the download's own address: it costs time, never the download. */
const own: Partial<Program> = { size: 150_000, partSize: 10_000, rate: null, heals: false }
const mirror = { has: 'same', grow: 0, tag: 'own', slow: 50_000, troubles: [], changes: [] } as const
const unlikeMirrors: [what: string, program: Partial<Program>][] = [
  [
    'has another length, and begins because the own address stumbles; then it fails',
    {
      troubles: [{ where: { nth: 1 }, kind: 'truncatedChunk', share: 0 }],
      mirror: { ...mirror, grow: -1, troubles: [{ where: 'mid', kind: 'short', share: 0 }] },
    },
  ],
  [
    'changes as the own address does',
    { events: [changes], mirror: { ...mirror, changes: [{ request: 2, grow: 0, keepValidators: false }] } },
  ],
  [
    'begins while the own address is silent, without a byte, and is refused then',
    {
      size: 20_000,
      partSize: 1,
      connections: null,
      troubles: [{ where: { first: 2 }, kind: 'silent' }],
      mirror: {
        ...mirror,
        troubles: [
          { where: 'start', kind: 'contentEncoding', value: 'gzip', twice: false },
          { where: { first: 1 }, kind: 'short', share: 0 },
        ],
      },
    },
  ],
  [
    'is all that is left of the old version when the own address has changed, and fails',
    {
      connections: 2,
      events: [{ ...changes, at: { share: 1 } }],
      mirror: { ...mirror, troubles: [{ where: 'all', kind: 'badChunk', share: 40 }] },
    },
  ],
]

it.each(unlikeMirrors)('a mirror that %s does not end the download', async (_, program) => {
  await using lane = await Lane.create()
  expect(await lane.run({ ...plain, ...own, ...program })).toMatchObject({ done: 1, codes: [] })
})

it('17: what is behind a body is not the answer to the next request on that connection', async () => {
  const body = randomBytes(200)
  const head = (start: number, end: number) =>
    `HTTP/1.1 206 OK\r\nETag: "1"\r\nContent-Range: bytes ${start}-${end - 1}/200\r\nContent-Length: ${end - start}\r\n\r\n`
  let connections = 0
  const server = createServer((socket) => {
    const nth = ++connections
    let requests = 0
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (nth === 1 && ++requests === 1) socket.write(Buffer.concat([Buffer.from(head(0, 100)), body.subarray(0, 100)]))
      // Late enough that the next request is on its way.
      else if (nth === 1) socket.end('!'.repeat(50))
      else socket.end(Buffer.concat([Buffer.from(head(100, 200)), body.subarray(100)]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using rig = await Rig.create()
  try {
    const engine = rig.start()
    const { port } = server.address() as AddressInfo
    const id = await engine.add(rig.request(`http://127.0.0.1:${port}/file.bin`, { connections: 1 }))
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' } })
    expect(await readFile(rig.path('file.bin'))).toEqual(body)
    expect(connections).toBe(2)
  } finally {
    server.close()
  }
})

describe('random servers', () => {
  afterAll(() => console.log(`fuzz: seed ${seed}, ${JSON.stringify(Object.fromEntries([...tally].sort()))}`))

  it.skipIf(LONGSHORE_FUZZ_PROGRAM !== undefined)(
    'never yield a completed file with a wrong byte',
    async () => {
      const results = await Promise.allSettled(Array.from({ length: lanes }, (_, number) => fuzz(number)))
      const failures = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as Error).message] : [],
      )
      expect(failures.join('\n\n')).toBe('')
    },
    runs === null ? 120_000 : 24 * 60 * 60 * 1000,
  )

  it.runIf(LONGSHORE_FUZZ_PROGRAM !== undefined)(
    'do what LONGSHORE_FUZZ_PROGRAM says',
    async () => {
      await using lane = await Lane.create()
      for (let n = 0; n < (runs ?? 20); n++)
        await lane.run({ ...plain, ...(JSON.parse(LONGSHORE_FUZZ_PROGRAM ?? '{}') as Program) })
    },
    600_000,
  )
})
