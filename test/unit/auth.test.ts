import { describe, expect, it } from 'vitest'
import {
  basicAuthorization,
  chooseScheme,
  digestAuthorization,
  type DigestScheme,
} from '../../src/main/engine/session/auth'
import { parseChallenges } from '../../src/main/engine/session/auth-challenge'
import { SessionAuth } from '../../src/main/engine/session/session-auth'

const parsed = (value: string | readonly string[]) =>
  parseChallenges(value).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])

describe('WWW-Authenticate (RFC 9110 §11.6.1)', () => {
  it('holds several challenges on one line, and on several', () => {
    const line = 'Newauth realm="apps", type=1,\ttitle="Login to \\"apps\\"", Basic realm="simple"'
    const both = [
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ['basic', { realm: 'simple' }],
    ]
    expect(parsed(line)).toEqual(both)
    expect(parsed(line.split(/, (?=Basic)/))).toEqual(both)
  })

  it.each([
    ['Negotiate', [['negotiate', {}]]],
    [
      'Negotiate, Basic realm=x',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate oYGIMIGFoAMKAQA=, Basic realm="x"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    [
      ' ,, Basic realm = "a, Digest b=c" ,, charset = "UTF-8" ,',
      [['basic', { realm: 'a, Digest b=c', charset: 'UTF-8' }]],
    ],
    ['BASIC REALM="X"', [['basic', { realm: 'X' }]]],
    ['Basic realm="\xc3\xa4"', [['basic', { realm: '\xc3\xa4' }]]],
    ['Digest qop="auth,auth-int", realm=""', [['digest', { qop: 'auth,auth-int', realm: '' }]]],
    ['', []],
  ])('%s', (value, expected) => expect(parsed(value)).toEqual(expected))

  it.each([
    ['an open quote', 'Basic realm="a'],
    ['a parameter twice', 'Basic realm="a", realm="b"'],
    ['a parameter without a value', 'Basic a=1, realm='],
    ['something else than a scheme', '="x"'],
  ])('with %s is not believed', (_, value) => expect(chooseScheme(value)).toBeNull())

  it('a malformed line does not hide a good one', () =>
    expect(chooseScheme(['Digest realm="a', 'Basic realm="b"'])).toEqual({ kind: 'basic', realm: 'b' }))
})

describe('the choice', () => {
  const digest = (algorithm: string) =>
    `Digest realm="r", nonce="n", qop="auth"${algorithm && `, algorithm=${algorithm}`}`
  const chosen = (value: string | string[]) => {
    const scheme = chooseScheme(value)
    return scheme?.kind === 'digest' ? scheme.algorithm : scheme?.kind
  }

  it('is the strongest, whatever comes first', () => {
    const all = ['Basic realm="r"', digest('MD5'), digest('SHA-256'), digest('SHA-512-256')]
    expect(chosen(all)).toBe('sha512-256')
    expect(chosen(all.slice(0, 3))).toBe('sha256')
    expect(chosen(all.slice(0, 2))).toBe('md5')
    expect(chosen(all.slice(0, 1))).toBe('basic')
    expect(chosen([digest('SHA-256'), digest('MD5')].join(', '))).toBe('sha256')
  })

  it('knows the algorithms in any case, MD5 when none is named, and -sess', () => {
    expect(chosen(digest(''))).toBe('md5')
    expect(chooseScheme(digest('sha-256-SESS'))).toMatchObject({ algorithm: 'sha256', session: true })
  })

  it.each([digest('SHA-1'), digest('token'), 'Digest nonce="n"', 'Digest realm="r"', 'Bearer realm="r"', 'NTLM'])(
    'does not pretend to know %s',
    (value) => {
      expect(chosen(value)).toBeUndefined()
      expect(chosen([value, 'Basic realm="r"'])).toBe('basic')
    },
  )

  it('takes auth before auth-int, auth-int when there is nothing else, and no qop as RFC 2069 does', () => {
    expect(chooseScheme('Digest realm="r", nonce="n", qop="auth-int, auth"')).toMatchObject({ qop: 'auth' })
    expect(chooseScheme('Digest realm="r", nonce="n", qop="auth-int"')).toMatchObject({ qop: 'auth-int' })
    expect(chooseScheme('Digest realm="r", nonce="n"')).toMatchObject({ qop: null })
    expect(chooseScheme('Digest realm="r", nonce="n", qop="other"')).toBeNull()
  })
})

const scheme = (value: string): DigestScheme => {
  const found = chooseScheme(value)
  if (found?.kind !== 'digest') throw new Error('no digest')
  return found
}
const field = (header: string, name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1]

describe('Digest', () => {
  const mufasa = { user: 'Mufasa', password: 'Circle of Life' }
  const request = {
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  }
  const challenge = (algorithm: string) =>
    'Digest realm="http-auth@example.org", qop="auth, auth-int", ' +
    `algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('RFC 7616 §3.9.1: %s', (algorithm, response) => {
    expect(digestAuthorization(scheme(challenge(algorithm)), mufasa, request)).toBe(
      'Digest username="Mufasa", realm="http-auth@example.org", ' +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", ' +
        `response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, ` +
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    )
  })

  // The values printed in the RFC come from a draft of SHA-512/256; these are erratum 4897's.
  const doe = { user: 'Jäsøn Doe', password: 'Secret, or not?' }
  const doeRequest = { ...request, uri: '/doe.json', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' }
  const doeChallenge =
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, ' +
    'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", ' +
    'charset=UTF-8, userhash='

  it('RFC 7616 §3.9.2: SHA-512-256, UTF-8, userhash', () => {
    const header = digestAuthorization(scheme(`${doeChallenge}true`), doe, doeRequest)
    expect(field(header, 'username')).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b')
    expect(field(header, 'response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
    expect(header).toMatch(/, userhash=true$/)
    expect(header).not.toContain('Doe')
  })

  it('RFC 7616 §3.9.2: without userhash the name goes as username*; composed and decomposed letters are the same', () => {
    for (const user of [doe.user, doe.user.normalize('NFD')]) {
      const header = digestAuthorization(scheme(`${doeChallenge}false`), { ...doe, user }, doeRequest)
      expect(header).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,")
      expect(field(header, 'response')).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5')
    }
  })

  it('RFC 2617 §3.5', () => {
    const header = digestAuthorization(
      scheme(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      ),
      { user: 'Mufasa', password: 'Circle Of Life' },
      { method: 'GET', uri: '/dir/index.html', count: 1, cnonce: '0a4f113b' },
    )
    expect(field(header, 'response')).toBe('6629fae49393a05397450978507c4ef1')
    expect(header).not.toContain('algorithm')
  })

  it('RFC 2069: without qop neither count nor cnonce', () => {
    const header = digestAuthorization(
      scheme('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'),
      {
        user: 'Mufasa',
        password: 'CircleOfLife',
      },
      { ...request },
    )
    // RFC 2069's own example has a wrong value (erratum 749); this one is the erratum's.
    expect(field(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(header).not.toMatch(/nc=|cnonce|qop/)
  })

  it('-sess takes nonce and cnonce into A1 (RFC 7616 §3.4.2)', () => {
    const header = digestAuthorization(scheme(challenge('MD5-sess')), mufasa, request)
    // printf by md5sum: H(H(user:realm:pass):nonce:cnonce) and so on
    expect(field(header, 'response')).toBe('e783283f46242139c486a698fec7211d')
    expect(header).toContain('algorithm=MD5-sess')
  })

  it('escapes what a quoted string cannot hold', () => {
    const header = digestAuthorization(
      scheme('Digest realm="a\\"b\\\\c", nonce="n"'),
      { user: 'x"y', password: '' },
      request,
    )
    expect(header).toContain('username="x\\"y", realm="a\\"b\\\\c"')
  })
})

describe('Basic (RFC 7617)', () => {
  it('is UTF-8', () => {
    expect(basicAuthorization({ user: 'Aladdin', password: 'open sesame' })).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
    expect(basicAuthorization({ user: 'test', password: '123£' })).toBe('Basic dGVzdDoxMjPCow==') // §2.1
    expect(basicAuthorization({ user: 'a', password: 'b:c' })).toBe('Basic YTpiOmM=')
  })

  it('has no way to say a name with a colon', () =>
    expect(basicAuthorization({ user: 'a:b', password: 'c' })).toBeNull())
})

describe('the login of a download', () => {
  const login = { user: 'me', password: 'pw' }
  const http = new URL('http://h/f')
  const basic = 'Basic realm="r"'
  const digest = (nonce: string, more = '') =>
    `Digest realm="r", nonce="${nonce}", qop="auth", algorithm=SHA-256${more}`
  const nc = (header: string | null) => [field(header ?? '', 'nonce'), field(header ?? '', 'nc')]

  it('sends nothing before it is asked, and remembers how afterwards', () => {
    const auth = new SessionAuth(login)
    const first = auth.visit(http)
    expect(first.authorization()).toBeNull()
    expect(first.again(401, basic)).toBe(true)
    expect(first.authorization()).toMatch(/^Basic /)
    expect(first.again(200, undefined)).toBe(false)
    expect(auth.visit(http).authorization()).toMatch(/^Basic /)
  })

  it('gives up when the password is wrong, and begins without it the next time', () => {
    for (const challenge of [() => basic, (n: number) => digest(`n${n}`)]) {
      const auth = new SessionAuth(login)
      const visit = auth.visit(http)
      expect(visit.again(401, challenge(1))).toBe(true)
      visit.authorization()
      expect(visit.again(401, challenge(2))).toBe(false)
      expect(auth.visit(http).authorization()).toBeNull()
    }
  })

  it('counts every use of a nonce once, over all connections', () => {
    const auth = new SessionAuth(login)
    const [one, two] = [auth.visit(http), auth.visit(http)]
    one.again(401, digest('a'))
    two.again(401, digest('a'))
    expect([one, two, auth.visit(http)].map((visit) => nc(visit.authorization()))).toEqual([
      ['a', '00000001'],
      ['a', '00000002'],
      ['a', '00000003'],
    ])
  })

  it('takes a new nonce for a stale one, again and again, but not for ever', () => {
    const visit = new SessionAuth(login).visit(http)
    visit.again(401, digest('n0'))
    for (let n = 1; n <= 4; n++) {
      visit.authorization()
      expect(visit.again(401, digest(`n${n}`, ', stale=TRUE'))).toBe(true)
      expect(nc(visit.authorization())).toEqual([`n${n}`, '00000001'])
    }
    expect(visit.again(401, digest('n5', ', stale=true'))).toBe(false)
  })

  it('does not believe "stale" about the nonce that the server gives again', () => {
    const visit = new SessionAuth(login).visit(http)
    visit.again(401, digest('n0'))
    visit.authorization()
    expect(visit.again(401, digest('n0', ', stale=true'))).toBe(false)
  })

  it('asks once more when a nonce that worked is refused without a word', () => {
    const auth = new SessionAuth(login)
    const first = auth.visit(http)
    first.again(401, digest('a'))
    first.again(206, undefined)
    const later = auth.visit(http)
    later.authorization()
    expect(later.again(401, digest('b'))).toBe(true)
    expect(nc(later.authorization())).toEqual(['b', '00000001'])
    expect(later.again(401, digest('c'))).toBe(false)
  })

  it('logs in to another realm of the same server', () => {
    const visit = new SessionAuth(login).visit(http)
    visit.again(401, 'Basic realm="a"')
    visit.authorization()
    expect(visit.again(401, 'Basic realm="b"')).toBe(true)
  })

  it('never gives the password itself to a server that took a digest before', () => {
    const auth = new SessionAuth(login)
    auth.visit(http).again(401, [digest('a'), basic])
    const later = auth.visit(http)
    expect(later.authorization()).toMatch(/^Digest /)
    expect(later.again(401, basic)).toBe(false)
    expect(auth.visit(http).again(401, basic)).toBe(false)
  })

  it.each([403, 404])('tries Basic unasked on %i, over TLS only, and once', (status) => {
    expect(new SessionAuth(login).visit(http).again(status, undefined)).toBe(false)
    const auth = new SessionAuth(login)
    const visit = auth.visit(new URL('https://h/f'))
    expect(visit.again(status, undefined)).toBe(true)
    expect(visit.authorization()).toMatch(/^Basic /)
    expect(visit.again(status, undefined)).toBe(false)
    expect(auth.visit(http).authorization()).toBeNull()
  })
})
