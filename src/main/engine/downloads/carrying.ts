import path from 'node:path'
import type { BundleHead } from '../../../shared/bundle'
import type { DownloadId, Mirror } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import { asSegments } from '../adopt/runs'
import type { CarryRequest, EngineOptions } from '../api'
import { describe } from '../carry/head'
import { notOne } from '../carry/layout'
import { pack } from '../carry/pack'
import { unpack, type Bundle, type Unpacked } from '../carry/unpack'
import type { Errands } from '../errands'
import { writtenBytes } from '../fetch/segments'
import { exists } from '../files/file'
import { numberedName, safeFileName } from '../files/filename'
import { isPrivateHost } from '../http/address-class'
import type { DownloadRecord, NewDownload, Remote, TargetLock } from '../ports'
import { isNobody } from '../session/session'
import { newDownload } from './adding'
import type { Entries, Entry } from './entries'
import type { Sessions } from './sessions'
import { takeBack } from './take-back'

export interface CarryingEnv {
  readonly entries: Entries
  readonly sessions: Sessions
  readonly errands: Errands
  readonly options: EngineOptions
  readonly pause: (ids: readonly DownloadId[]) => void
  readonly start: (entries: readonly Entry[]) => void
}

/** Damage is found all at once; a disk that has more of it each time is no place to copy from. */
const mostTries = 3

/** Unfinished downloads on their way to another computer, and from there. */
export class Carrying {
  readonly #env: CarryingEnv
  readonly #arriving = new Set<AbortController>()

  constructor(env: CarryingEnv) {
    this.#env = env
  }

  /** See `Engine.carryOut`. */
  async out(id: DownloadId, target: string): Promise<number> {
    const { entries, errands, pause, options } = this.#env
    const entry = entries.unfinished(id)
    pause([id])
    await entry.running
    entries.standing(id) // it may have been finished just then
    return errands.run(id, 'export', async ({ signal, tell }) => {
      for (let tries = 0; tries < mostTries; tries++) {
        const { record } = entries.standing(id)
        const promised = options.integrity.promised(id)
        const { head, carried } = describe(record, promised, hasLogin(entry), options.program, options.clock.now())
        const generation = carried?.generation ?? ''
        const sums = options.integrity.blocks(id, generation)
        const leftovers = options.integrity.leftovers(id, generation)
        const carriedBytes = record.part.kind === 'open' ? writtenBytes(record.part.segments) : 0
        const onProgress = (bytes: number) => tell('export', bytes, carriedBytes)
        const packed = await pack(target, head, carried, { sums, leftovers, signal, onProgress })
        if (packed.kind === 'written') return packed.bytes
        takeBack(entries, id, packed.ranges, options.clock.now())
      }
      throw new RequestFailure({ code: 'E_DISK', detail: 'the disk gives back other bytes than were written' })
    })
  }

