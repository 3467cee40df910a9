import type { DownloadId } from '../../../shared/download'
import type { Clock } from '../ports'
import type { Segment } from './segments'

/** What a checkpoint commits for one download: claims of one generation that are synced. */
export interface SyncedClaims {
  readonly id: DownloadId
  readonly generation: string
  readonly segments: readonly Segment[]
}

/** A download whose written bytes can be made durable. */
export interface Checkpointed {
  /**
   * Notes what is written now, then syncs the file.
   * @returns the claims as they were before the sync: writes that ended after it do not count
   */
  sync(): Promise<SyncedClaims>
  /** Told after its claims were committed. */
  committed?(claims: SyncedClaims): void
  /** Told when its sync or the commit failed; the download must stop. */
  broken(error: unknown): void
}

/**
 * Makes claims durable in the only safe order (rule 2 of the durability protocol): copy the offsets, sync the bytes,
 * commit the copies. One checkpoint at a time, for all downloads that wrote something, in one transaction.
 */
export interface Checkpointer {
  /** @param bytes newly written; a checkpoint follows within the interval or after enough bytes */
  wrote(download: Checkpointed, bytes: number): void
  /** Checkpoints one download, and all others that wrote something, and waits for it. */
  flush(download: Checkpointed): Promise<void>
}

export interface CheckpointPolicy {
  /** ms between a write and its commit, at most. */
  readonly interval: number
  /** Bytes between two commits, at most. */
  readonly bytes: number
}

export const defaultCheckpointPolicy: CheckpointPolicy = { interval: 1000, bytes: 64 * 1024 * 1024 }

/** @param commit stores the claims in one transaction, and resolves when it is durable */
export function createCheckpointer(
  policy: CheckpointPolicy,
  clock: Clock,
  commit: (claims: readonly SyncedClaims[]) => Promise<void>,
): Checkpointer {
  const dirty = new Set<Checkpointed>()
  let bytes = 0
  let timer: AbortController | null = null
  let running: Promise<void> = Promise.resolve()
  /** A round that has not begun: whoever comes now is part of it. */
  let next: Promise<void> | null = null

  const round = async () => {
    next = null
    timer?.abort()
    timer = null
    const batch = [...dirty]
    dirty.clear()
    bytes = 0
    const claims: SyncedClaims[] = []
    const synced: Checkpointed[] = []
    await Promise.all(
      batch.map(async (download) => {
        try {
          claims.push(await download.sync())
          synced.push(download)
        } catch (error) {
          download.broken(error)
        }
      }),
    )
    if (claims.length === 0) return
    try {
      await commit(claims)
    } catch (error) {
      for (const download of synced) download.broken(error)
      return
    }
    for (const [index, download] of synced.entries()) download.committed?.(claims[index]!)
  }
  const run = (): Promise<void> => {
    if (!next) running = next = running.then(round)
    return next
  }
  const schedule = () => {
    if (timer || next) return
    const own = (timer = new AbortController())
    clock.sleep(policy.interval, own.signal).then(
      () => void run(),
      () => undefined, // a round came first
    )
  }

  return {
    wrote(download, count) {
      dirty.add(download)
      bytes += count
      if (bytes >= policy.bytes) void run()
      else schedule()
    },
    flush(download) {
      dirty.add(download)
      return run()
    },
  }
}
