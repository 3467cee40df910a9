/** Causes for which a download stops. One code is one cause; two causes never share a code. */
export const downloadErrorCodes = [
  /** This computer has no network; a reason to wait, never to fail. */
  'OFFLINE',
  /** A web page came instead of the file: perhaps of a network that wants a login; a reason to wait, never to fail. */
  'PORTAL',
  'DNS',
  'CONNECT',
  'CONNECTION_LOST',
  'TIMEOUT',
  'TLS',
  /** A certificate that this computer's clock makes invalid. */
  'TLS_CLOCK',
  'PROXY',
  'PROXY_AUTH',
  'PROTO',
  'RANGE',
  'ENCODING',
  'CHANGED',
  /** Beginning again would throw away so much that the user is asked first. */
  'CHANGED_LARGE',
  /** A mirror that has another file than the one that was begun. */
  'OTHER_FILE',
  'SIZE',
  'REDIRECTS',
  'SCHEME',
  'DOWNGRADE',
  'PRIVATE_ADDR',
  'RETRY_LATER',
  'NOSPACE',
  'IO',
  'PATH',
  'ACCESS',
  'FILE_TOO_BIG',
  'TOO_MANY_FILES',
  'RENAME',
  'HASH',
  /** A partial file that was to be taken over is not one of this download. */
  'ADOPT',
  'CONFLICT',
  'LOCKED',
  'CREDENTIALS',
  /** The headers or cookies that a download was given were not kept. */
  'HEADERS_LOST',
  /** A cloud account that is gone, or whose secret was not kept. */
  'CLOUD_ACCOUNT',
  'CLOUD_KEY_ID',
  'CLOUD_SIGNATURE',
  /** Temporary keys that have run out. */
  'CLOUD_TOKEN',
  'CLOUD_DENIED',
  'CLOUD_CLOCK',
  /** Another region, which was not named. */
  'CLOUD_REGION',
  /** Another region or endpoint, which is named in `about`. */
  'CLOUD_PLACE',
  'CLOUD_NO_BUCKET',
  'CLOUD_NO_OBJECT',
  'CLOUD_ARCHIVED',
  /** An archived object that is being thawed; a reason to wait, never to fail. */
  'CLOUD_RESTORING',
  /** More requests or bytes at a time than the store gives. */
  'CLOUD_BUSY',
  /** A presigned link whose time is over. */
  'CLOUD_LINK',
  'INTERNAL',
] as const

export type DownloadErrorCode = (typeof downloadErrorCodes)[number] | `HTTP_${number}`

/**
 * What the scheduler may do about an error: `no` – the user has to act; `later` – the same request may work after a
 * pause; `restart` – only a new generation from byte 0 can work.
 */
export type RetryAdvice = 'no' | 'later' | 'restart'

export interface DownloadError {
  readonly code: DownloadErrorCode
  readonly retry: RetryAdvice
  /** Least time to wait before the next request, in ms, when the server named one. */
  readonly retryAfter?: number
  /** Attempts that are worth it, where that is fewer than usual. */
  readonly attempts?: number
  /** A web page came where the file was. */
  readonly page?: boolean
  /** What the text of the code names, such as the right endpoint. */
  readonly about?: string
  /** Technical detail for the log and the details view; never holds credentials. */
  readonly detail: string
}

/** The one exception type that the engine's parts throw for a cause that the user can be told. */
export class DownloadFailure extends Error {
  readonly error: DownloadError
  constructor(error: DownloadError, options?: ErrorOptions) {
    super(`${error.code}: ${error.detail}`, options)
    this.name = 'DownloadFailure'
    this.error = error
  }
}

/** Shorthand for `new DownloadFailure`; `retryAfter` is in ms. */
export function failure(
  code: DownloadErrorCode,
  retry: RetryAdvice,
  detail: string,
  { cause, ...extra }: { retryAfter?: number; attempts?: number; page?: boolean; about?: string; cause?: unknown } = {},
): DownloadFailure {
  return new DownloadFailure({ code, retry, detail, ...extra }, cause === undefined ? undefined : { cause })
}

/** Problems with what somebody asked for, found at the boundary where it entered; nothing was changed. */
export const requestErrorCodes = [
  'E_IPC', // a message that the contract does not allow
  'E_URL', // not an address
  'E_PREFIX', // a folder of a cloud store, where one object was meant
  'E_SCHEME', // an address of a kind that cannot be downloaded
  'E_FOLDER', // a folder that was not chosen in a dialog, or that cannot be written
  'E_NAME', // not a file name
  'E_HEADER', // not a `Name: value` line, or a header that the program sets itself
  'E_COOKIES', // neither `name=value` pairs nor a cookie file
  'E_CHECKSUM', // not `algorithm=hex`
  'E_CONNECTIONS', // out of range
  'E_PROXY', // not a proxy's address, or not a list of hosts
  'E_RULE', // a per-host rule that cannot work as it was filled in
  'E_ACCOUNT', // a cloud account that cannot work as it was filled in
  'E_SETTINGS', // a file that holds no settings, or that cannot be written
  'E_CERTIFICATE', // a file without a certificate in it
  'E_CLIENT_CERTIFICATE', // a file without a usable client certificate, or another password
  'E_NOT_FOUND', // no such download
  'E_ZONE', // no time zone of that name
  'E_QUEUE', // no such queue, or the default one where another is meant
  'E_LIST', // a file that holds no list of downloads, or that cannot be written
  'E_POWER', // the system did not go to sleep or turn itself off
  'E_LINK', // a new link that does not lead to the same file
  'E_MIRROR', // a mirror with a login of its own, or for several downloads at a time
  'E_STATE', // the download is not in a state that allows this
  'E_CHANGED', // the server has another file now
  'E_REPAIR', // the bytes that are wrong cannot be got
  'E_FILE_MISSING', // the completed file is not there any more
  'E_STOPPED', // a check, an export or an import that the user ended
  'E_DOCUMENT', // not a Metalink document, or one without anything that can be downloaded
  'E_BUNDLE', // a bundle that is none, or was cut or altered
  'E_BUNDLE_VERSION', // a bundle of a newer version
  'E_CARRY', // a download that could not go on elsewhere
  'E_SPACE', // no room for an export or an import
  'E_DISK', // a file of an export or an import that cannot be read or written
  'E_OPEN', // the system could not open the file or folder
  'E_DB_VERSION', // the database was written by a newer version
  'E_DB_DAMAGED', // the database cannot be read
  'E_ENGINE', // the engine's thread is not running
  'E_RUNNING', // another program has the list of downloads open
] as const

export type RequestErrorCode = (typeof requestErrorCodes)[number]

export interface RequestError {
  readonly code: RequestErrorCode
  /** The form field that the problem belongs to, when there is one. */
  readonly field?:
    | 'urls'
    | 'mirrors'
    | 'folder'
    | 'name'
    | 'connections'
    | 'headers'
    | 'cookies'
    | 'user'
    | 'password'
    | 'checksum'
    | 'proxy'
    | 'noProxy'
    | 'partSize'
    | 'threshold'
    | 'limit'
    | 'pattern'
    | 'keyId'
    | 'secret'
    | 'region'
    | 'endpoint'
    | 'domain'
    | 'passphrase'
  readonly detail: string
}

export class RequestFailure extends Error {
  readonly error: RequestError
  constructor(error: RequestError) {
    super(`${error.code}: ${error.detail}`)
    this.name = 'RequestFailure'
    this.error = error
  }
}
