import path from 'node:path'
import type { Mirror } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import { defaultQueue } from '../../../shared/queues'
import type { AddRequest, FinishedRequest } from '../api'
import { fileNameFrom, safeFileName } from '../files/filename'
import type { NewDownload, Secret } from '../ports'
import { nobody } from '../session/session'

/**
 * What is stored of a download that is added. Its place in the queue is given when it is inserted.
 * @param secret its credentials, sealed
 * @param addedAt ms since the epoch
 */
export function newDownload(request: AddRequest, secret: Secret, addedAt: number): NewDownload {
  return {
    url: request.url,
    mirrors: distinctMirrors(request.url, request.mirrors),
    folder: path.resolve(request.folder),
    position: 0,
    priority: 'normal',
    queue: request.queue ?? defaultQueue,
    startAt: null,
    stopAt: null,
    onlyNow: false,
    requestedName: request.name,
    name: safeFileName(request.name ?? fileNameFrom({ contentDisposition: null, url: request.url })),
    onConflict: request.onConflict,
    connections: request.connections,
    partSize: request.partSize,
    threshold: request.threshold,
    limit: request.limit ?? null,
    checksum: request.checksum,
    secret,
    account: request.account,
    group: request.group ?? null,
    category: request.category ?? null,
    state: request.start ? { kind: 'queued' } : { kind: 'paused' },
    remote: null,
    part: request.adopt === undefined ? { kind: 'none' } : { kind: 'foreign', file: path.resolve(request.adopt) },
    notice: null,
    addedAt,
    finishedAt: null,
    finalBytes: null,
    promised: request.promised ?? null,
  }
}

/** What is stored of a completed download of another list. */
export function finishedDownload(finished: FinishedRequest): NewDownload {
  const { name, addedAt, finishedAt, bytes, priority } = finished
  const none = { connections: null, partSize: null, threshold: null, credentials: nobody, account: null }
  return {
    ...newDownload({ ...finished, ...none, start: false }, { kind: 'none' }, addedAt),
    name,
    requestedName: null,
    priority,
    state: { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } },
    finishedAt,
    finalBytes: bytes,
  }
}

/** @throws RequestFailure E_NAME */
export function checkName({ name }: AddRequest): void {
  if (name !== null && name.trim() === '') {
    throw new RequestFailure({ code: 'E_NAME', field: 'name', detail: 'the name is empty' })
  }
}

/** Each address once, in the order given, without the download's own. */
export function distinctMirrors(url: string, mirrors: readonly Mirror[]): Mirror[] {
  const byUrl = new Map(mirrors.toReversed().map((mirror) => [mirror.url, mirror]))
  byUrl.delete(url)
  return [...byUrl.values()].reverse()
}
