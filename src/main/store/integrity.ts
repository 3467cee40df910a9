import type Database from 'better-sqlite3'
import { z } from 'zod'
import { checksumAlgorithms, digestSources } from '../../shared/verification'
import type { DownloadId } from '../../shared/download'
import type { BlocksOf, IntegrityStore, Leftover } from '../engine/ports'
import { needingSpace, unsynced } from './database'

const algorithm = z.enum(checksumAlgorithms)
const promised = z.object({
  size: z.number().nullable(),
  digests: z.array(z.object({ algorithm, hex: z.string(), source: z.enum(digestSources) })),
  pieces: z
    .object({
      algorithm: algorithm.extract(['sha-256', 'sha-512', 'sha-1', 'md5']),
      length: z.number(),
      hashes: z.array(z.string()),
    })
    .nullable(),
})

/**
 * Writes sums of blocks, inside the transaction of whoever calls it.
 * @returns adds or replaces sums, and forgets those of other generations of the download
 */
export function createBlockWriter(
  database: Database.Database,
): (id: DownloadId, generation: string, sums: BlocksOf['sums']) => void {
  const add = database.prepare(
    'INSERT INTO blocks (download, generation, block, crc32) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT DO UPDATE SET crc32 = excluded.crc32',
  )
  const forgetOthers = database.prepare('DELETE FROM blocks WHERE download = ? AND generation <> ?')
  return (id, generation, sums) => {
    forgetOthers.run(id, generation)
    for (const [block, crc] of sums) add.run(id, generation, block, crc)
  }
}

/**
 * Block sums and promised digests, in tables of their own: they are large, and a checkpoint writes a download's row every
 * second.
 */
export function createIntegrityStore(database: Database.Database): IntegrityStore {
  const blocks = database.prepare('SELECT block, crc32 FROM blocks WHERE download = ? AND generation = ?')
  const dropBlock = database.prepare('DELETE FROM blocks WHERE download = ? AND generation = ? AND block = ?')
  const leftovers = database.prepare(
    'SELECT start, "end", crc32 FROM leftovers WHERE download = ? AND generation = ? ORDER BY start',
  )
  const dropLeftovers = database.prepare('DELETE FROM leftovers WHERE download = ?')
  const addLeftover = database.prepare('INSERT INTO leftovers VALUES (?, ?, ?, ?, ?)')
  const one = database.prepare('SELECT value FROM promises WHERE download = ?').pluck()
  const put = database.prepare(
    'INSERT INTO promises (download, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  const addAll = database.transaction(createBlockWriter(database))
  const dropAll = database.transaction((id: number, generation: string, blocks: readonly number[]) => {
    for (const block of blocks) dropBlock.run(id, generation, block)
  })
  const replaceLeftovers = database.transaction((id: number, generation: string, found: readonly Leftover[]) => {
    dropLeftovers.run(id)
    for (const { start, end, crc32 } of found) addLeftover.run(id, generation, start, end, crc32)
  })
  return {
    blocks: (id, generation) =>
      new Map((blocks.all(id, generation) as { block: number; crc32: number }[]).map((r) => [r.block, r.crc32])),
    // A sum that is lost is made again from the file.
    addBlocks: (id, generation, sums) => needingSpace(() => unsynced(database, () => addAll(id, generation, sums))),
    dropBlocks: (id, generation, blocks) => dropAll(id, generation, blocks),
    leftovers: (id, generation) => leftovers.all(id, generation) as Leftover[],
    keepLeftovers: (id, generation, found) => needingSpace(() => replaceLeftovers(id, generation, found)),
    promised(id) {
      const value = one.get(id)
      return typeof value === 'string' ? promised.parse(JSON.parse(value)) : null
    },
    promise: (id, value) => void put.run(id, JSON.stringify(value)),
  }
}
