import { describe, expect, it } from 'vitest'
import { diskFailure, isDiskError, knownDiskErrors } from '../../src/main/engine/files/disk-errors'
import { failure, type DownloadErrorCode } from '../../src/shared/errors'

const coded = (code: string) => Object.assign(new Error(`${code}: about it`), { code })

const causes: [DownloadErrorCode, ...string[]][] = [
  ['NOSPACE', 'ENOSPC', 'EDQUOT'],
  ['FILE_TOO_BIG', 'EFBIG'],
  ['PATH', 'ENOENT', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP', 'ENODEV', 'ESTALE'],
  ['ACCESS', 'EACCES', 'EPERM', 'EROFS'],
]
const rows = causes.flatMap(([cause, ...codes]) => codes.map((code) => [code, cause] as const))

describe('an error of the disk', () => {
  it.each(rows)('%s is %s, and somebody has to act', (code, cause) => {
    expect(diskFailure(coded(code)).error).toMatchObject({ code: cause, retry: 'no', detail: `${code}: about it` })
  })

  it('has a row here for each that the program knows', () => {
    expect(rows.map(([code]) => code).sort()).toEqual([...knownDiskErrors].sort())
  })

  it.each(['EMFILE', 'ENFILE'])('49: %s is worth waiting for', (code) => {
    expect(diskFailure(coded(code)).error).toMatchObject({ code: 'TOO_MANY_FILES', retry: 'later' })
  })

  it.each([[coded('EIO')], [coded('EUNHEARDOF')], [new Error('no code')], ['a text']])(
    'of any other kind is IO',
    (thrown) => {
      expect(diskFailure(thrown).error).toMatchObject({ code: 'IO', retry: 'no' })
    },
  )

  it('keeps what was thrown', () => {
    const error = coded('EIO')
    expect(diskFailure(error).cause).toBe(error)
  })

  it('that is a failure already stays as it is', () => {
    const known = failure('NOSPACE', 'no', 'full')
    expect(diskFailure(known)).toBe(known)
  })
})

it('isDiskError knows one by its code', () => {
  expect(isDiskError(coded('ENOENT'), 'EEXIST', 'ENOENT')).toBe(true)
  expect(isDiskError(coded('ENOENT'), 'EEXIST')).toBe(false)
  for (const thrown of [undefined, null, 'ENOENT', new Error('ENOENT')]) {
    expect(isDiskError(thrown, 'ENOENT')).toBe(false)
  }
})
