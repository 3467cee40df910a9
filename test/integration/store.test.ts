import Database from 'better-sqlite3'
import fc from 'fast-check'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DownloadState } from '../../src/shared/download'
import { downloadErrorCodes, RequestFailure, type RequestErrorCode } from '../../src/shared/errors'
import { defaultQueue, noChoices, type Queue } from '../../src/shared/queues'
import { defaultSettings, type Settings } from '../../src/shared/settings'
import { checksumAlgorithms, digestSources, type Verification } from '../../src/shared/verification'
import type { DownloadRecord, NewDownload, Part } from '../../src/main/engine/ports'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import { takeLocks } from '../../src/main/store/lock'
import { migrations } from '../../src/main/store/migrations'
import { createQueueStore } from '../../src/main/store/queues'
import { createSettingsStore } from '../../src/main/store/settings'
import { runScript } from './processes'
import { plain } from '../stored-record'

let folder: string
let file: string
const opened: Database.Database[] = []
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'longshore-store-'))
  file = path.join(folder, 'longshore.db')
})
afterEach(async () => {
  for (const database of opened.splice(0)) database.close()
  await rm(folder, { recursive: true, force: true })
})

function open(): Database.Database {
  const database = openDatabase(file)
  opened.push(database)
  return database
}
const close = () => {
  for (const database of opened.splice(0)) database.close()
}

/** What `open` throws. */
function refusal(): { code: RequestErrorCode; detail: string } {
  try {
    open()
  } catch (error) {
    if (error instanceof RequestFailure) return error.error
    throw error
  }
  throw new Error('it was opened')
}

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
      fc.constantFrom({ kind: 'none' as const }, { kind: 'forgotten' as const }),
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

