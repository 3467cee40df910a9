import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import {
  provesContent,
  type Check,
  type CheckReport,
  type Checksum,
  type ChecksumAlgorithm,
  type Comparison,
  type Verification,
} from '../../../shared/verification'
import type { EngineOptions } from '../api'
import type { Errands } from '../errands'
import { Checks } from '../integrity/checks'
import type { DownloadRecord } from '../ports'
import type { Recorder } from '../recorder/recorder'
import { nobody } from '../session/session'
import type { Entries } from './entries'
import { takeBack } from './take-back'
import type { Sessions } from './sessions'

/** Checks and repairs that users ask for, and what they change in the list and the store. */
export class Checking {
  readonly #entries: Entries
  readonly #options: EngineOptions
  readonly #checks: Checks

  readonly #recorder: Recorder

  constructor(entries: Entries, sessions: Sessions, errands: Errands, recorder: Recorder, options: EngineOptions) {
    const { digester, integrity, http, clock, openSession } = options
    this.#entries = entries
    this.#options = options
    this.#recorder = recorder
    this.#checks = new Checks(
      {
        digester,
        integrity,
        http,
        clock,
        session: async ({ url, remote, secret, account }) =>
          // A mirror may have begun it; nothing that was given for the own address is told to that one.
          remote?.address === undefined
            ? openSession(url, await sessions.unseal(secret), account)
            : openSession(remote.address, nobody, null),
        others: ({ url, mirrors, remote, secret, account }) => [
          ...(remote?.address === undefined
            ? []
            : [{ publicOnly: false, session: async () => openSession(url, await sessions.unseal(secret), account) }]),
          ...mirrors
            .filter((mirror) => mirror.url !== remote?.address)
            .map(({ url: address, from }) => ({
              publicOnly: from === 'server',
              session: () => openSession(address, nobody, null),
            })),
        ],
        verified: (id, verification) => this.#keep(id, verification),
        note: (id, event) => recorder.note(id, event),
        takeBack: (id, ranges) => takeBack(entries, id, ranges, clock.now()),
      },
      errands,
    )
  }

  /**
   * Reads all of a download's file and compares it with what is known of it.
   * @param repairs whether bad blocks of a finished file are fetched again
   * @throws RequestFailure E_NOT_FOUND; E_STATE while it is queued, runs or is checked; see `Checks`
   */
  async check(id: DownloadId, repairs: boolean): Promise<CheckReport> {
    this.#checkable(id)
    await this.#entries.get(id)?.running // a run that has just ended still writes
    return this.#checks.check(this.#checkable(id), repairs)
  }

  /** @throws RequestFailure E_NOT_FOUND; E_STATE when it is not completed, or is checked; see `Checks` */
  async digest(id: DownloadId, algorithm: ChecksumAlgorithm): Promise<Checksum> {
    return this.#checks.digest(this.#completed(id), algorithm)
  }

  /** Compares a completed file with a checksum that the user has; one that fits is kept with it. */
  async compare(id: DownloadId, checksum: Checksum): Promise<Comparison> {
    const found = await this.digest(id, checksum.algorithm)
    const fits = found.hex === checksum.hex
    this.#recorder.note(id, { code: 'COMPARED', algorithm: checksum.algorithm, fits })
    const record = this.#completed(id)
    const { verification } = record.state
    const others = verification.kind === 'verified' ? verification.checks : []
    // A file that is not what was downloaded stays called so, and a weak digest does not take the place of others.
    if (fits && verification.kind !== 'damaged' && (others.length === 0 || provesContent(checksum.algorithm))) {
      const checks: readonly Check[] = [
        { algorithm: checksum.algorithm, source: 'user' },
        ...others.filter(({ algorithm, source }) => source !== 'user' && algorithm !== checksum.algorithm),
      ]
      this.#keep(id, { kind: 'verified', checks }, checksum)
    }
    this.#entries.emit([id])
    return { fits, found }
  }

  #keep(id: DownloadId, verification: Verification, checksum?: Checksum): void {
    const { store } = this.#options
    const record = store.get(id)
    if (record?.state.kind !== 'done') return
    store.save([{ ...record, ...(checksum ? { checksum } : {}), state: { kind: 'done', verification } }])
  }

  #completed(id: DownloadId) {
    const record = this.#checkable(id)
    const { state } = record
    if (state.kind !== 'done') throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is ${state.kind}` })
    return { ...record, state }
  }

  #checkable(id: DownloadId): DownloadRecord {
    const record = this.#entries.get(id)?.record ?? this.#options.store.get(id)
    if (!record) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
    const { kind } = record.state
    if (kind === 'active' || kind === 'queued') {
      throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is ${kind}` })
    }
    return record
  }
}
