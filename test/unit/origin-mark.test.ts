import { expect, it } from 'vitest'
import { attributeDump, zoneIdentifier } from '../../src/main/engine/files/origin-mark'

it('Windows: the zone of the internet, with referrer and address', () => {
  expect(zoneIdentifier({ url: 'https://a/b', referrer: 'https://a/' })).toBe(
    '[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://a/\r\nHostUrl=https://a/b\r\n',
  )
  expect(zoneIdentifier({ url: 'https://a/b', referrer: null })).toBe(
    '[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://a/b\r\n',
  )
})

it('Linux: values as Base64, so that none can end its line; names of files escaped', () => {
  expect(attributeDump('/a\\b\nc d', [['user.x', 'y\nz']])).toBe('# file: /a\\134b\\012c d\nuser.x=0seQp6\n')
})
