import type { DownloadState } from '../../shared/download'
import type { DownloadError } from '../../shared/errors'
import type { Verification } from '../../shared/verification'
import type { DownloadRecord, NewDownload, Secret } from '../engine/ports'
import { checksumOf, errorOf, mirrorsOf, noticeOf, partOf, partText, remoteOf, verificationOf } from './download-json'
import type { GroupStore } from './groups'

// How a download becomes a row, and a row a download: the only place that knows the columns.

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

/**
 * @param groups which groups the ids in rows mean
 * @returns what makes a record of a row that `select` found; it throws RequestFailure E_DB_DAMAGED for one that it
 *   cannot read
 */
export function createReader(groups: GroupStore): (found: unknown) => DownloadRecord {
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
const ofHeaders = Buffer.from('headers')

function secretOf(kind: Secret['kind'], bytes: Uint8Array | null): Secret {
  if (kind === 'none') return noSecret
  // In place of the secret stands what it was of.
  if (kind === 'forgotten') return { kind, headers: bytes !== null }
  return bytes ? { kind, bytes } : { kind: 'forgotten', headers: false }
}

function endOf(kind: DownloadState['kind'], failed: DownloadError | null, result: Verification | null): DownloadState {
  if (kind === 'failed')
    return { kind, error: failed ?? { code: 'INTERNAL', retry: 'no', detail: 'no reason was kept' } }
  return { kind: 'done', verification: result ?? { kind: 'unverified', reason: 'no-checksum' } }
}

export const columns = [
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

/** Begins every query whose rows a reader gets, raw. */
export const select = `SELECT ${['id', ...columns].join(', ')}`
/** The column `error`. */
export function errorText(state: DownloadState): string | null {
  return state.kind === 'failed' ? JSON.stringify(state.error) : null
}

/** The column `verification`. */
export function verificationText(state: DownloadState): string | null {
  return state.kind === 'done' ? JSON.stringify(state.verification) : null
}

type Column = string | number | Uint8Array | null

/** @returns the columns of a download by their names, for a statement */
export function toRow(d: NewDownload): Record<(typeof columns)[number], Column> {
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
    secret:
      d.secret.kind === 'sealed'
        ? d.secret.bytes
        : d.secret.kind === 'forgotten' && d.secret.headers
          ? ofHeaders
          : null,
    account: d.account,
    group_id: d.group?.id ?? null,
    category: d.category,
    state: d.state.kind,
    error: errorText(d.state),
    verification: verificationText(d.state),
    remote: text(d.remote),
    part: partText(d.part),
    notice: text(d.notice),
    added_at: d.addedAt,
    finished_at: d.finishedAt,
    final_bytes: d.finalBytes,
  }
}
