import { stat, statfs } from 'node:fs/promises'
import path from 'node:path'

export interface Volume {
  /** The same for all folders of one file system. */
  readonly id: string
  /** Bytes that this user may still write. */
  readonly free: number
}

/**
 * The file system that a folder is on, or will be on once it is made.
 * @param folder absolute path
 * @returns `null` when nobody can say: a drive that is away, a share that does not answer the question
 */
export async function volumeOf(folder: string): Promise<Volume | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    try {
      const [{ dev }, { bavail, bsize }] = await Promise.all([stat(place), statfs(place)])
      return { id: String(dev), free: bavail * bsize }
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!missing || path.dirname(place) === place) return null
    }
  }
}
