import Database from 'better-sqlite3'
import { copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { RequestFailure, type RequestErrorCode } from '../../src/shared/errors'
import { createDownloadStore } from '../../src/main/store/downloads'
import { takeLocks } from '../../src/main/store/lock'
import { migrations } from '../../src/main/store/migrations'
import { runScript } from './processes'
import { plain } from '../stored-record'
import { databaseInEachTest } from './opened-store'

let folder: string
let file: string
const { open: openAt, close } = databaseInEachTest((made) => void ({ folder, file } = made))
const open = () => openAt(file) // tests choose other ones

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

  it.each([0, 1, Math.floor(migrations.length / 2), migrations.length - 1])(
    'has the schema of a new one when it comes from version %i',
    (version) => {
      const all = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name'
      const made = new Database(file)
      for (const step of migrations.slice(0, version)) made.exec(`${step.sql}; PRAGMA user_version = ${step.version}`)
      if (version > 0) made.pragma(`application_id = ${0x4c534852}`)
      made.close()
      const schema = open().prepare(all).all()
      expect(open().pragma('user_version', { simple: true })).toBe(migrations.length)
      close()
      file = path.join(folder, 'new.db')
      expect(open().prepare(all).all()).toEqual(schema)
    },
  )

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