  /** See `Engine.carryIn`. */
  async in(bundle: Bundle, request: CarryRequest): Promise<DownloadId> {
    const { entries, sessions, start, options } = this.#env
    const { head } = bundle
    const control = new AbortController()
    this.#arriving.add(control)
    const locks: TargetLock[] = []
    try {
      const { credentials } = request
      const forgotten = head.login && isNobody(credentials)
      const secret = forgotten ? ({ kind: 'forgotten', headers: false } as const) : await sessions.seal(credentials)
      const name = await this.#freeName(request.folder, safeFileName(head.name))
      const unpacked =
        head.remote === null || head.runs.length === 0
          ? null
          : await unpack(bundle, {
              folder: request.folder,
              name,
              lock: (file) => void locks.push(this.#lock(file)),
              signal: AbortSignal.any([request.signal, control.signal]),
              onProgress: request.onProgress,
            })
      const [entry] = entries.insert([{ ...carried(head, request, name, unpacked, options.clock.now()), secret }])
      if (!entry) throw new Error('nothing was inserted')
      const { id } = entry.record
      if (unpacked !== null) {
        options.integrity.addBlocks(id, unpacked.generation, unpacked.sums)
        options.integrity.keepLeftovers(id, unpacked.generation, unpacked.leftovers)
      }
      if (!forgotten) entry.credentials = credentials
      entries.emit([id])
      start([entry])
      return id
    } finally {
      this.#arriving.delete(control)
      for (const lock of locks) if (lock.kind === 'held') lock.release()
    }
  }

  /** Ends what is on its way in. */
  stop(): void {
    for (const control of this.#arriving)
      control.abort(new RequestFailure({ code: 'E_STOPPED', detail: 'the program ends' }))
  }

  /** A name that neither a file nor another download has there; when it is finished it is looked at once more. */
  async #freeName(folder: string, wanted: string): Promise<string> {
    for (let n = 0; ; n++) {
      const name = n === 0 ? wanted : numberedName(wanted, n)
      const theirs = ({ record }: Entry) =>
        record.folder === folder && record.name.toLowerCase() === name.toLowerCase() && 'path' in record.part
      if (!this.#env.entries.all().some(theirs) && !(await exists(path.join(folder, name)))) return name
    }
  }

  #lock(file: string): TargetLock {
    const lock = this.#env.options.targets.take(file, 'import')
    if (lock.kind === 'held') return lock
    throw new RequestFailure({ code: 'E_STATE', detail: `${lock.by} imports the same to ${file} already` })
  }
}

function hasLogin({ record: { secret }, credentials }: Entry): boolean {
  return secret.kind !== 'none' || (credentials !== null && !isNobody(credentials))
}

function carried(
  head: BundleHead,
  request: CarryRequest,
  name: string,
  unpacked: Unpacked | null,
  now: number,
): NewDownload {
  const { folder, url, account, credentials, start } = request
  const added = newDownload(
    {
      url,
      mirrors: trusted(url, request.mirrors),
      folder,
      name: head.requestedName,
      onConflict: 'rename',
      connections: head.connections,
      partSize: head.partSize,
      threshold: head.threshold,
      checksum: head.checksum,
      promised: head.promised,
      category: head.category ?? null,
      credentials,
      account,
      // Without what was cut off its link would only be refused.
      start: start && !head.linkCut,
    },
    { kind: 'none' },
    now,
  )
  const notice: DownloadRecord['notice'] = head.linkCut ? { code: 'LINK_CUT', at: now } : null
  if (unpacked === null || head.remote === null) return { ...added, name, notice }
  const runs = head.runs.map(([from, to]) => ({ start: from, end: to }))
  const { generation, path: file, inode } = unpacked
  const segments = asSegments(runs, head.remote.total ?? 0)
  return {
    ...added,
    name,
    notice,
    remote: asked(head.remote, url),
    part: { kind: 'open', generation, path: file, inode, segments },
  }
}

/** Who named them is not known here: from a public address they must not lead into the private network (fault 74). */
function trusted(url: string, mirrors: readonly Mirror[]): Mirror[] {
  const outside = !isPrivateHost(new URL(url).hostname)
  return mirrors.map((mirror) => (outside ? { url: mirror.url, from: 'server' } : mirror))
}

/** What the server said, to be asked for where the bundle's own address leads. */
function asked(
  { url: found, address, alone, modified, digests, ...rest }: NonNullable<BundleHead['remote']>,
  url: string,
) {
  const home = address ?? url
  const remote: Remote = {
    ...rest,
    url: /^https?:/.test(home) && !sameFile(home, found) ? home : found,
    ...(address === undefined ? {} : { address }),
    ...(alone === undefined ? {} : { alone }),
    ...(modified === undefined ? {} : { modified }),
    ...(digests === undefined ? {} : { digests }),
  }
  if (!/^https?:/.test(remote.url)) throw notOne(`it says that its bytes came from ${found}`)
  return remote
}

/** One is a version of the other. */
function sameFile(url: string, version: string): boolean {
  const [a, b] = [new URL(url), new URL(version)]
  return a.origin === b.origin && a.pathname === b.pathname
}
