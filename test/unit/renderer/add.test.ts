import { describe, expect, it } from 'vitest'
import { check, emptyFields, noProblems, result, toInput, withError } from '../../../src/renderer/add/form'
import {
  checksumProblem,
  connectionsProblem,
  headersProblem,
  nameProblem,
  urlProblem,
} from '../../../src/renderer/add/validate'
import type { RequestError } from '../../../src/shared/errors'
import { lines, looksLikeUrls } from '../../../src/shared/links'

const GOOD = 'https://example.org/a.zip'

describe('addresses', () => {
  it('are one a line, without what surrounds them', () => {
    expect(lines('  https://a/1 \r\n\n\thttps://a/2\n')).toEqual(['https://a/1', 'https://a/2'])
  })

  it.each([GOOD, 'http://[::1]:8080/x', 'https://例え.jp/ファイル', 'HTTPS://EXAMPLE.ORG'])('%s is fine', (line) =>
    expect(urlProblem(line)).toBeNull(),
  )

  it.each(['example.org/a.zip', 'https://', 'file:///etc/passwd', 'javascript:alert(1)', 'data:,x', 'ftp://a/b', 'hi'])(
    '%s is not',
    (line) => expect(urlProblem(line)).not.toBeNull(),
  )

  it('names the scheme that cannot be used', () => expect(urlProblem('ftp://a/b')).toContain('ftp'))

  it('are recognised in pasted text only when there is nothing else', () => {
    expect(looksLikeUrls(`${GOOD}\n${GOOD}\n`)).toBe(true)
    expect(looksLikeUrls(`see ${GOOD}`)).toBe(false)
    expect(looksLikeUrls('  \n')).toBe(false)
  })
})

describe('other fields', () => {
  it.each(['', 'a.zip', '名前.pdf', '.hidden'])('name %j is fine', (name) => expect(nameProblem(name)).toBeNull())
  it.each(['.', '..', 'a/b', 'a\\b', 'a\0'])('name %j is not', (name) => expect(nameProblem(name)).not.toBeNull())

  it.each(['1', '256', ' 8 '])('%j connections are fine', (text) => expect(connectionsProblem(text)).toBeNull())
  it.each(['', '0', '257', '-1', '1.5', '1e2', 'x'])('%j connections are not', (text) =>
    expect(connectionsProblem(text)).not.toBeNull(),
  )

  it('wants headers as lines, and says which line is wrong', () => {
    expect(headersProblem('Referer: https://a/\n\nX-Empty:\nCookie: a=b; c=d\r\n')).toBeNull()
    expect(headersProblem('A: 1\nno colon')).toContain('2')
    expect(headersProblem('Bad Name: 1')).not.toBeNull()
    expect(headersProblem('A: 1\u0001')).not.toBeNull()
  })

  it('knows checksums by their length', () => {
    const sha256 = 'ab'.repeat(32)
    expect(checksumProblem('', 5)).toBeNull()
    expect(checksumProblem(`SHA-256=${sha256.toUpperCase()}`, 1)).toBeNull()
    expect(checksumProblem(sha256, 1)).toBeNull()
    expect(checksumProblem(sha256, 2)).not.toBeNull()
    expect(checksumProblem('sha-256=abcd', 1)).toContain('64')
    expect(checksumProblem('abcd', 1)).not.toBeNull()
    expect(checksumProblem('sha-3=ab', 1)).not.toBeNull()
    expect(checksumProblem('constructor=ab', 1)).not.toBeNull()
    expect(checksumProblem('sha-256=xyz', 1)).not.toBeNull()
  })
})

