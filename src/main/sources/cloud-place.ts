import { isIP } from 'node:net'
import { endpointOrigin, regionOf, type Account } from '../../shared/accounts'
import { encodePath } from '../../shared/percent'
import { failure } from '../../shared/errors'

/** Where the requests of an account for one bucket go. */
export interface Place {
  /** `https://bucket.oss-cn-hangzhou.aliyuncs.com` */
  readonly origin: string
  /** What stands before the key in the path: empty, or `/bucket`. */
  readonly prefix: string
  readonly bucket: string
}

/**
 * Finds the servers of a bucket. IP addresses and localhost have no subdomains, so the bucket goes into the path there;
 * so does one with a dot in its name on S3, whose certificates cover one label.
 * @throws DownloadFailure CLOUD_REGION when neither region nor endpoint are known
 */
export function placeOf(account: Account, bucket: string): Place {
  const domain = account.kind === 'oss' ? endpointOrigin(account.domain) : null
  if (domain) return { origin: domain.origin, prefix: '', bucket }
  const endpoint = endpointOf(account)
  const { hostname } = endpoint
  const alone = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || hostname === 'localhost'
  const inPath = account.pathStyle || alone || (account.kind === 's3' && bucket.includes('.'))
  return inPath
    ? { origin: endpoint.origin, prefix: `/${bucket}`, bucket }
    : { origin: `${endpoint.protocol}//${bucket}.${endpoint.host}`, prefix: '', bucket }
}

/** @throws DownloadFailure CLOUD_REGION */
export function endpointOf(account: Account): URL {
  const given = endpointOrigin(account.endpoint)
  if (given) {
    const open = /^(oss-(?!accelerate)[a-z0-9-]+?)\.aliyuncs\.com$/.exec(given.hostname)?.[1]
    if (account.internal && open !== undefined && !open.endsWith('-internal')) {
      given.hostname = `${open}-internal.aliyuncs.com`
    }
    return given
  }
  const region = regionOf(account)
  if (account.kind === 'oss') {
    if (region === '') throw failure('CLOUD_REGION', 'no', 'neither region nor endpoint of OSS is known')
    return new URL(`https://oss-${region}${account.internal ? '-internal' : ''}.aliyuncs.com`)
  }
  const suffix = region.startsWith('cn-') ? '.cn' : ''
  return new URL(`https://s3.${region === '' ? 'us-east-1' : region}.amazonaws.com${suffix}`)
}

/** @param key not encoded */
export function objectUrl({ origin, prefix }: Place, key: string): URL {
  return new URL(`${origin}${prefix}/${encodePath(key)}`)
}
