import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHostPattern, hostRuleFor, matchesHost, parseHostPattern } from '../../src/shared/host-rules'

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const port = fc.option(fc.integer({ min: 1, max: 65_535 }))
const at = (host: string, on: number | null) => new URL(`http://${host}${on === null ? '' : `:${on}`}/file`)
const rules = (...patterns: string[]) => patterns.map((pattern) => ({ pattern }))

describe('a pattern of hosts', () => {
  it.each([
    ['example.com', 'http://example.com/', true],
    ['example.com', 'https://EXAMPLE.com:8443/', true],
    ['example.com', 'http://example.com./', true],
    ['example.com', 'http://www.example.com/', false],
    ['example.com', 'http://notexample.com/', false],
    ['*.example.com', 'http://a.b.example.com/', true],
    ['*.example.com', 'http://example.com/', false],
    ['*.example.com', 'http://example.com.evil.net/', false],
    ['*.example.com', 'http://badexample.com/', false],
    ['example.com:80', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', true],
    ['example.com:443', 'http://example.com/', false],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]', 'http://[::1]/', true],
    ['127.0.0.1', 'http://127.0.0.1:99/', true],
    ['bücher.de', 'http://xn--bcher-kva.de/', true],
    ['*', 'http://anything/', true],
    ['*:8080', 'http://anything:8081/', false],
  ])('%s for %s: %s', (pattern, url, expected) => {
    expect(matchesHost(parseHostPattern(pattern)!, new URL(url))).toBe(expected)
  })

  it.each([
    '',
    'a b',
    'http://example.com',
    'example.com/path',
    'user@example.com',
    '*.*',
    'a.*.com',
    'x:0',
    'x:99999',
    '*.10.0.0.1',
  ])('is not %j', (text) => expect(parseHostPattern(text)).toBeNull())

  it('has one spelling, which is read as the same pattern', () => {
    fc.assert(
      fc.property(domain, fc.constantFrom('', '*.'), port, (host, prefix, on) => {
        const pattern = parseHostPattern(`${prefix}${host.toUpperCase()}${on === null ? '' : `:${on}`}`)!
        expect(parseHostPattern(formatHostPattern(pattern))).toEqual(pattern)
      }),
    )
  })

  it('matches nothing outside of its domain, and everything below it', () => {
    fc.assert(
      fc.property(domain, domain, port, (wanted, other, on) => {
        const below = parseHostPattern(`*.${wanted}`)!
        expect(matchesHost(below, at(`${other}.${wanted}`, on))).toBe(true)
        expect(matchesHost(below, at(wanted, on))).toBe(false)
        expect(matchesHost(below, at(`x${wanted}`, on))).toBe(false)
        expect(matchesHost(parseHostPattern(wanted)!, at(other, on))).toBe(wanted === other)
      }),
    )
  })
})

describe('the rule of a host', () => {
  it('is the nearest one: host, longer domain, shorter domain, all; with a port first', () => {
    const all = rules(
      '*',
      '*:8443',
      '*.com',
      '*.example.com',
      '*.example.com:8443',
      'a.example.com',
      'a.example.com:8443',
    )
    const order = ['a.example.com:8443', 'a.example.com', '*.example.com:8443', '*.example.com', '*.com', '*:8443', '*']
    for (let n = 0; n < order.length; n++) {
      const left = all.filter(({ pattern }) => order.indexOf(pattern) >= n)
      expect(hostRuleFor(left, new URL('https://a.example.com:8443/'))?.pattern).toBe(order[n])
    }
  })

  it('does not depend on the order of the rules', () => {
    const pattern = fc
      .tuple(fc.constantFrom('', '*.'), fc.constantFrom('com', 'example.com', 'a.example.com', 'b.com'), port)
      .map(([prefix, host, on]) => `${prefix}${host}${on === null ? '' : `:${on}`}`)
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { maxLength: 8 }),
        fc.constantFrom('example.com', 'a.example.com', 'x.b.com'),
        port,
        (list, host, on) => {
          const url = at(host, on)
          const found = hostRuleFor(rules(...list), url)?.pattern ?? null
          expect(hostRuleFor(rules(...list.toReversed()), url)?.pattern ?? null).toBe(found)
          expect(found !== null).toBe(list.some((each) => matchesHost(parseHostPattern(each)!, url)))
        },
      ),
    )
  })
})
