import { failure } from '../../../shared/errors'
import type { CookieStore, Credentials, Log, OpenSession, Secret, SecretBox, Session } from '../ports'
import { isNobody, nobody } from '../session/session'
import type { Entry } from './entries'

export interface SessionsEnv {
  readonly secrets: SecretBox
  readonly openSession: OpenSession
  readonly cookies: CookieStore
  readonly log: Log
}

/** Who downloads are to servers: their credentials, sealed where they are stored, and their sessions. */
export class Sessions {
  readonly #secrets: SecretBox
  readonly #open: OpenSession
  readonly #cookies: CookieStore
  readonly #log: Log

  constructor({ secrets, openSession, cookies, log }: SessionsEnv) {
    this.#secrets = secrets
    this.#open = openSession
    this.#cookies = cookies
    this.#log = log
  }

  async seal(credentials: Credentials): Promise<Secret> {
    if (isNobody(credentials)) return { kind: 'none' }
    const bytes = await this.#secrets.seal(JSON.stringify(credentials))
    const headers = credentials.headers.length > 0 || credentials.cookies !== ''
    return bytes ? { kind: 'sealed', bytes } : { kind: 'forgotten', headers }
  }

  /** @throws DownloadFailure HEADERS_LOST, CREDENTIALS when they were not kept, or cannot be read any more */
  async unseal(secret: Secret): Promise<Credentials> {
    if (secret.kind === 'none') return nobody
    const text = secret.kind === 'sealed' ? await this.#secrets.open(secret.bytes) : null
    if (text === null) {
      if (secret.kind === 'forgotten' && secret.headers)
        throw failure('HEADERS_LOST', 'no', 'headers or cookies were not kept')
      throw failure('CREDENTIALS', 'no', 'user name, password, headers or cookies were not kept')
    }
    return { ...nobody, ...(JSON.parse(text) as Partial<Credentials>) } // older ones have no cookies
  }

  /**
   * One for the download's life and each address: what servers asked and set is known after a pause too.
   * @param credentials what the user gave for the download's own address
   * @throws as `OpenSession`
   */
  async at(entry: Entry, address: string, credentials: Credentials): Promise<Session> {
    const { url, account } = entry.record
    const known = entry.sessions.get(address)
    if (known) return known
    const { origin } = new URL(address)
    const home = address === url || (origin !== 'null' && origin === new URL(url).origin)
    const session = await this.#open(
      address,
      address === url
        ? { ...credentials, jar: (await this.#jar(entry)) ?? undefined }
        : home
          ? credentials
          : strangers(credentials),
      address === url ? account : null,
    )
    entry.sessions.set(address, session)
    return session
  }

  /**
   * Keeps the cookies that servers set in the download's own session: a login by cookies is to outlive the program. Where
   * the system seals nothing they live as long as the program.
   */
  remember(entry: Entry): void {
    const { id, url } = entry.record
    const now = () => entry.sessions.get(url)?.jar?.() ?? null
    if (entry.sealing || now() === null || now() === entry.jar) return
    const keep = async () => {
      for (let jar = now(); jar !== null && jar !== entry.jar; jar = now()) {
        const sealed = await this.#secrets.seal(jar)
        if (entry.record.url !== url) return // it was sent elsewhere meanwhile
        if (sealed) this.#cookies.write(id, sealed)
        entry.jar = jar
      }
    }
    entry.sealing = true
    keep()
      .catch((error: unknown) => this.#log('warn', 'cookies were not kept', { id, error: String(error) }))
      .finally(() => {
        entry.sealing = false
      })
  }

  /** Somebody else asks from now on: sessions are opened anew, without what servers set. */
  forget(entry: Entry): void {
    entry.sessions.clear()
    this.#cookies.write(entry.record.id, null)
    entry.jar = null
  }

  /** What was kept in an earlier run. What cannot be opened any more counts as absent: servers set it anew. */
  async #jar(entry: Entry): Promise<string | null> {
    if (entry.jar === undefined) {
      const sealed = this.#cookies.read(entry.record.id)
      const text = sealed && (await this.#secrets.open(sealed).catch(() => null))
      entry.jar ??= text
    }
    return entry.jar
  }
}

/** What is given to another server than the one it was given for: no secret. */
function strangers({ headers }: Credentials): Credentials {
  return { ...nobody, headers: headers.filter(([name]) => name.toLowerCase() === 'user-agent') }
}