describe('the form', () => {
  it('finds everything at once', () => {
    const fields = { ...emptyFields('nonsense'), name: '..', connections: '0', headers: 'x', checksum: 'y' }
    const problems = check(fields, null)
    expect(problems.lines).toHaveLength(1)
    expect(Object.keys(problems.fields).sort()).toEqual(['checksum', 'connections', 'folder', 'headers', 'name'])
  })

  it('names every mirror that is none', () => {
    const mirrors = `${GOOD}\n\nnonsense\nftp://a/b\nhttps://me:pw@a/b`
    const { mirrors: found } = check({ ...emptyFields(GOOD), mirrors }, 't')
    expect(found.map((each) => each.line)).toEqual(['nonsense', 'ftp://a/b', 'https://me:pw@a/b'])
    expect(check({ ...emptyFields(`${GOOD}\n${GOOD}`), mirrors: GOOD }, 't').mirrors).toHaveLength(1)
    expect(check({ ...emptyFields(GOOD), mirrors: GOOD }, 't')).toEqual(noProblems)
    expect(toInput({ ...emptyFields(GOOD), mirrors: ` ${GOOD} \n` }, 't').mirrors).toEqual([GOOD])
  })

  it('takes the setting for connections that nobody touched', () => {
    expect(toInput(emptyFields(GOOD), 't').connections).toBeNull()
    expect(toInput({ ...emptyFields(GOOD), connections: '4' }, 't').connections).toBe(4)
  })

  it('leaves the name to the servers when there are several addresses', () => {
    const fields = { ...emptyFields(`${GOOD}\n${GOOD}`), name: '..' }
    expect(check(fields, 't')).toEqual(noProblems)
    expect(toInput(fields, 't')).toMatchObject({ urls: [GOOD, GOOD], name: null })
    expect(toInput({ ...emptyFields(GOOD), name: ' a ' }, 't').name).toBe('a')
    expect(toInput({ ...emptyFields(GOOD), cookies: 'a=1\tb' }, 't').cookies).toBe('a=1\tb')
    expect(toInput({ ...emptyFields(GOOD), name: '  ' }, 't').name).toBeNull()
  })

  it('sends every address that a range stands for, and counts them first', () => {
    const fields = { ...emptyFields('https://a/[08-10].jpg\nhttps://b/x'), checksum: 'ab'.repeat(32) }
    expect(toInput(fields, 't').urls).toEqual([
      'https://a/08.jpg',
      'https://a/09.jpg',
      'https://a/10.jpg',
      'https://b/x',
    ])
    expect(check(fields, 't').fields).toHaveProperty('checksum')
    expect(toInput({ ...fields, ranges: false }, 't').urls).toEqual(['https://a/[08-10].jpg', 'https://b/x'])
    expect(check(emptyFields('https://a/[1-99999999]'), 't').lines).toHaveLength(1)
    expect(check(emptyFields('https://img[1-3].example/x'), 't')).toEqual(noProblems)
    expect(check(emptyFields('[1-3]'), 't').lines).toHaveLength(1)
  })

  it('keeps the lines that could not be added, each with its reason', () => {
    const error: RequestError = { code: 'E_URL', field: 'urls', detail: '' }
    const { added, failed, urls, problems } = result([
      { url: 'https://a/1', id: 1 },
      { url: 'https://a/2', error },
      { url: 'https://a/3', id: 2 },
      { url: 'https://a/4', error: { code: 'E_ENGINE', detail: '' } },
    ])
    expect({ added, failed, urls }).toEqual({ added: 2, failed: 2, urls: 'https://a/2\nhttps://a/4' })
    expect(problems.lines.map((each) => each.line)).toEqual(['https://a/2', 'https://a/4'])
  })

  it('puts an error of the main process where it belongs', () => {
    expect(withError(noProblems, { code: 'E_HEADER', field: 'headers', detail: '' }).fields).toHaveProperty('headers')
    expect(withError(noProblems, { code: 'E_URL', field: 'urls', detail: '' }).lines).toHaveLength(1)
    expect(withError(noProblems, { code: 'E_MIRROR', field: 'mirrors', detail: '' }).mirrors).toHaveLength(1)
    expect(withError(noProblems, { code: 'E_ENGINE', detail: '' })).toMatchObject({ lines: [], fields: {} })
    expect(withError(noProblems, { code: 'E_ENGINE', detail: '' }).form).toContain('not running')
  })
})
