import { failure } from '../../../shared/errors'
import type { Credentials, OpenSession, Secret, SecretBox, Session } from '../ports'
import { isNobody, nobody } from '../session/session'
import type { Entry } from './entries'

/** Who downloads are to servers: their credentials, sealed where they are stored, and their sessions. */
export class Sessions {
  readonly #secrets: SecretBox
  readonly #open: OpenSession

  constructor(secrets: SecretBox, open: OpenSession) {
    this.#secrets = secrets
    this.#open = open
  }

  async seal(credentials: Credentials): Promise<Secret> {
    if (isNobody(credentials)) return { kind: 'none' }
    const bytes = await this.#secrets.seal(JSON.stringify(credentials))
    return bytes ? { kind: 'sealed', bytes } : { kind: 'forgotten' }
  }

  /** @throws DownloadFailure CREDENTIALS when they were not kept, or cannot be read any more */
  async unseal(secret: Secret): Promise<Credentials> {
    if (secret.kind === 'none') return nobody
    const text = secret.kind === 'sealed' ? await this.#secrets.open(secret.bytes) : null
    if (text === null) throw failure('CREDENTIALS', 'no', 'user name, password, headers or cookies were not kept')
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
      home ? credentials : strangers(credentials),
      address === url ? account : null,
    )
    entry.sessions.set(address, session)
    return session
  }
}

/** What is given to another server than the one it was given for: no secret. */
function strangers({ headers }: Credentials): Credentials {
  return { ...nobody, headers: headers.filter(([name]) => name.toLowerCase() === 'user-agent') }
}
