import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import type { CheckReport } from '../../../shared/verification'
import type { EngineOptions } from '../api'
import type { Errands } from '../errands'
import { Checks } from '../integrity/checks'
import type { DownloadRecord } from '../ports'
import { nobody } from '../session/session'
import type { Entries } from './entries'
import { takeBack } from './take-back'
import type { Sessions } from './sessions'

/** Checks and repairs that users ask for, and what they change in the list and the store. */
export class Checking {
  readonly #entries: Entries
  readonly #options: EngineOptions
  readonly #checks: Checks

  constructor(entries: Entries, sessions: Sessions, errands: Errands, options: EngineOptions) {
    const { digester, integrity, http, clock, openSession, store } = options
    this.#entries = entries
    this.#options = options
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
        verified: (id, verification) => {
          const record = store.get(id)
          if (record?.state.kind !== 'done') return
          store.save([{ ...record, state: { kind: 'done', verification } }])
        },
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
