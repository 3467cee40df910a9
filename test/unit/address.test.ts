import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/main/sources/address'
import { RequestFailure } from '../../src/shared/errors'

function refusal(text: string) {
  try {
    parseAddress(text)
    return null
  } catch (error) {
    if (error instanceof RequestFailure) return error.error
    throw error
  }
}

describe('an address', () => {
  it.each([
    ['https://example.com/a.iso', 'https://example.com/a.iso'],
    ['  https://example.com/a.iso\n', 'https://example.com/a.iso'],
    ['HTTP://EXAMPLE.com:80', 'http://example.com/'],
    ['https://example.com:8443/a?b=c&d', 'https://example.com:8443/a?b=c&d'],
    ['https://example.com/a#part', 'https://example.com/a'],
    ['https://example.com/ü b', 'https://example.com/%C3%BC%20b'],
    ['https://[::1]:8080/', 'https://[::1]:8080/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('%j is %j', (text, url) => {
    expect(parseAddress(text)).toEqual({ url, user: '', password: '' })
  })

  it.each([
    ['https://me:secret@example.com/', 'me', 'secret'],
    ['https://me@example.com/', 'me', ''],
    ['https://:secret@example.com/', '', 'secret'],
    ['https://m%40e:s%3Acret%2F@example.com/', 'm@e', 's:cret/'],
    ['https://100%:50%zz@example.com/', '100%', '50%zz'],
    ['https://%C3%BC:%E2%82%AC@example.com/', 'ü', '€'],
  ])('%j: user name and password are taken out', (text, user, password) => {
    expect(parseAddress(text)).toEqual({ url: 'https://example.com/', user, password })
  })

  it.each(['', 'example.com/a.iso', '/a.iso', 'https://', 'http://exa mple.com/', 'https://example.com:99999/', '::'])(
    '%j is none',
    (text) => {
      expect(refusal(text)).toMatchObject({ code: 'E_URL', field: 'urls' })
    },
  )

  it.each(['ftp://example.com/a', 'file:///etc/passwd', 'data:text/plain,x', 'javascript:alert(1)', 'magnet:?xt=urn'])(
    '71: %j is of a kind that cannot be downloaded',
    (text) => {
      expect(refusal(text)).toMatchObject({ code: 'E_SCHEME', field: 'urls' })
    },
  )

  it('that cannot be read is told without its password', () => {
    expect(refusal('https://me:s3cret@exa mple.com/')?.detail).not.toContain('s3cret')
  })

  it('never keeps user name, password or fragment, whatever is typed', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab@:/?#%\\ ü[]'), maxLength: 12 })
    fc.assert(
      fc.property(part, part, (userinfo, rest) => {
        const text = `https://${userinfo}@example.com/${rest}`
        if (refusal(text)) return
        const { url } = parseAddress(text)
        const again = new URL(url)
        expect([again.username, again.password, again.hash]).toEqual(['', '', ''])
        expect(parseAddress(url)).toEqual({ url, user: '', password: '' })
      }),
    )
  })
})
