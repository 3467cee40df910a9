import { describe, expect, it } from 'vitest'
import { netrcLogin, NetrcError, parseNetrc } from '../../src/main/engine/session/netrc'

const one = (text: string) => parseNetrc(text).map(({ host, login, password }) => [host, login, password])

describe('.netrc', () => {
  it('holds machines on one line or several, in any order of words', () => {
    const text =
      'machine A.example login me password pw account x\n\nmachine b.example\r\n\tpassword p2\r\n\tlogin you\ndefault login anonymous password guest\n'
    expect(one(text)).toEqual([
      ['a.example', 'me', 'pw'],
      ['b.example', 'you', 'p2'],
      [null, 'anonymous', 'guest'],
    ])
  })

  it('has comments, but a password may begin with #', () => {
    const text = '# machine x login y\n#\nmachine a # the main one\n  login me #comment\n  password #pw#\n'
    expect(one(text)).toEqual([['a', 'me', '#pw#']])
  })

  it('takes quoted words as curl does', () =>
    expect(one('machine a login "my name" password "p\\"w\\\\ \\t\\x"')).toEqual([['a', 'my name', 'p"w\\ \tx']]))

  it('skips macros up to an empty line', () => {
    const text =
      'machine a login me password pw\nmacdef init\nmachine evil login x password y\nquit\n\nmachine b login c\n'
    expect(one(text)).toEqual([
      ['a', 'me', 'pw'],
      ['b', 'c', null],
    ])
    expect(one('macdef init\nmachine evil login x')).toEqual([])
  })

  it.each([
    ['machine a\nlogin me s3cret', 'line 2'],
    ['machine a login me password', 'without a value'],
    ['machine', 'without a value'],
    ['\n\nlogin me', 'line 3'],
    ['machine a password "s3cret', 'quote'],
    ['machine a password "s3cret\n"', 'quote'],
  ])('%j is refused, without repeating a word that may be a password', (text, what) => {
    expect(() => parseNetrc(text)).toThrow(NetrcError)
    expect(() => parseNetrc(text)).toThrow(what)
    expect(() => parseNetrc(text)).not.toThrow('s3cret')
  })
})

describe('who to be at a host', () => {
  const entries = parseNetrc(
    'default login anyone password d\nmachine a.example login me password 1\nmachine a.example login you password 2\n' +
      'machine ::1 password only\nmachine empty.example',
  )
  it.each([
    ['a.example', null, { user: 'me', password: '1' }],
    ['A.Example', null, { user: 'me', password: '1' }],
    ['a.example', 'you', { user: 'you', password: '2' }],
    ['a.example', 'they', null],
    ['www.a.example', null, { user: 'anyone', password: 'd' }],
    ['www.a.example', 'me', null],
    ['a.example.evil', 'me', null],
    ['[::1]', null, { user: '', password: 'only' }],
    ['[::1]', 'me', { user: 'me', password: 'only' }],
    ['empty.example', null, null],
  ])('%s for %s', (host, user, expected) => expect(netrcLogin(entries, host, user)).toEqual(expected))

  it('is nobody where only other machines are named', () =>
    expect(netrcLogin(parseNetrc('machine a login b password c'), 'sub.a', null)).toBeNull())
})
