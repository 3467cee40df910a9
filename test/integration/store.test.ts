import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DownloadState } from '../../src/shared/download'
import { downloadErrorCodes } from '../../src/shared/errors'
import { checksumAlgorithms, digestSources, type Verification } from '../../src/shared/verification'
import type { DownloadRecord, NewDownload, Part } from '../../src/main/engine/ports'
import { createDownloadStore } from '../../src/main/store/downloads'
import { plain } from '../stored-record'
import { databaseInEachTest } from './opened-store'

const { open, close } = databaseInEachTest(() => undefined)

describe('a download', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const bytes = fc.maxSafeNat()
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
  const algorithm = fc.constantFrom(...checksumAlgorithms)
  const check = fc.record({ algorithm, source: fc.constantFrom(...digestSources) })
  const code = fc.oneof(
    fc.constantFrom(...downloadErrorCodes),
    fc.integer({ min: 100, max: 999 }).map((n) => `HTTP_${n}` as const),
  )
  const retry = fc.constantFrom('no', 'later', 'restart')
  const error = fc.oneof(
    fc.record({ code, retry, detail: text }),
    fc.record({ code, retry, detail: text, retryAfter: bytes }),
  )
  const verification: fc.Arbitrary<Verification> = fc.oneof(
    fc.record({ kind: fc.constant('verified'), checks: fc.array(check, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('unverified'), reason: fc.constantFrom('no-checksum', 'length-unknown') }),
    fc.record({
      kind: fc.constant('damaged'),
      damage: fc.record({
        kind: fc.constant('blocks'),
        count: bytes,
        ranges: fc.array(fc.record({ start: bytes, end: bytes }), { maxLength: 3 }),
      }),
    }),
    fc.record({
      kind: fc.constant('damaged'),
      damage: check.map((one) => ({ kind: 'digest' as const, ...one })),
    }),
  )
  const state: fc.Arbitrary<DownloadState> = fc.oneof(
    fc.constantFrom<DownloadState>(
      { kind: 'queued' },
      { kind: 'paused' },
      { kind: 'active', phase: { kind: 'probing' } },
    ),
    fc.record({ kind: fc.constant('failed'), error }),
    fc.record({
      kind: fc.constant('done'),
      verification,
    }),
  )
  const segments = fc.oneof(
    fc.array(fc.record({ start: bytes, end: bytes, written: bytes }), { maxLength: 5 }),
    bytes.map((written) => [{ start: 0, end: Infinity, written }]),
  )
  const part: fc.Arbitrary<Part> = fc.oneof(
    fc.constant<Part>({ kind: 'none' }),
    fc.record({ kind: fc.constant('open'), generation: text, path: text, inode: text, segments }),
    fc.record({ kind: fc.constant('published'), inode: text, generation: orNull(text) }),
    fc.record({
      kind: fc.constant('finalizing'),
      generation: text,
      path: text,
      inode: text,
      finalPath: text,
      bytes,
      verification,
    }),
  )
  const remote = fc.record({
    url: text,
    total: orNull(bytes),
    validator: orNull(fc.record({ kind: fc.constantFrom('etag', 'last-modified'), value: text })),
    ranges: fc.boolean(),
    contentType: orNull(text),
  })
  const notice = fc.record({
    code: fc.constantFrom(
      'RESTARTED_CHANGED',
      'RESTARTED_NO_RANGES',
      'RESTARTED_PART_LOST',
      'RESTARTED_CLAIMS_DAMAGED',
      'PART_TRUNCATED',
      'NOT_RESUMABLE',
      'LENGTH_UNVERIFIED',
      'PART_DAMAGED',
      'PIECES_REPAIRED',
    ),
    at: bytes,
  })
  const download: fc.Arbitrary<NewDownload> = fc.record({
    url: text,
    mirrors: fc.array(fc.record({ url: text, from: fc.constantFrom('user', 'server') })),
    folder: text,
    requestedName: orNull(text),
    name: text,
    onConflict: fc.constantFrom('rename', 'overwrite', 'fail'),
    position: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0), // no -0: SQLite has none
    priority: fc.constantFrom('high', 'normal', 'low'),
    queue: fc.integer({ min: 1, max: 5 }),
    startAt: fc.option(fc.nat()),
    stopAt: fc.option(fc.nat()),
    onlyNow: fc.boolean(),
    connections: orNull(fc.integer({ min: 1, max: 256 })),
    partSize: orNull(bytes),
    threshold: orNull(bytes),
    limit: orNull(bytes),
    checksum: orNull(fc.record({ algorithm, hex: text })),
    secret: fc.oneof(
      fc.constantFrom(
        { kind: 'none' as const },
        { kind: 'forgotten' as const, headers: true },
        { kind: 'forgotten' as const, headers: false },
      ),
      fc.record({ kind: fc.constant('sealed' as const), bytes: fc.uint8Array() }),
    ),
    account: orNull(text),
    category: orNull(text),
    group: orNull(
      fc.record({ id: fc.constantFrom('one', 'two'), name: fc.constant('Data'), folder: fc.constant('/data') }),
    ),
    state,
    remote: orNull(remote),
    part,
    notice: orNull(notice),
    addedAt: bytes,
    finishedAt: orNull(bytes),
    finalBytes: orNull(bytes),
  })

  /** SQLite hands blobs out as Buffers. */
  const comparable = (record: DownloadRecord | null) =>
    record?.secret.kind === 'sealed'
      ? { ...record, secret: { ...record.secret, bytes: [...record.secret.bytes] } }
      : record

  it('of every kind comes back as it was, inserted or saved', () => {
    const store = createDownloadStore(open())
    fc.assert(
      fc.property(download, download, (first, second) => {
        const inserted = store.insert(first)
        expect(comparable(store.get(inserted.id))).toEqual(comparable({ ...first, id: inserted.id }))
        // What it was added with does not change.
        const saved = { ...second, id: inserted.id, group: first.group }
        store.save([saved])
        expect(comparable(store.get(inserted.id))).toEqual(comparable(saved))
        store.remove([inserted.id])
      }),
      { numRuns: 150 },
    )
    expect(store.all()).toEqual([])
  })

  it('survives the end of the program', () => {
    const record = createDownloadStore(open()).insert(plain)
    close()
    expect(createDownloadStore(open()).get(record.id)).toEqual(record)
  })

  it('knows its group again, which is kept as long as it has a member', () => {
    const group = { id: 'one', name: 'データ', folder: '/data' }
    const store = createDownloadStore(open())
    const [first, second] = store.insertAll([
      { ...plain, group },
      { ...plain, group: { ...group } },
    ])
    close()
    const again = createDownloadStore(open())
    expect(again.all().map((each) => each.group)).toEqual([group, group])
    again.remove([first!.id])
    close()
    const third = createDownloadStore(open())
    expect(third.get(second!.id)?.group).toEqual(group)
    third.remove([second!.id])
    close()
    const database = open()
    createDownloadStore(database)
    expect(database.prepare('SELECT * FROM groups').all()).toEqual([])
  })

  it('that was active comes back without its phase', () => {
    const store = createDownloadStore(open())
    const { id } = store.insert({ ...plain, state: { kind: 'active', phase: { kind: 'publishing' } } })
    expect(store.get(id)?.state).toEqual({ kind: 'active', phase: { kind: 'probing' } })
  })

  it('is listed in the order of adding; unfinished ones are those that are not done', () => {
    const store = createDownloadStore(open())
    const done: DownloadState = { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }
    const states: DownloadState[] = [{ kind: 'paused' }, done, { kind: 'queued' }, done]
    const ids = states.map((each) => store.insert({ ...plain, state: each }).id)
    expect(store.all().map(({ id }) => id)).toEqual(ids)
    expect(store.unfinished().map(({ id }) => id)).toEqual([ids[0], ids[2]])
  })

  it('gives the completed ones page by page, the last one first', () => {
    const store = createDownloadStore(open())
    const done: DownloadState = { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }
    const states: DownloadState[] = [done, { kind: 'paused' }, done, done]
    const ids = store.insertAll(states.map((state) => ({ ...plain, state }))).map(({ id }) => id)
    const page = (before: number | null, count: number) =>
      store.finished(before, count).map(({ id }) => ids.indexOf(id))
    expect(page(null, 2)).toEqual([3, 2])
    expect(page(ids[2] ?? 0, 2)).toEqual([0])
    expect(page(ids[0] ?? 0, 2)).toEqual([])
  })

  it('never gets the number of one that was removed', () => {
    const store = createDownloadStore(open())
    const first = store.insert(plain)
    store.remove([first.id])
    expect(store.insert(plain).id).toBeGreaterThan(first.id)
  })

  it('that is not there is null, and saving or removing it changes nothing', () => {
    const store = createDownloadStore(open())
    expect(store.get(7)).toBeNull()
    store.save([{ ...plain, id: 7 }])
    store.remove([7])
    expect(store.all()).toEqual([])
  })

  it('is saved together with the others, or none is', () => {
    const store = createDownloadStore(open())
    const first = store.insert(plain)
    const second = store.insert(plain)
    const broken = { ...second, onConflict: 'explode' } as unknown as DownloadRecord
    expect(() => store.save([{ ...first, name: 'changed' }, broken])).toThrow()
    expect(store.get(first.id)?.name).toBe('a.iso')
  })

  it.each([
    ['part', '{'],
    ['part', '{"kind":"strange"}'],
    ['part', '{"kind":"open","generation":"1","path":"p","inode":"1","segments":[[0,-1,0]]}'],
    ['remote', 'null'],
    ['checksum', '{"algorithm":"rot13","hex":""}'],
  ])('79: whose %s is %j is told as damage', (column, value) => {
    const database = open()
    const store = createDownloadStore(database)
    const { id } = store.insert(plain)
    database.prepare(`UPDATE downloads SET ${column} = ?`).run(value)
    for (const read of [() => store.get(id), () => store.all(), () => store.unfinished()]) {
      expect(read).toThrow(/^E_DB_DAMAGED/)
    }
  })
})
