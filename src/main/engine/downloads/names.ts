import path from 'node:path'
import type { DownloadId } from '../../../shared/download'
import { failure } from '../../../shared/errors'
import type { Disk } from '../files/disk'
import { numberedName } from '../files/filename'
import type { Holder, TargetLock, TargetLocks } from '../ports'
import { withoutSecrets } from '../public-url'
import type { Entries, Entry } from './entries'

/** Which download writes to which name: among those of this list, and among programs. */
export class Names {
  readonly #entries: Entries
  readonly #targets: TargetLocks
  readonly #disk: Disk
  /** By full path in lower case: whose lock is on it. */
  readonly #locks = new Map<string, Entry>()

  constructor(entries: Entries, targets: TargetLocks, disk: Disk) {
    this.#entries = entries
    this.#targets = targets
    this.#disk = disk
  }

  /**
   * A name that no file in the folder and no other download there has, and the lock on it.
   * @param among who is kept away by the lock: a file that will be there in a moment needs none against other programs,
   *   for `publishNew` takes no name that is taken; their locks count all the same
   * @throws DownloadFailure LOCKED when another program downloads the same to it
   */
  async free(entry: Entry, wanted: string, among: 'list' | 'programs'): Promise<string> {
    const { id, folder, url, part } = entry.record
    for (let n = 0; ; n++) {
      const name = n === 0 ? wanted : numberedName(wanted, n)
      const file = path.join(folder, name)
      // A partial file that is to be taken over has the very name, as a rule: it will become a part of ours.
      const adopted = part.kind === 'foreign' && part.file === file
      if (this.#hasPart(id, folder, name) || this.#ours(entry, name) || (!adopted && (await this.#disk.exists(file))))
        continue
      if (this.#ours(entry, name)) continue // meanwhile
      const holder = this.#lock(entry, name, among)
      if (holder === null) return name
      // Another program has that name for something else: then there is a number. The same twice is a mistake.
      if (holder.note === withoutSecrets(url)) throw locked(holder.by, path.join(folder, name))
    }
  }

  /** Locks a name until `release`. @throws DownloadFailure LOCKED when another program has it */
  hold(entry: Entry, name: string): void {
    const holder = this.#lock(entry, name, 'programs')
    if (holder) throw locked(holder.by, path.join(entry.record.folder, name))
  }

  release(entry: Entry): void {
    if (!entry.lock) return
    this.#locks.delete(entry.lock.target.toLowerCase())
    entry.lock.release()
    entry.lock = null
  }

  /** Whether no download has this partial file. */
  isFree(file: string): boolean {
    for (const { record } of this.#entries.withParts())
      if ('path' in record.part && record.part.path === file) return false
    return true
  }

  /** Whether another download has a partial file for a name in a folder. */
  #hasPart(id: DownloadId, folder: string, name: string): boolean {
    const wanted = name.toLowerCase()
    for (const { record } of this.#entries.withParts()) {
      if (record.id !== id && record.folder === folder && record.name.toLowerCase() === wanted) return true
    }
    return false
  }

  /** @returns `null` when the name is locked for this download, else who has it */
  #lock(entry: Entry, name: string, among: 'list' | 'programs'): Holder | null {
    const { folder, url } = entry.record
    this.release(entry)
    // Downloads of one list number each other's names; the last one wins that overwrites.
    if (this.#ours(entry, name)) return null
    const target = path.join(folder, name)
    const lock = among === 'list' ? this.#unlocked(target) : this.#targets.take(target, withoutSecrets(url))
    if (lock.kind === 'taken') return lock
    entry.lock = { target, release: () => lock.release() }
    this.#locks.set(target.toLowerCase(), entry)
    return null
  }

  #unlocked(target: string): TargetLock {
    const holder = this.#targets.look(target)
    return holder ? { kind: 'taken', ...holder } : { kind: 'held', release: () => undefined }
  }

  /** Whether another download of this list has locked a name in the same folder. */
  #ours(entry: Entry, name: string): boolean {
    const holder = this.#locks.get(path.join(entry.record.folder, name).toLowerCase())
    return holder !== undefined && holder !== entry
  }
}

function locked(by: string, target: string) {
  return failure('LOCKED', 'no', `${by} is downloading to ${target} already`)
}
