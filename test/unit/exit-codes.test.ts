import { describe, expect, it } from 'vitest'
import { exitCode, exitCodes } from '../../src/main/cli/exit-codes'
import { downloadErrorCodes, type DownloadErrorCode } from '../../src/shared/errors'

/** The public contract: 3 network, 4 HTTP status, 5 TLS, 6 disk, 7 changed/range/protocol, 8 verification, 9 conflict. */
const contract: Partial<Record<DownloadErrorCode, number>> = {
  INTERNAL: 1,
  DNS: 3,
  CONNECT: 3,
  CONNECTION_LOST: 3,
  TIMEOUT: 3,
  RETRY_LATER: 4,
  CREDENTIALS: 4,
  HEADERS_LOST: 4,
  TLS: 5,
  NOSPACE: 6,
  IO: 6,
  PATH: 6,
  ACCESS: 6,
  FILE_TOO_BIG: 6,
  TOO_MANY_FILES: 6,
  RENAME: 6,
  PROTO: 7,
  RANGE: 7,
  ENCODING: 7,
  CHANGED: 7,
  SIZE: 7,
  REDIRECTS: 7,
  SCHEME: 7,
  DOWNGRADE: 7,
  HASH: 8,
  CONFLICT: 9,
  LOCKED: 9,
}

describe('the exit code', () => {
  it.each(Object.entries(contract))('of %s is %i', (code, exit) => {
    expect(exitCode(code as DownloadErrorCode)).toBe(exit)
  })

  it.each(downloadErrorCodes)('of %s is one of the contract’s', (code) => {
    expect([1, 3, 4, 5, 6, 7, 8, 9]).toContain(exitCode(code))
  })

  it('of INTERNAL alone is 1: every cause that is known has one of its own', () => {
    expect(downloadErrorCodes.filter((code) => exitCode(code) === exitCodes.internal)).toEqual(['INTERNAL'])
  })

  it.each([200, 301, 401, 404, 416, 429, 500, 503, 999])('of HTTP_%i is 4', (status) => {
    expect(exitCode(`HTTP_${status}`)).toBe(4)
  })

  it('of what is not a failure is fixed, too', () => {
    expect(exitCodes).toMatchObject({ done: 0, internal: 1, usage: 2, conflict: 9, paused: 130 })
  })
})
