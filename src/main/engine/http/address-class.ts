import { BlockList, isIP } from 'node:net'

/**
 * Addresses that lead back into this computer or its own networks (IANA special-purpose registries, RFC 6890). Left out
 * on purpose: 198.18.0.0/15 (benchmarks), which many tunnels give to every public name, and the documentation networks,
 * which lead nowhere.
 */
const inward = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8], // this network, RFC 1122 §3.2.1.3: 0.0.0.0 reaches this computer
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // behind a carrier's NAT, RFC 6598
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, RFC 3927; cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments, RFC 6890
  ['192.168.0.0', 16], // private
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const) {
  inward.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['::', 127], // unspecified and loopback
  ['64:ff9b:1::', 48], // local translation, RFC 8215
  ['fc00::', 7], // unique local, RFC 4193
  ['fe80::', 10], // link-local, RFC 4291 §2.5.6
  ['fec0::', 10], // site-local, RFC 3879
  ['ff00::', 8], // multicast
] as const) {
  inward.addSubnet(network, bits, 'ipv6')
}

/** IPv6 networks that carry an IPv4 address, and the 16-bit group where it begins. */
const carriers = [
  ['::', 96, 6], // compatible, RFC 4291 §2.5.5.1
  ['::ffff:0:0', 96, 6], // mapped, RFC 4291 §2.5.5.2
  ['::ffff:0:0:0', 96, 6], // translated, RFC 2765
  ['64:ff9b::', 96, 6], // NAT64, RFC 6052
  ['2002::', 16, 1], // 6to4, RFC 3056
] as const

const carrierLists = carriers.map(([network, bits, at]) => {
  const list = new BlockList()
  list.addSubnet(network, bits, 'ipv6')
  return { list, at }
})

/**
 * Whether an address belongs to this computer or to a network around it, so that no public host may send us there
 * (fault 74). An IPv4 address inside an IPv6 one counts as itself.
 * @param address an IP address, with or without a zone; anything else counts as private: it cannot be judged
 */
export function isPrivateAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  const version = isIP(plain)
  if (version === 4) return inward.check(plain, 'ipv4')
  if (version !== 6) return true
  if (inward.check(plain, 'ipv6')) return true
  const groups = groupsOf(plain)
  return carrierLists.some(({ list, at }) => {
    if (!list.check(plain, 'ipv6')) return false
    const [high = 0, low = 0] = groups.slice(at)
    return inward.check(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, 'ipv4')
  })
}

/** The eight 16-bit groups of an IPv6 address; the URL parser writes every form of it in one way. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)))
  if (tail === undefined) return read(head)
  const [before, after] = [read(head), read(tail)]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/**
 * Whether a host as a URL has it can be told to be private without looking it up: an address, or a name that always
 * means this computer (RFC 6761 §6.3).
 */
export function isPrivateHost(host: string, isPrivate: (address: string) => boolean = isPrivateAddress): boolean {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  if (isIP(name) !== 0) return isPrivate(name)
  return name === 'localhost' || name.endsWith('.localhost')
}
