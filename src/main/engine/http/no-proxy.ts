import { BlockList, isIP } from 'node:net'
import { noProxyEntries } from '../../../shared/proxy'

/**
 * Which addresses are asked without the proxy. There is no standard; this is what curl, wget and Go agree on:
 *
 * - `*` means every host;
 * - `example.com`, `.example.com` and `*.example.com` mean the domain and everything below it;
 * - `example.com:8443`, `10.0.0.1:80`, `[::1]:80` mean that port only;
 * - `10.0.0.1`, `::1`, `10.0.0.0/8`, `fd00::/8` mean addresses. A host name is not looked up for them.
 *
 * @param list entries apart by commas or space; what is none matches nothing
 */
export function createNoProxy(list: string): (url: URL) => boolean {
  const rules = noProxyEntries(list).map(ruleFor)
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
    return rules.some((rule) => rule(host, port))
  }
}

type Rule = (host: string, port: string) => boolean

function ruleFor(entry: string): Rule {
  if (entry === '*') return () => true
  const network = networkFor(entry)
  if (network) return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
  const [, bracketed, name = bracketed, only] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  if (name === undefined) return () => false
  const address = networkFor(name)
  const samePort = (port: string) => only === undefined || only === port
  if (address) return (host, port) => samePort(port) && networkFor(host) !== null && sameAddress(address, host)
  const domain = name
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .toLowerCase()
  if (domain === '') return () => false
  return (host, port) => samePort(port) && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)))
}

function sameAddress(address: BlockList, host: string): boolean {
  return address.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

/** An address or a network as a list of one; `null` when the entry is neither. */
function networkFor(entry: string): BlockList | null {
  const [address = '', bits, ...more] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return null
  const widest = version === 6 ? 128 : 32
  const prefix = bits === undefined ? widest : /^\d+$/.test(bits) ? Number(bits) : NaN
  if (!(prefix >= 0 && prefix <= widest)) return null
  const list = new BlockList()
  list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4')
  return list
}
