import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPrivateAddress, isPrivateHost } from '../../src/main/engine/http/address-class'

const octet = fc.integer({ min: 0, max: 255 })
const v4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'))
const group = fc.integer({ min: 0, max: 0xffff })
const hex = (value: number) => value.toString(16)

/** The same question asked arithmetically. */
function inwardV4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number)
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 169) return b === 254
  if (a === 172) return b >= 16 && b <= 31
  return a === 192 && (b === 168 || (b === 0 && c === 0))
}

function embed(address: string, prefix: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return `${prefix}${hex(a * 256 + b)}:${hex(c * 256 + d)}`
}

describe('an address is private', () => {
  it.each([
    '0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1',
    '172.31.255.255 192.168.0.1 192.0.0.8 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255',
    ':: ::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 64:ff9b:1::1',
    '::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.1.2.3 ::127.0.0.1 64:ff9b::10.0.0.1 2002:a00:1:: 2002:7f00:1::1',
    '::ffff:0:127.0.0.1 0:0:0:0:0:ffff:192.168.1.1',
    'nonsense 1.2.3 example.com 256.1.1.1 [::1]',
  ])('%s', (list) => {
    for (const address of list.split(' ')) expect([address, isPrivateAddress(address)]).toEqual([address, true])
    expect(isPrivateAddress('')).toBe(true)
  })

  it.each([
    '1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.1.1 169.255.1.1',
    '172.15.255.255 172.32.0.0 192.167.1.1 192.169.1.1 192.0.1.1 198.18.0.5 223.255.255.255',
    '2606:4700::1111 2001:db8::1 fbff::1 fe00::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::',
  ])('not: %s', (list) => {
    for (const address of list.split(' ')) expect([address, isPrivateAddress(address)]).toEqual([address, false])
  })

  it('exactly when arithmetic says so, alone and inside IPv6', () => {
    fc.assert(
      fc.property(v4, (address) => {
        const wanted = inwardV4(address)
        expect(isPrivateAddress(address)).toBe(wanted)
        for (const prefix of ['::ffff:', '64:ff9b::', '::ffff:0:']) {
          expect(isPrivateAddress(embed(address, prefix))).toBe(wanted)
        }
        const [high, low] = embed(address, '').split(':')
        expect(isPrivateAddress(`2002:${high}:${low}::1`)).toBe(wanted)
      }),
      { numRuns: 2000 },
    )
  })

  it('the same in every way to write it', () => {
    fc.assert(
      fc.property(fc.tuple(group, group, group, group, group, group, group, group), (groups) => {
        const long = groups.map((each) => hex(each).padStart(4, '0')).join(':')
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1)
        expect(isPrivateAddress(short)).toBe(isPrivateAddress(long))
        expect(isPrivateAddress(`${short.toUpperCase()}%1`)).toBe(isPrivateAddress(long))
      }),
    )
  })
})

describe('a host of an address', () => {
  it.each([
    ['localhost', true],
    ['LOCALHOST.', true],
    ['a.localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['8.8.8.8', false],
    ['localhost.example.com', false],
    ['notlocalhost', false],
  ])('%s: %s', (host, wanted) => expect(isPrivateHost(host)).toBe(wanted))
})
