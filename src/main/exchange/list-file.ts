import path from 'node:path'
import { z } from 'zod'
import { onConflicts, priorities } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { checksumAlgorithms } from '../../shared/verification'
import type { DownloadRecord } from '../engine/ports'
import { parseAddress } from '../sources/address'

/** The list of downloads as a file: what was downloaded and what is to be, without secrets and without partial files. */

const kind = 'longshore list'

const downloadSchema = z.object({
  url: z.string().max(65_536),
  mirrors: z.array(z.string().max(65_536)).max(100).default([]),
  folder: z.string().refine((folder) => path.isAbsolute(folder), 'not an absolute path'),
  /** As the user chose it; `null` takes the server's. */
  name: z.string().max(1024).nullable(),
  state: z.enum(['queued', 'paused', 'done']),
  priority: z.enum(priorities).default('normal'),
  /** Name of its queue; empty for the default one. */
  queue: z.string().max(100).default(''),
  /** Chosen by hand: one of `kinds`, or the name of one that the user made. `null` leaves it to the rules. */
  category: z.string().max(64).nullable().default(null),
  onConflict: z.enum(onConflicts).default('rename'),
  connections: z.number().int().min(1).max(256).nullable().default(null),
  checksum: z
    .object({ algorithm: z.enum(checksumAlgorithms), hex: z.string().regex(/^[\da-f]+$/) })
    .nullable()
    .default(null),
  addedAt: z.number().int().nonnegative(),
  /** Only of completed ones. */
  finishedAt: z.number().int().nonnegative().nullable().default(null),
  bytes: z.number().int().nonnegative().nullable().default(null),
})
const fileSchema = z.object({
  kind: z.literal(kind),
  version: z.literal(1),
  downloads: z.array(downloadSchema).max(1_000_000),
})

export type ListedDownload = z.output<typeof downloadSchema>

/**
 * @param queueName of its queue; empty for the default one
 * @param category as in the file
 */
export function listed(record: DownloadRecord, queueName: string, category: string | null): ListedDownload {
  const { state } = record
  const done = state.kind === 'done'
  return {
    url: record.url,
    mirrors: record.mirrors.filter(({ from }) => from === 'user').map(({ url }) => url),
    folder: record.folder,
    name: done ? record.name : record.requestedName,
    // What runs is queued elsewhere; what failed is the user's to try again.
    state: done ? 'done' : state.kind === 'queued' || state.kind === 'active' ? 'queued' : 'paused',
    priority: record.priority,
    queue: queueName,
    category,
    onConflict: record.onConflict,
    connections: record.connections,
    checksum: record.checksum === null ? null : { algorithm: record.checksum.algorithm, hex: record.checksum.hex },
    addedAt: record.addedAt,
    finishedAt: done ? record.finishedAt : null,
    bytes: done ? record.finalBytes : null,
  }
}

export function printList(downloads: readonly ListedDownload[]): string {
  const lines = downloads.map((download) => JSON.stringify(download))
  return `{"kind": ${JSON.stringify(kind)}, "version": 1, "downloads": [\n${lines.join(',\n')}\n]}\n`
}

/** @throws RequestFailure E_LIST; nothing of the file was taken then */
export function parseList(text: string): ListedDownload[] {
  try {
    const { downloads } = fileSchema.parse(JSON.parse(text))
    // Addresses are judged as those that are typed in: of a kind that can be downloaded, without a login.
    return downloads.map((download) => ({ ...download, url: parseAddress(download.url).url }))
  } catch (error) {
    throw new RequestFailure({ code: 'E_LIST', detail: String(error).slice(0, 1000) })
  }
}