describe('the database', () => {
  it('is made from nothing, with its folder', async () => {
    file = path.join(folder, 'deep', 'er', 'longshore.db')
    open()
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
  })

  it('is made from an empty file', async () => {
    await writeFile(file, '')
    expect(createDownloadStore(open()).all()).toEqual([])
  })

  it('55: keeps what was committed over a power cut: WAL and synchronous=FULL on every connection', () => {
    for (let n = 0; n < 2; n++) {
      const database = open()
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
      expect(database.pragma('synchronous', { simple: true })).toBe(2)
      close()
    }
  })

  it('is opened again without a change of its schema', () => {
    const schema = () => open().prepare('SELECT sql FROM sqlite_schema').all()
    const first = schema()
    expect(first.length).toBeGreaterThan(1)
    close()
    expect(schema()).toEqual(first)
  })

  it('80: of a newer version is refused, and not a byte of it changes', async () => {
    createDownloadStore(open()).insert(plain)
    close()
    const newer = new Database(file)
    newer.pragma('user_version = 999')
    newer.exec('CREATE TABLE from_the_future (a)')
    newer.close()
    const before = await readFile(file)
    expect(refusal()).toMatchObject({ code: 'E_DB_VERSION', detail: expect.stringContaining('999') as string })
    expect(await readFile(file)).toEqual(before)
    expect(await readdir(folder)).toEqual(['longshore.db'])
  })

  it('80: of a newer version that was killed is refused, and its last commits stay', async () => {
    open()
    close()
    const newer = new Database(file)
    newer.pragma('user_version = 999')
    newer.exec('CREATE TABLE from_the_future (a); INSERT INTO from_the_future VALUES (42)')
    // As a killed process leaves it: the write-ahead log beside the database.
    const left = path.join(folder, 'left')
    await mkdir(left)
    for (const ending of ['', '-wal']) await copyFile(file + ending, path.join(left, `longshore.db${ending}`))
    newer.close()
    file = path.join(left, 'longshore.db')
    expect(refusal().code).toBe('E_DB_VERSION')
    const again = new Database(file)
    expect(again.prepare('SELECT a FROM from_the_future').pluck().get()).toBe(42)
    again.close()
  })

  it('79: of random bytes is called damaged and stays as it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 7919) % 251))
    await writeFile(file, bytes)
    expect(refusal().code).toBe('E_DB_DAMAGED')
    expect(await readFile(file)).toEqual(bytes)
    expect(await readdir(folder)).toEqual(['longshore.db'])
  })

  it.each([
    ['less than a header', 50],
    ['its first page', 5000],
    ['half', 0.5],
  ])('79: cut to %s is called damaged and stays as it is', async (_, size) => {
    const store = createDownloadStore(open())
    for (let n = 0; n < 200; n++) store.insert({ ...plain, name: 'x'.repeat(200) })
    close()
    await truncate(file, size < 1 ? Math.floor(size * (await stat(file)).size) : size)
    const before = await readFile(file)
    expect(refusal().code).toBe('E_DB_DAMAGED')
    expect(await readFile(file)).toEqual(before)
  })

  it('79: with damage inside is called damaged and stays as it is', async () => {
    const store = createDownloadStore(open())
    for (let n = 0; n < 200; n++) store.insert({ ...plain, name: 'x'.repeat(200) })
    close()
    const bytes = await readFile(file)
    bytes.fill(0xff, 4096 * 3, 4096 * 4)
    await writeFile(file, bytes)
    expect(refusal().code).toBe('E_DB_DAMAGED')
    expect(await readFile(file)).toEqual(bytes)
  })

  it.each([
    ['with a version', 'PRAGMA user_version = 1; PRAGMA application_id = 1234'],
    ['with a version and no mark', 'PRAGMA user_version = 1'],
    ['without a version', 'PRAGMA application_id = 1234'],
  ])('of another program, %s, stays as it is', async (_, marks) => {
    const other = new Database(file)
    other.exec(`CREATE TABLE theirs (a); ${marks}`)
    other.close()
    const before = await readFile(file)
    expect(refusal().code).toBe('E_DB_DAMAGED')
    expect(await readFile(file)).toEqual(before)
  })

  it('79: without its write-ahead log has older records, and they are whole', async () => {
    const store = createDownloadStore(open())
    const first = store.insert(plain)
    close()
    const later = createDownloadStore(open())
    later.save([{ ...first, name: 'newer' }])
    await copyFile(file, path.join(folder, 'alone.db'))
    close()
    file = path.join(folder, 'alone.db')
    expect(createDownloadStore(open()).all()).toEqual([first])
  })

  it('80: a migration that is killed leaves the old schema, and the next start goes on from there', async () => {
    const record = createDownloadStore(open()).insert(plain)
    const schema = open().prepare('SELECT name FROM sqlite_schema ORDER BY name').all()
    close()
    const slow = `
      CREATE TABLE half_done (a);
      INSERT INTO half_done
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT randomblob(900) FROM n;`
    await using migrating = runScript(`
      import { migrations } from './src/main/store/migrations'
      import { openDatabase } from './src/main/store/database'
      migrations.push({ version: migrations.length + 1, name: 'slow', sql: ${JSON.stringify(slow)} })
      openDatabase(${JSON.stringify(file)})
    `)
    const written = async () => (await stat(`${file}-wal`).catch(() => ({ size: 0 }))).size
    await expect.poll(written).toBeGreaterThan(8 * 1024 * 1024)
    expect((await migrating.signal('SIGKILL')).signal).toBe('SIGKILL')
    const database = open()
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(database.prepare('SELECT name FROM sqlite_schema ORDER BY name').all()).toEqual(schema)
    expect(createDownloadStore(database).all()).toEqual([record])
  })

  it('may be opened for the first time by several processes at once', async () => {
    const start = `
      import { openDatabase } from './src/main/store/database'
      import { createDownloadStore } from './src/main/store/downloads'
      process.stdout.write('ready')
      process.stdin.once('data', () => {
        const store = createDownloadStore(openDatabase(${JSON.stringify(file)}))
        for (let n = 0; n < 20; n++) store.insert(${JSON.stringify(plain)})
        process.exit(0)
      })`
    const processes = Array.from({ length: 4 }, () => runScript(start))
    await Promise.all(processes.map((each) => each.until(({ stdout }) => stdout === 'ready')))
    for (const each of processes) each.child.stdin.write('go')
    for (const each of processes) expect(await each.ended).toMatchObject({ code: 0, stderr: '' })
    expect(createDownloadStore(open()).all()).toHaveLength(80)
  })
})

