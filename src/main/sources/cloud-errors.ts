import type { CloudKind } from '../../shared/cloud-address'
import { failure, type DownloadErrorCode, type DownloadFailure } from '../../shared/errors'
import type { Visit } from '../engine/ports'
import { childText, readXml } from './xml'

type Headers = Parameters<Visit['answered']>[1]

/** What OSS and S3 say of a refusal: `<Error><Code><Message><RequestId><HostId><EC>`. */
export interface StoreError {
  readonly code: string
  readonly message: string
  readonly requestId: string
  /** OSS's number of the very cause; empty when there is none. */
  readonly ec: string
  /** The endpoint or region that would be right, as far as the answer tells. */
  readonly right: string | null
}

/**
 * Reads a refusal: its body, or for want of one (HEAD) the header `x-oss-err`, base64 of the same.
 * @returns `null` when it is not one of these
 */
export async function readStoreError(headers: Headers, body: Buffer): Promise<StoreError | null> {
  const inHeader = one(headers['x-oss-err'])
  const text = body.length > 0 ? body.toString('utf8') : Buffer.from(inHeader ?? '', 'base64').toString('utf8')
  const root = text === '' ? null : await readXml(text)
  const code = root?.name === 'Error' ? childText(root, 'Code') : null
  if (root === null || code === null) return null
  return {
    code,
    message: childText(root, 'Message') ?? '',
    requestId: childText(root, 'RequestId') ?? one(headers['x-oss-request-id']) ?? '',
    ec: childText(root, 'EC') ?? '',
    right: childText(root, 'Endpoint') ?? childText(root, 'Region') ?? one(headers['x-amz-bucket-region']),
  }
}

const meanings: Readonly<Record<string, DownloadErrorCode>> = {
  NoSuchKey: 'CLOUD_NO_OBJECT',
  NoSuchVersion: 'CLOUD_NO_OBJECT',
  NoSuchBucket: 'CLOUD_NO_BUCKET',
  AccessDenied: 'CLOUD_DENIED',
  SignatureDoesNotMatch: 'CLOUD_SIGNATURE',
  InvalidAccessKeyId: 'CLOUD_KEY_ID',
  InvalidAccessKey: 'CLOUD_KEY_ID',
  InvalidObjectState: 'CLOUD_ARCHIVED',
  SecurityTokenExpired: 'CLOUD_TOKEN',
  InvalidSecurityToken: 'CLOUD_TOKEN',
  ExpiredToken: 'CLOUD_TOKEN',
  InvalidToken: 'CLOUD_TOKEN',
  TokenRefreshRequired: 'CLOUD_TOKEN',
  RequestTimeTooSkewed: 'CLOUD_CLOCK',
  PermanentRedirect: 'CLOUD_REGION',
  TemporaryRedirect: 'CLOUD_REGION',
  IllegalLocationConstraintException: 'CLOUD_REGION',
  AuthorizationHeaderMalformed: 'CLOUD_REGION',
}

/** Too many requests or too much at a time: SlowDown, QpsLimitExceeded, DownloadTrafficRateLimitExceeded … */
const busy = new Set([429, 503])

/**
 * What a refusal means to the user.
 * @param status of the answer
 * @returns `null` where the status says all there is to say: 412 is judged as a change, other 5xx wait for another try
 */
export function meaning(error: StoreError, status: number, kind: CloudKind): DownloadFailure | null {
  if ((status >= 500 && !busy.has(status)) || status === 412) return null
  const detail = [
    `${kind} ${status} ${error.code}`,
    error.message,
    error.right ?? '',
    error.ec && `EC ${error.ec}`,
    error.requestId,
  ]
    .filter((part) => part !== '')
    .join('; ')
  if (busy.has(status)) return failure('CLOUD_BUSY', 'later', detail)
  const code = codeOf(error)
  if (code === null) return null
  if (code === 'CLOUD_REGION' && error.right !== null) {
    return failure('CLOUD_PLACE', 'no', detail, { about: error.right })
  }
  return failure(code, 'no', detail)
}

function codeOf({ code, message, right }: StoreError): DownloadErrorCode | null {
  // A presigned link whose time is over is "denied" as well.
  if (code === 'AccessDenied' && /expired/i.test(message)) return 'CLOUD_LINK'
  // A bucket asked for at the endpoint of another region: OSS denies, and names the right one.
  if (code === 'AccessDenied' && (right !== null || /specified endpoint/i.test(message))) return 'CLOUD_REGION'
  if (/signing region/i.test(message)) return 'CLOUD_REGION'
  return meanings[code] ?? null
}

export function one(value: Headers[string]): string | null {
  if (value === undefined) return null
  return (typeof value === 'string' ? value : value[0]) ?? null
}
