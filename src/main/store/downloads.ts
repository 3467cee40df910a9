import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { DownloadId, DownloadState } from '../../shared/download'
import { RequestFailure, type DownloadError, type DownloadErrorCode } from '../../shared/errors'
import { foldText } from '../../shared/history'
import { checksumAlgorithms, digestSources, type Verification } from '../../shared/verification'
import { createGroupStore, type GroupStore } from './groups'
import { needingSpace, unsynced } from './database'
import { createBlockWriter } from './integrity'
import { createLogSync } from './log-sync'
import type { BlocksOf, DownloadRecord, DownloadStore, NewDownload, Secret } from '../engine/ports'

const offset = z.number().int().nonnegative()

/** `null` stands for the end of a file of unknown length: JSON has no Infinity. */
const segment = z
  .tuple([offset, offset.nullable(), offset])
  .transform(([start, end, written]) => ({ start, end: end ?? Infinity, written }))

const algorithm = z.enum(checksumAlgorithms)
const checksum = z.object({ algorithm, hex: z.string() })
const check = z.object({ algorithm, source: z.enum(digestSources) })
const verification = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verified'), checks: z.array(check).min(1) }),
  z.object({ kind: z.literal('unverified'), reason: z.enum(['no-checksum', 'length-unknown']) }),
  z.object({
    kind: z.literal('damaged'),
    damage: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('blocks'),
        count: z.number(),
        ranges: z.array(z.object({ start: offset, end: offset })).default([]),
      }),
      check.extend({ kind: z.literal('digest') }),
    ]),
  }),
])

const part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('foreign'), file: z.string() }),
  z.object({ kind: z.literal('published'), inode: z.string(), generation: z.string().nullable().default(null) }),
  z.object({
    kind: z.literal('open'),
    generation: z.string(),
    path: z.string(),
    inode: z.string(),
    segments: z.array(segment),
  }),
  z.object({
    kind: z.literal('finalizing'),
    generation: z.string(),
    path: z.string(),
    inode: z.string(),
    finalPath: z.string(),
    bytes: offset,
    verification,
  }),
])

const remote = z.object({
  url: z.string(),
  address: z.string().optional(),
  alone: z.boolean().optional(),
  publicOnly: z.boolean().optional(),
  total: offset.nullable(),
  validator: z.object({ kind: z.enum(['etag', 'last-modified']), value: z.string() }).nullable(),
  ranges: z.boolean(),
  contentType: z.string().nullable(),
  modified: z.number().optional(),
  digests: z.array(checksum).optional(),
  description: z.string().optional(),
})

const mirror = z.object({ url: z.string(), from: z.enum(['user', 'server']) })

const error = z
  .object({
    code: z.string().transform((code) => code as DownloadErrorCode),
    retry: z.enum(['no', 'later', 'restart']),
    retryAfter: z.number().optional(),
    about: z.string().optional(),
    detail: z.string(),
  })
  .transform(({ retryAfter, about, ...rest }): DownloadError => ({
    ...rest,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(about === undefined ? {} : { about }),
  }))
const notice = z.object({
  code: z.enum([
    'RESTARTED_CHANGED',
    'RESTARTED_NO_RANGES',
    'RESTARTED_MIRROR',
    'RESTARTED_HASH',
    'MIRROR_DROPPED',
    'RESTARTED_PART_LOST',
    'RESTARTED_CLAIMS_DAMAGED',
    'ADOPTED',
    'PART_TRUNCATED',
    'NOT_RESUMABLE',
    'LENGTH_UNVERIFIED',
    'RESTORE_ASKED',
    'PART_DAMAGED',
    'PIECES_REPAIRED',
    'LINK_CUT',
  ]),
  at: z.number(),
})

/** Longest text of a column whose meaning is kept. */
const longestKept = 100
const mostKept = 200

/**
 * Reads a column of JSON. Most rows say the same short thing there: it is understood once, and shared.
 * @throws RequestFailure E_DB_DAMAGED
 */
function jsonColumn<T>(name: string, schema: z.ZodType<T>): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const parsed = schema.safeParse(parseJson(text))
    if (!parsed.success) {
      throw new RequestFailure({
        code: 'E_DB_DAMAGED',
        detail: `a download cannot be read: ${name}: ${parsed.error.message}`,
      })
    }
    if (text.length <= longestKept && known.size < mostKept) known.set(text, parsed.data)
    return parsed.data
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const [mirrorsOf, checksumOf, errorOf, verificationOf] = [
  jsonColumn('mirrors', z.array(mirror)),
  jsonColumn('checksum', checksum),
  jsonColumn('error', error),
  jsonColumn('verification', verification),
]
const [remoteOf, partOf, noticeOf] = [
  jsonColumn('remote', remote),
  jsonColumn('part', part),
  jsonColumn('notice', notice),
]

const states = new Map<string, DownloadState>(
  [
    { kind: 'queued' } as const,
    { kind: 'paused' } as const,
    { kind: 'active', phase: { kind: 'probing' } } as const,
  ].map((state) => [state.kind, state]),
)