describe('settings', () => {
  const put = (name: string, value: string) =>
    open().prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, value)

  it('are the defaults at first', () => {
    expect(createSettingsStore(open()).read()).toEqual(defaultSettings)
  })

  it('come back as they were written, others stay', () => {
    const all: Settings = {
      ...defaultSettings,
      folder: '/tmp/ü',
      connections: 3,
      connectionsPerHost: 256,
      concurrentDownloads: 1,
      appearance: 'dark',
    }
    expect(createSettingsStore(open()).write(all)).toEqual(all)
    expect(createSettingsStore(open()).write({ folder: null })).toEqual({ ...all, folder: null })
    close()
    expect(createSettingsStore(open()).read()).toEqual({ ...all, folder: null })
  })

  it.each([
    ['out of range', 'connections', '0'],
    ['of another type', 'connections', '"8"'],
    ['no JSON', 'connections', '8x'],
    ['unknown', 'appearance', '"sepia"'],
  ])('whose value is %s are the default', (_, name, value) => {
    put(name, value)
    expect(createSettingsStore(open()).read()).toEqual(defaultSettings)
  })

  it('that only a newer version knows are not lost', () => {
    put('colours', '"many"')
    createSettingsStore(open()).write({ connections: 5 })
    expect(open().prepare(`SELECT value FROM settings WHERE name = 'colours'`).pluck().get()).toBe('"many"')
  })
})

describe('the lock', () => {
  const hold = (key: string) =>
    runScript(`
      import { takeLocks } from './src/main/store/lock'
      process.stdout.write(takeLocks(${JSON.stringify(folder)}, [${JSON.stringify(key)}]).kind)
      setInterval(() => {}, 1000)`)

  it('is taken once, given back, and taken again', () => {
    const first = takeLocks(path.join(folder, 'new'), ['a'])
    expect(first.kind).toBe('held')
    expect(takeLocks(path.join(folder, 'new'), ['a'])).toEqual({
      kind: 'taken',
      key: 'a',
      by: `process ${process.pid}`,
      note: '',
    })
    expect(takeLocks(path.join(folder, 'new'), ['b']).kind).toBe('held')
    if (first.kind === 'held') first.release()
    expect(takeLocks(path.join(folder, 'new'), ['a']).kind).toBe('held')
  })

  it('of another process is not given, and ends with it, even by SIGKILL', async () => {
    await using other = hold('same')
    await other.until(({ stdout }) => stdout === 'held')
    expect(takeLocks(folder, ['same'])).toEqual({
      kind: 'taken',
      key: 'same',
      by: `process ${other.child.pid}`,
      note: '',
    })
    await other.signal('SIGKILL')
    expect(takeLocks(folder, ['same']).kind).toBe('held')
  })

  it('says nothing about what is locked', async () => {
    takeLocks(folder, ['https://me:secret@example.com/'])
    for (const name of await readdir(folder)) {
      expect(name).not.toContain('secret')
      expect(await readFile(path.join(folder, name), 'utf8')).not.toContain('secret')
    }
  })
})

describe('queues', () => {
  const night: Omit<Queue, 'id'> = {
    name: '夜間',
    slots: 2,
    limit: 100_000,
    folder: '/home/me/night',
    schedule: { zone: 'Asia/Tokyo', windows: [{ days: [1, 7], from: 1320, to: 360 }] },
    stopped: true,
    startAt: 5,
    stopAt: 6,
  }

  it('are what was stored, after the default one', () => {
    const made = createQueueStore(open()).insert(night)
    close()
    const store = createQueueStore(open())
    expect(store.all()).toEqual([
      { id: defaultQueue, ...noChoices },
      { ...night, id: made.id },
    ])
    store.save([{ ...made, slots: null, schedule: null, stopped: false }])
    close()
    expect(createQueueStore(open()).all()[1]).toEqual({ ...made, slots: null, schedule: null, stopped: false })
  })

  it('that are removed leave their downloads to the default one, which stays', () => {
    const store = createQueueStore(open())
    const downloads = createDownloadStore(opened[0]!)
    const { id } = store.insert(night)
    const record = downloads.insert({ ...plain, queue: id })
    store.remove(id)
    store.remove(defaultQueue)
    expect(downloads.get(record.id)?.queue).toBe(defaultQueue)
    expect(store.all().map((queue) => queue.id)).toEqual([defaultQueue])
  })

  it('whose schedule cannot be read are stopped, instead of running at any time', () => {
    const database = open()
    const { id } = createQueueStore(database).insert({ ...night, stopped: false })
    database.prepare(`UPDATE queues SET schedule = '{"windows":7}' WHERE id = ?`).run(id)
    expect(createQueueStore(database).all()[1]).toMatchObject({ schedule: null, stopped: true })
  })
})
