import { DownloadFailure, failure, type DownloadErrorCode, type RetryAdvice } from '../../../shared/errors'

/** What Node's and undici's error codes mean to a user. One row per cause; see `test/unit/network-errors.test.ts`. */
const table: Readonly<Record<string, readonly [DownloadErrorCode, RetryAdvice, attempts?: number]>> = {
  // A name server's definite answer. Mostly a name was mistyped, and who typed it waits; yet right after a network has
  // changed an answer may be that of the old one. Four attempts take some three seconds.
  ENOTFOUND: ['DNS', 'later', 4],
  EAI_AGAIN: ['DNS', 'later'],
  EAI_FAIL: ['DNS', 'later'],
  EAI_NODATA: ['DNS', 'later'],
  ECONNREFUSED: ['CONNECT', 'later'],
  EHOSTUNREACH: ['CONNECT', 'later'],
  EHOSTDOWN: ['CONNECT', 'later'],
  ENETUNREACH: ['CONNECT', 'later'],
  ENETDOWN: ['CONNECT', 'later'],
  EADDRNOTAVAIL: ['CONNECT', 'later'],
  ECONNRESET: ['CONNECTION_LOST', 'later'],
  ECONNABORTED: ['CONNECTION_LOST', 'later'],
  EPIPE: ['CONNECTION_LOST', 'later'],
  UND_ERR_SOCKET: ['CONNECTION_LOST', 'later'],
  ETIMEDOUT: ['TIMEOUT', 'later'],
  UND_ERR_CONNECT_TIMEOUT: ['TIMEOUT', 'later'],
  UND_ERR_HEADERS_TIMEOUT: ['TIMEOUT', 'later'],
  UND_ERR_BODY_TIMEOUT: ['TIMEOUT', 'later'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['CONNECTION_LOST', 'later'],
  UND_ERR_HEADERS_OVERFLOW: ['PROTO', 'no'],
  HPE_INVALID_CHUNK_SIZE: ['CONNECTION_LOST', 'later'],
  HPE_INVALID_EOF_STATE: ['CONNECTION_LOST', 'later'],
  HPE_CLOSED_CONNECTION: ['CONNECTION_LOST', 'later'],
  EMFILE: ['TOO_MANY_FILES', 'later'],
  ENFILE: ['TOO_MANY_FILES', 'later'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['TLS', 'no'],
  UNABLE_TO_GET_ISSUER_CERT: ['TLS', 'no'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['TLS', 'no'],
  SELF_SIGNED_CERT_IN_CHAIN: ['TLS', 'no'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['TLS', 'no'],
  CERT_HAS_EXPIRED: ['TLS', 'no'],
  // No authority issues certificates of the future: it is our clock (fault 64).
  CERT_NOT_YET_VALID: ['TLS_CLOCK', 'no'],
  CERT_REVOKED: ['TLS', 'no'],
  CERT_SIGNATURE_FAILURE: ['TLS', 'no'],
  CERT_UNTRUSTED: ['TLS', 'no'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['TLS', 'no'],
  EPROTO: ['TLS', 'no'],
}

/** Every code of the table, for its test. */
export const knownNetworkErrors = Object.keys(table)

/**
 * Turns whatever a socket, TLS or undici threw into a failure with the project's code.
 * A bad chunk is a lost connection (fault 16); every other parser error is a protocol error (fault 22).
 * @param thrown what was caught; a `DownloadFailure` passes through
 */
export function networkFailure(thrown: unknown): DownloadFailure {
  if (thrown instanceof DownloadFailure) return thrown
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    // Happy Eyeballs reports one error per address; the first one speaks for all.
    if (error instanceof AggregateError && error.errors.length > 0) return networkFailure(error.errors[0])
    const code = (error as NodeJS.ErrnoException).code
    const row = code === undefined ? undefined : table[code]
    if (row) {
      const [known, retry, attempts] = row
      const detail = `${code}: ${error.message}`
      return failure(known, retry, detail, { cause: thrown, ...(attempts === undefined ? {} : { attempts }) })
    }
    if (code?.startsWith('ERR_SSL_') || code?.startsWith('ERR_TLS_')) {
      return failure('TLS', 'no', `${code}: ${error.message}`, { cause: thrown })
    }
    // undici gives no code for some parser errors. A broken chunk is a broken connection (fault 16).
    if (error.name === 'HTTPParserError' && /chunk|EOF state/i.test(error.message)) {
      return failure('CONNECTION_LOST', 'later', error.message, { cause: thrown })
    }
    if (error.name === 'HTTPParserError' || code?.startsWith('HPE_')) {
      // Perhaps what the answer before it on that connection had too much (fault 17): another connection is clean.
      const retry = error.message.includes('Expected HTTP/') ? 'later' : 'no'
      return failure('PROTO', retry, `${code ?? 'parser'}: ${error.message}`, { cause: thrown })
    }
  }
  return failure('INTERNAL', 'no', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown), {
    cause: thrown,
  })
}
