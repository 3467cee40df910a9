import type { DownloadId, Mirror } from '../../../shared/download'
import { failure, RequestFailure } from '../../../shared/errors'
import type { JournalEvent } from '../../../shared/inspection'
import type { Choices, EngineOptions } from '../api'
import { writtenBytes } from '../fetch/segments'
import { fileNameFrom, safeFileName } from '../files/filename'
import type { Credentials, DownloadRecord } from '../ports'
import { checkLink } from '../relink'
import { nobody } from '../session/session'
import { distinctMirrors } from './adding'
import type { Entries } from './entries'
import type { Sessions } from './sessions'

export interface AddressesEnv {
  readonly options: EngineOptions
  readonly entries: Entries
  readonly sessions: Sessions
  readonly resume: (ids: readonly DownloadId[]) => void
  /** For the journal. */
  readonly note: (id: DownloadId, event: JournalEvent) => void
}

/** What a download ends with when its keys are the trouble. */
const keysHelp = new Set(['CLOUD_ACCOUNT', 'CLOUD_KEY_ID', 'CLOUD_SIGNATURE', 'CLOUD_TOKEN'])

/** Where downloads are asked for and who asks, changed by the user while they stand. */
export class Addresses {
  readonly #env: AddressesEnv

  constructor(env: AddressesEnv) {
    this.#env = env
  }

  /**
   * Gives a download another address, after a look at what is behind it, and lets it go on.
   * @param corrected the old one was a mistake: a name that came from it goes with it, as long as nothing was received
   * @throws RequestFailure E_NOT_FOUND, E_STATE; DownloadFailure when it is another file
   */
  async relink(id: DownloadId, url: string, corrected = false): Promise<void> {
    const { entries, sessions, options, resume, note } = this.#env
    const { http, clock, openSession } = options
    const entry = entries.standing(id)
    await entry.running
    // What was given for one server is not told to another.
    const moved = new URL(url).origin !== new URL(entry.record.url).origin
    const credentials = moved
      ? nobody
      : (entry.credentials ?? (await sessions.unseal(entry.record.secret).catch(() => nobody)))
    const account = moved ? null : entry.record.account
    const jar = moved ? undefined : (entry.sessions.get(entry.record.url)?.jar?.() ?? undefined)
    const session = await openSession(url, { ...credentials, jar }, account)
    const remote = await checkLink(entry.record, { http, clock, session })
    if (moved) {
      entry.credentials = nobody
      sessions.forget(entry)
    }
    entry.sessions.set(url, session)
    const mirrors = distinctMirrors(url, entry.record.mirrors)
    const name = corrected && isGuessed(entry.record) ? { name: nameOf(url) } : {}
    const secret = moved ? ({ secret: { kind: 'none' } } as const) : {}
    entries.save(entries.standing(id), { url, mirrors, account, remote, ...name, ...secret })
    const { part } = entry.record
    const bytes = remote !== null && part.kind === 'open' ? writtenBytes(part.segments) : 0
    note(id, { code: 'LINK', host: new URL(url).host, bytes })
    resume([id])
  }

  /** See `Engine.knowsWho`. */
  knowsWho(id: DownloadId): boolean {
    const { credentials, record } = this.#env.entries.unfinished(id)
    return credentials !== null || record.secret.kind !== 'forgotten'
  }

  /** Other credentials for one that stands. @throws RequestFailure E_NOT_FOUND, E_STATE */
  async identify(id: DownloadId, credentials: Credentials): Promise<void> {
    const { entries, sessions } = this.#env
    const secret = await sessions.seal(credentials)
    const entry = entries.standing(id)
    entry.credentials = credentials
    sessions.forget(entry)
    entries.save(entry, { secret })
  }

  /**
   * Asks a store to bring an archived object back, and lets the download wait for it.
   * @throws RequestFailure E_NOT_FOUND, E_STATE; DownloadFailure of the request
   */
  async thaw(id: DownloadId): Promise<void> {
    const { entries, sessions, options, resume } = this.#env
    const { record } = entries.standing(id)
    const credentials = await sessions.unseal(record.secret)
    const session = await options.openSession(record.url, credentials, record.account)
    const asked = session.restore?.()
    if (!asked) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is of no archive` })
    const { status } = await options.http.call({ ...asked, session, method: 'POST' }, AbortSignal.timeout(60_000))
    // 409: somebody asked before.
    if (status >= 400 && status !== 409)
      throw failure(`HTTP_${status}`, 'no', `status ${status} to the wish to restore`)
    entries.save(entries.standing(id), { notice: { code: 'RESTORE_ASKED', at: options.clock.now() } })
    resume([id])
  }

  /** Keys of an account are others now: downloads that failed for them go on. */
  accountChanged(account: string): void {
    const { entries, resume } = this.#env
    const mine = entries.all().filter(({ record }) => record.account === account || record.account === null)
    for (const entry of mine) if (!entry.running) entry.sessions.clear()
    const wanting = mine.filter(({ record: { state } }) => state.kind === 'failed' && keysHelp.has(state.error.code))
    resume(wanting.map(({ record }) => record.id))
  }

  /** Other mirrors, also while it runs. @throws RequestFailure E_NOT_FOUND */
  setMirrors(id: DownloadId, mirrors: readonly Mirror[]): void {
    const { entries } = this.#env
    const entry = entries.unfinished(id)
    const distinct = distinctMirrors(entry.record.url, mirrors)
    entry.sources?.set(entry.record.url, distinct)
    entries.save(entry, { mirrors: distinct })
  }

  /** What the user edits of one that stands. @throws RequestFailure E_NOT_FOUND, E_STATE */
  choose(id: DownloadId, choices: Choices): void {
    const { entries } = this.#env
    const entry = entries.standing(id)
    entry.sessions.clear()
    entries.save(entry, { ...choices, mirrors: distinctMirrors(entry.record.url, choices.mirrors) })
  }
}

/** Nobody has named it yet: neither the user nor a server, only its address. */
function isGuessed({ part, requestedName, name, url }: DownloadRecord): boolean {
  return part.kind === 'none' && requestedName === null && name === nameOf(url)
}

function nameOf(url: string): string {
  return safeFileName(fileNameFrom({ contentDisposition: null, url }))
}