/**
 * A row as `select` names its columns. The table is STRICT, and CHECK says which words a column may have: SQLite lets
 * nothing else in, so only JSON is left to be judged.
 */
type Row = readonly [
  id: number,
  url: string,
  mirrors: string,
  folder: string,
  name: string,
  requestedName: string | null,
  onConflict: DownloadRecord['onConflict'],
  position: number,
  priority: DownloadRecord['priority'],
  queue: number,
  startAt: number | null,
  stopAt: number | null,
  onlyNow: number,
  connections: number | null,
  partSize: number | null,
  threshold: number | null,
  speed: number | null,
  checksum: string | null,
  secretKind: Secret['kind'],
  secret: Uint8Array | null,
  account: string | null,
  group: string | null,
  state: DownloadState['kind'],
  error: string | null,
  verification: string | null,
  remote: string | null,
  part: string,
  notice: string | null,
  addedAt: number,
  finishedAt: number | null,
  finalBytes: number | null,
  category: string | null,
]

/** Rows that were read one after the other are mostly of the same folder: one text for all of them. */
function createFolders(): (folder: string) => string {
  let last = ''
  return (folder) => {
    if (folder !== last) last = folder
    return last
  }
}

function createReader(groups: GroupStore): (found: unknown) => DownloadRecord {
  const folderOf = createFolders()
  const orNull = <T>(read: (text: string) => T, text: string | null): T | null => (text === null ? null : read(text))
  return (found) => {
    const r = found as Row
    const [state, failed, result] = [r[22], r[23], r[24]]
    return {
      id: r[0],
      url: r[1],
      mirrors: mirrorsOf(r[2]),
      folder: folderOf(r[3]),
      requestedName: r[5],
      name: r[4],
      onConflict: r[6],
      position: r[7],
      priority: r[8],
      queue: r[9],
      startAt: r[10],
      stopAt: r[11],
      onlyNow: r[12] === 1,
      connections: r[13],
      partSize: r[14],
      threshold: r[15],
      limit: r[16],
      checksum: orNull(checksumOf, r[17]),
      secret: secretOf(r[18], r[19]),
      account: r[20],
      group: groups.get(r[21]),
      state: states.get(state) ?? endOf(state, orNull(errorOf, failed), orNull(verificationOf, result)),
      remote: orNull(remoteOf, r[25]),
      part: partOf(r[26]),
      notice: orNull(noticeOf, r[27]),
      addedAt: r[28],
      finishedAt: r[29],
      finalBytes: r[30],
      category: r[31],
    }
  }
}

const noSecret: Secret = { kind: 'none' }

function secretOf(kind: Secret['kind'], bytes: Uint8Array | null): Secret {
  if (kind === 'sealed') return bytes ? { kind, bytes } : { kind: 'forgotten' }
  return kind === 'none' ? noSecret : { kind }
}

function endOf(kind: DownloadState['kind'], failed: DownloadError | null, result: Verification | null): DownloadState {
  if (kind === 'failed')
    return { kind, error: failed ?? { code: 'INTERNAL', retry: 'no', detail: 'no reason was kept' } }
  return { kind: 'done', verification: result ?? { kind: 'unverified', reason: 'no-checksum' } }
}

const columns = [
  'url',
  'mirrors',
  'folder',
  'name',
  'requested_name',
  'on_conflict',
  'position',
  'priority',
  'queue',
  'start_at',
  'stop_at',
  'only_now',
  'connections',
  'part_size',
  'threshold',
  'speed',
  'checksum',
  'secret_kind',
  'secret',
  'account',
  'group_id',
  'state',
  'error',
  'verification',
  'remote',
  'part',
  'notice',
  'added_at',
  'finished_at',
  'final_bytes',
  'category',
] as const

const select = `SELECT ${['id', ...columns].join(', ')}`
/** Rows that are read at a time. */
const page = 1000

function errorText(state: DownloadState): string | null {
  return state.kind === 'failed' ? JSON.stringify(state.error) : null
}

function verificationText(state: DownloadState): string | null {
  return state.kind === 'done' ? JSON.stringify(state.verification) : null
}

type Column = string | number | Uint8Array | null

function toRow(d: NewDownload): Record<(typeof columns)[number], Column> {
  const text = (value: unknown) => (value === null ? null : JSON.stringify(value))
  return {
    url: d.url,
    mirrors: JSON.stringify(d.mirrors),
    folder: d.folder,
    name: d.name,
    requested_name: d.requestedName,
    on_conflict: d.onConflict,
    position: d.position,
    priority: d.priority,
    queue: d.queue,
    start_at: d.startAt,
    stop_at: d.stopAt,
    only_now: d.onlyNow ? 1 : 0,
    connections: d.connections,
    part_size: d.partSize,
    threshold: d.threshold,
    speed: d.limit,
    checksum: text(d.checksum),
    secret_kind: d.secret.kind,
    secret: d.secret.kind === 'sealed' ? d.secret.bytes : null,
    account: d.account,
    group_id: d.group?.id ?? null,
    category: d.category,
    state: d.state.kind,
    error: errorText(d.state),
    verification: verificationText(d.state),
    remote: text(d.remote),
    part: JSON.stringify(
      d.part.kind === 'open'
        ? { ...d.part, segments: d.part.segments.map((s) => [s.start, s.end === Infinity ? null : s.end, s.written]) }
        : d.part,
    ),
    notice: text(d.notice),
    added_at: d.addedAt,
    finished_at: d.finishedAt,
    final_bytes: d.finalBytes,
  }
}

