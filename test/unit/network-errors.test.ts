import { describe, expect, it } from 'vitest'
import { knownNetworkErrors, networkFailure } from '../../src/main/engine/http/network-errors'
import { failure, type DownloadErrorCode, type RetryAdvice } from '../../src/shared/errors'

const coded = (code: string, options?: ErrorOptions) => Object.assign(new Error(`about ${code}`, options), { code })

/** Cause by cause: what it is called, whether another attempt makes sense, and the codes that mean it. */
const causes: [DownloadErrorCode, RetryAdvice, ...string[]][] = [
  ['DNS', 'later', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'],
  ['CONNECT', 'later', 'ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'],
  [
    'CONNECTION_LOST',
    'later',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'UND_ERR_SOCKET',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'HPE_INVALID_CHUNK_SIZE',
    'HPE_INVALID_EOF_STATE',
    'HPE_CLOSED_CONNECTION',
  ],
  ['TIMEOUT', 'later', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
  ['PROTO', 'no', 'UND_ERR_HEADERS_OVERFLOW'],
  ['TOO_MANY_FILES', 'later', 'EMFILE', 'ENFILE'],
  [
    'TLS',
    'no',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'CERT_REVOKED',
    'CERT_SIGNATURE_FAILURE',
    'CERT_UNTRUSTED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'EPROTO',
  ],
  ['TLS_CLOCK', 'no', 'CERT_NOT_YET_VALID'],
]
const rows = causes.flatMap(([cause, retry, ...codes]) => codes.map((code) => [code, cause, retry] as const))

describe('an error of the network', () => {
  it.each(rows)('%s is %s, retry: %s', (code, cause, retry) => {
    const { error } = networkFailure(coded(code))
    expect(error).toMatchObject({ code: cause, retry })
    expect(error.detail).toContain(code)
  })

  it('has a row here for each that the program knows', () => {
    expect(rows.map(([code]) => code).sort()).toEqual([...knownNetworkErrors].sort())
  })

  it('is found in the cause of another error, however deep', () => {
    const deep = new TypeError('fetch failed', { cause: new Error('again', { cause: coded('ENOTFOUND') }) })
    expect(networkFailure(deep).error.code).toBe('DNS')
    expect(networkFailure(deep).cause).toBe(deep)
  })

  it('is the outer one when both are known', () => {
    const outer = coded('UND_ERR_SOCKET', { cause: coded('ENOTFOUND') })
    expect(networkFailure(outer).error.code).toBe('CONNECTION_LOST')
  })

  it('of several addresses is that of the first', () => {
    const all = new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')])
    expect(networkFailure(all).error.code).toBe('CONNECT')
    expect(networkFailure(new Error('connect', { cause: all })).error.code).toBe('CONNECT')
  })

  it('of no address at all is what it says itself', () => {
    expect(networkFailure(Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' })).error.code).toBe('TIMEOUT')
  })

  it.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ERR_TLS_HANDSHAKE_TIMEOUT'])(
    '37: %s is TLS',
    (code) => {
      expect(networkFailure(coded(code)).error).toMatchObject({ code: 'TLS', retry: 'no' })
    },
  )

  it.each(['HPE_INVALID_CONSTANT', 'HPE_UNEXPECTED_CONTENT_LENGTH', 'HPE_INVALID_HEADER_TOKEN'])(
    '19, 22: the parser’s %s is PROTO',
    (code) => {
      expect(networkFailure(coded(code)).error).toMatchObject({ code: 'PROTO', retry: 'no' })
    },
  )

  it('22: an error of the parser without a code is PROTO', () => {
    const error = new Error('Parse Error')
    error.name = 'HTTPParserError'
    expect(networkFailure(error).error).toMatchObject({ code: 'PROTO', retry: 'no' })
  })

  it('that is a failure already stays as it is', () => {
    const known = failure('HTTP_404', 'no', 'gone')
    expect(networkFailure(known)).toBe(known)
  })

  it.each([[new TypeError('x is undefined')], ['a text'], [undefined], [null], [coded('EUNHEARDOF')]])(
    'that nobody knows is a mistake of ours: %s',
    (thrown) => {
      expect(networkFailure(thrown).error).toMatchObject({ code: 'INTERNAL', retry: 'no' })
    },
  )
})
