import { createHash } from 'node:crypto'

/** What a test asks of a server, whichever it is. */
export interface Site {
  /** Folder of the files. */
  readonly root: string
  /** Bytes per second and connection. */
  readonly rate?: number
  readonly ranges?: false
  /** Text is compressed for those who want it, from a file beside it where the server can do that, else on the fly. */
  readonly gzip?: true
  /** Only `login` gets in. */
  readonly auth?: 'basic' | 'digest'
  /** With the certificate `good`, and HTTP/2 for those who want it. */
  readonly tls?: true
  /** Requests after which the server closes a connection. */
  readonly requestsPerConnection?: number
  /** More of the server's own configuration. */
  readonly extra?: string
}

export const login = { user: 'me', password: 's3cret:x' } as const
export const realm = 'longshore'

/** The login as a line of a password file (RFC 2307's {SHA}). */
export const loginLine = (): string =>
  `${login.user}:{SHA}${createHash('sha1').update(login.password).digest('base64')}\n`

/** Where things of one server are. */
export interface Place {
  readonly port: number
  /** A folder of its own. */
  readonly scratch: string
  readonly certificate: string
  readonly key: string
}

export interface Kind {
  readonly name: string
  /** Its program. */
  readonly program: string
  /** What Debian calls the packages that it takes. */
  readonly packages: string
  /** File that is there when all that the tests need is installed, beside the program. */
  readonly module?: string
  readonly args: (config: string, scratch: string) => readonly string[]
  /** The text of its configuration; other files go into the place's folder. */
  readonly configure: (site: Site, place: Place) => string
  /** Whether it limits the rate by itself, more or less evenly. */
  readonly limitsRate: boolean
  /** What ends it at once, with everything it started. */
  readonly signal: 'SIGTERM' | 'SIGKILL'
}

/** A line of configuration, when there is something to configure. */
export const when = (value: unknown, line: string): string => (value === undefined ? '' : line)