/**
 * The downloads table: the only place that knows how a download becomes a row.
 * @param database opened by `openDatabase`: each transaction but `commit`'s is on the medium when its call returns
 * @param log syncs what was committed
 * @throws RequestFailure E_DB_DAMAGED from every method that meets a row it cannot read
 */
export function createDownloadStore(database: Database.Database, log = createLogSync(database)): DownloadStore {
  const insert = database.prepare(
    `INSERT INTO downloads (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
  )
  const update = database.prepare(
    `UPDATE downloads SET ${columns.map((c) => `${c} = @${c}`).join(', ')} WHERE id = @id`,
  )
  const remove = database.prepare('DELETE FROM downloads WHERE id = ?')
  const promise = database.prepare('INSERT INTO promises (download, value) VALUES (?, ?)')
  const one = database.prepare(`${select} FROM downloads WHERE id = ?`).raw()
  const all = database.prepare(`${select} FROM downloads ORDER BY id`).raw()
  const unfinished = database
    .prepare(`${select} FROM downloads WHERE state <> 'done' AND id > ? ORDER BY id LIMIT ${page}`)
    .raw()

  const finished = database
    .prepare(`${select} FROM downloads WHERE state = 'done' AND id < ? ORDER BY id DESC LIMIT ?`)
    .raw()

  // Letters beyond ASCII have a case too, which SQLite does not know.
  database.function('fold', { deterministic: true }, (text) => foldText(String(text)))
  const history = (words: number) =>
    database
      .prepare(
        `${select} FROM downloads WHERE state = 'done' AND (finished_at, id) < (?, ?)
       ${words === 0 ? '' : `AND ${Array.from({ length: words }, () => `instr(fold(name || ' ' || url), ?) > 0`).join(' AND ')}`}
       ORDER BY finished_at DESC, id DESC LIMIT ?`,
      )
      .raw()
  const finishedBefore = database
    .prepare(`SELECT id FROM downloads WHERE state = 'done' AND finished_at < ? ORDER BY id`)
    .pluck()
  const groups = createGroupStore(database)
  const read = createReader(groups)
  const insertOne = ({ promised, ...download }: NewDownload): DownloadRecord => {
    if (download.group) groups.keep(download.group)
    const { lastInsertRowid } = insert.run(toRow(download))
    if (promised) promise.run(lastInsertRowid, JSON.stringify(promised))
    return { ...download, id: Number(lastInsertRowid) }
  }
  const insertMany = database.transaction((downloads: readonly NewDownload[]) => downloads.map(insertOne))
  const saveAll = database.transaction((records: readonly DownloadRecord[]) => {
    for (const record of records) update.run({ ...toRow(record), id: record.id })
  })
  const addBlocks = createBlockWriter(database)
  const commitAll = database.transaction((records: readonly DownloadRecord[], sums: readonly BlocksOf[]) => {
    for (const record of records) update.run({ ...toRow(record), id: record.id })
    for (const each of sums) addBlocks(each.id, each.generation, each.sums)
  })
  const updateState = database.prepare('UPDATE downloads SET state = ?, error = ?, verification = ? WHERE id = ?')
  const saveStates = database.transaction((records: readonly DownloadRecord[]) => {
    for (const { id, state } of records) updateState.run(state.kind, errorText(state), verificationText(state), id)
  })
  const removeAll = database.transaction((ids: readonly DownloadId[]) => {
    for (const id of ids) remove.run(id)
  })

  return {
    unfinished() {
      const records: DownloadRecord[] = []
      // In pieces: a hundred thousand rows at a time are as much memory again, which the process keeps.
      for (let last = 0, more = true; more;) {
        const rows = unfinished.all(last)
        for (const found of rows) records.push(read(found))
        last = records.at(-1)?.id ?? 0
        more = rows.length === page
      }
      return records
    },
    all: () => all.all().map(read),
    finished: (before, count) => finished.all(before ?? Number.MAX_SAFE_INTEGER, count).map(read),
    get(id) {
      const found = one.get(id)
      return found === undefined ? null : read(found)
    },
    history(words, after, count) {
      const { at, id } = after ?? { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
      return history(words.length)
        .all(at, id, ...words, count)
        .map(read)
    },
    finishedBefore: (at) => finishedBefore.all(at) as DownloadId[],
    insert: (download) => insertOne(download),
    insertAll: (downloads) => insertMany(downloads),
    save: (records) => needingSpace(() => saveAll(records)),
    saveStates: (records) => needingSpace(() => saveStates(records)),
    commit(records, sums = []) {
      needingSpace(() => unsynced(database, () => commitAll(records, sums)))
      return log.synced()
    },
    remove: (ids) => removeAll(ids),
  }
}
