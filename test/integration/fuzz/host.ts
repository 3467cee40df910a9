import { Content, on, type Behaviours, type RequestRecord, type TestFile, type TestServer } from '../../server'
import type { FileOptions, Version } from '../../server/file'
import { answer, isByHand } from './answers'
import { behaviours, fits } from './behaviours'
import type { Event, Happening, Trouble } from './program'

export interface HostOptions {
  readonly server: TestServer
  readonly file: FileOptions
  readonly troubles: readonly Trouble[]
  /** Changes that begin with a request are taken out of it when they happen. */
  readonly events: Event[]
  /** Gets every length or total that a server says and that is not the true one. */
  readonly lied: Set<number>
}

/** One server of a program: its file, its troubles, and everything that it ever had as a whole. */
export class Host {
  readonly file: TestFile
  readonly versions: Version[] = []
  readonly #events: Event[]
  readonly #troubles: readonly Trouble[]
  readonly #replica: Version

  constructor({ server, file, troubles, events, lied }: HostOptions) {
    this.file = server.file('/file.bin', file)
    this.versions.push(this.file.version)
    this.#events = events
    this.#troubles = troubles
    const replica = troubles.find((trouble) => trouble.kind === 'replica')
    this.#replica = {
      content: new Content(Math.max(0, file.size + (replica?.grow ?? 0)), 99),
      tag: 'replica',
      lastModified: new Date(Date.UTC(2026, 0, 10, 9, 8, 7)),
    }
    if (replica) this.versions.push(this.#replica)
    this.file.set(behaviours(troubles, { total: () => this.file.size, lied: (bytes) => void lied.add(bytes) }))
    this.#hook()
  }

  change({ grow, keepValidators }: Extract<Happening, { kind: 'change' }>): void {
    const seed = this.versions.length + 10
    this.file.change({ seed, size: Math.max(0, this.file.size + grow), keepValidators })
    this.versions.push(this.file.version)
  }

  /** From now on it is honest, and has what it has now. */
  heal(): void {
    const names = Object.keys(this.file.options) as (keyof Behaviours)[]
    this.file.release()
    this.file.unset(...names)
  }

  /**
   * Looks at every request before the server does: a change at the k-th request is there for that very answer, and
   * answers by hand are put into the place of garbage.
   */
  #hook(): void {
    const byHand = this.#troubles.flatMap((trouble) => (isByHand(trouble) ? [trouble] : []))
    const look = (request: RequestRecord): boolean => {
      for (const event of this.#events) {
        if (event.what.kind !== 'change' || !('request' in event.at) || event.at.request !== request.nth) continue
        this.#events.splice(this.#events.indexOf(event), 1)
        this.change(event.what)
        break
      }
      for (const kind of byHand) {
        if (!fits(kind.where, request)) continue
        const bytes = answer(kind, request, this.file.version, this.#replica)
        if (bytes) garbage.unshift(on((other: RequestRecord) => other === request, bytes))
        break
      }
      return false
    }
    const given = this.file.options as Record<string, readonly unknown[] | undefined>
    // Never empty: an empty list would be a value, and no list of rules.
    const garbage: unknown[] = [...(given['notHttp'] ?? []), on(() => false, '')]
    this.file.set({
      refuse: [on(look, 'rst'), ...(given['refuse'] ?? [])],
      ...(byHand.length > 0 ? { notHttp: garbage } : {}),
    } as object)
  }
}
