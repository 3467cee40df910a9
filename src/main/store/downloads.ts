import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { DownloadId, DownloadState } from '../../shared/download'
import { RequestFailure, type DownloadError, type DownloadErrorCode } from '../../shared/errors'
import { foldText } from '../../shared/history'
import { checksumAlgorithms, digestSources } from '../../shared/verification'
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

const json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('not JSON')
        return z.NEVER
      }
    })
    .pipe(schema)

const row = z.object({
  id: z.number(),
  url: z.string(),
  mirrors: json(z.array(mirror)),
  folder: z.string(),
  name: z.string(),
  requested_name: z.string().nullable(),
  on_conflict: z.enum(['rename', 'overwrite', 'fail']),
  position: z.number(),
  priority: z.enum(['high', 'normal', 'low']),
  queue: z.number(),
  start_at: z.number().nullable(),
  stop_at: z.number().nullable(),
  only_now: z.number(),
  connections: z.number().nullable(),
  part_size: z.number().nullable(),
  threshold: z.number().nullable(),
  speed: z.number().nullable(),
  checksum: json(checksum).nullable(),
  secret_kind: z.enum(['none', 'sealed', 'forgotten']),
  secret: z.instanceof(Uint8Array).nullable(),
  account: z.string().nullable(),
  group_id: z.string().nullable(),
  state: z.enum(['queued', 'active', 'paused', 'failed', 'done']),
  error: json(error).nullable(),
  verification: json(verification).nullable(),
  remote: json(remote).nullable(),
  part: json(part),
  notice: json(notice).nullable(),
  added_at: z.number(),
  finished_at: z.number().nullable(),
  final_bytes: z.number().nullable(),
})

function fromRow(found: unknown, groups: GroupStore): DownloadRecord {
  const parsed = row.safeParse(found)
  if (!parsed.success) {
    throw new RequestFailure({ code: 'E_DB_DAMAGED', detail: `a download cannot be read: ${parsed.error.message}` })
  }
  const r = parsed.data
  return {
    id: r.id,
    url: r.url,
    mirrors: r.mirrors,
    folder: r.folder,
    requestedName: r.requested_name,
    name: r.name,
    onConflict: r.on_conflict,
    position: r.position,
    priority: r.priority,
    queue: r.queue,
    startAt: r.start_at,
    stopAt: r.stop_at,
    onlyNow: r.only_now === 1,
    connections: r.connections,
    partSize: r.part_size,
    threshold: r.threshold,
    limit: r.speed,
    checksum: r.checksum,
    secret: secretOf(r.secret_kind, r.secret),
    account: r.account,
    group: groups.get(r.group_id),
    state: stateOf(r),
    remote: r.remote,
    part: r.part,
    notice: r.notice,
    addedAt: r.added_at,
    finishedAt: r.finished_at,
    finalBytes: r.final_bytes,
  }
}

function secretOf(kind: Secret['kind'], bytes: Uint8Array | null): Secret {
  if (kind === 'sealed') return bytes ? { kind, bytes } : { kind: 'forgotten' }
  return { kind }
}

function stateOf({ state, error, verification }: z.output<typeof row>): DownloadState {
  switch (state) {
    case 'active':
      return { kind: 'active', phase: { kind: 'probing' } }
    case 'failed':
      return { kind: 'failed', error: error ?? { code: 'INTERNAL', retry: 'no', detail: 'no reason was kept' } }
    case 'done':
      return { kind: 'done', verification: verification ?? { kind: 'unverified', reason: 'no-checksum' } }
    case 'queued':
    case 'paused':
      return { kind: state }
  }
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
] as const

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
    state: d.state.kind,
    error: d.state.kind === 'failed' ? text(d.state.error) : null,
    verification: d.state.kind === 'done' ? text(d.state.verification) : null,
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
  const one = database.prepare('SELECT * FROM downloads WHERE id = ?')
  const all = database.prepare('SELECT * FROM downloads ORDER BY id')
  const unfinished = database.prepare(`SELECT * FROM downloads WHERE state <> 'done' ORDER BY id`)

  const finished = database.prepare(`SELECT * FROM downloads WHERE state = 'done' AND id < ? ORDER BY id DESC LIMIT ?`)

  // Letters beyond ASCII have a case too, which SQLite does not know.
  database.function('fold', { deterministic: true }, (text) => foldText(String(text)))
  const history = (words: number) =>
    database.prepare(
      `SELECT * FROM downloads WHERE state = 'done' AND (finished_at, id) < (?, ?)
       ${words === 0 ? '' : `AND ${Array.from({ length: words }, () => `instr(fold(name || ' ' || url), ?) > 0`).join(' AND ')}`}
       ORDER BY finished_at DESC, id DESC LIMIT ?`,
    )
  const finishedBefore = database
    .prepare(`SELECT id FROM downloads WHERE state = 'done' AND finished_at < ? ORDER BY id`)
    .pluck()
  const groups = createGroupStore(database)
  const read = (found: unknown) => fromRow(found, groups)
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
  const removeAll = database.transaction((ids: readonly DownloadId[]) => {
    for (const id of ids) remove.run(id)
  })

  return {
    unfinished: () => unfinished.all().map(read),
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
    commit(records, sums = []) {
      needingSpace(() => unsynced(database, () => commitAll(records, sums)))
      return log.synced()
    },
    remove: (ids) => removeAll(ids),
  }
}
