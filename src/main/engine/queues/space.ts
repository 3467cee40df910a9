import type { DownloadId } from '../../../shared/download'

/** What a download still needs on its volume. */
export interface Need {
  readonly id: DownloadId
  /** Tells volumes apart. */
  readonly volume: string
  /** Bytes that are not on the disk yet; 0 while nobody knows the length. */
  readonly bytes: number
}

/**
 * Who has no room. What is free on a volume, without the margin, is given away in the order of the needs: one that does
 * not fit waits and takes nothing, so that smaller ones after it may still go.
 * @param needs those that run first, then those that are queued, in their turn
 * @param free bytes that are free on each volume; one that is missing here has room for everything
 * @param margin bytes of each volume that stay free
 * @returns how many bytes each of them misses, more than 0
 */
export function missingSpace(
  needs: readonly Need[],
  free: ReadonlyMap<string, number>,
  margin: number,
): Map<DownloadId, number> {
  const left = new Map([...free].map(([volume, bytes]) => [volume, bytes - margin]))
  const missing = new Map<DownloadId, number>()
  for (const { id, volume, bytes } of needs) {
    const room = left.get(volume)
    if (room === undefined) continue
    if (bytes <= room && room >= 0) left.set(volume, room - bytes)
    else missing.set(id, Math.max(1, bytes - room))
  }
  return missing
}
