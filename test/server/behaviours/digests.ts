import { createDigest } from '../../../src/main/engine/integrity/digest'
import type { ChecksumAlgorithm } from '../../../src/shared/verification'
import type { Body } from '../content'
import { behaviour, setHeader, type Behaviour, type Plan } from '../plan'

export type DigestField =
  | 'repr-digest'
  | 'content-digest'
  | 'digest'
  | 'content-md5'
  | 'x-goog-hash'
  | 'x-amz-checksum-crc64nvme'
  | 'x-amz-checksum-sha256'
  | 'x-oss-hash-crc64ecma'

function hexOf(body: Body, algorithm: ChecksumAlgorithm): string {
  const digest = createDigest(algorithm)
  for (let at = 0; at < body.length;) {
    const piece = body.view(at, 1024 * 1024)
    digest.update(piece)
    at += piece.length
  }
  return digest.hex()
}

function valueOf(field: DigestField, plan: Plan, lie: boolean): string {
  const whole = plan.file.version.content
  const base64 = (algorithm: ChecksumAlgorithm, body: Body = whole) => {
    const bytes = Buffer.from(hexOf(body, algorithm), 'hex')
    if (lie) bytes[0] = ~(bytes[0] ?? 0) & 255
    return bytes.toString('base64')
  }
  switch (field) {
    case 'repr-digest':
      return `sha-256=:${base64('sha-256')}:`
    case 'content-digest':
      return `sha-256=:${base64('sha-256', plan.body)}:` // of this answer alone, as RFC 9530 says
    case 'digest':
      return `SHA-256=${base64('sha-256')},MD5=${base64('md5')}`
    case 'content-md5':
      return base64('md5', plan.body)
    case 'x-goog-hash':
      return `crc32c=${base64('crc32c')},md5=${base64('md5')}`
    case 'x-amz-checksum-crc64nvme':
      return base64('crc64nvme')
    case 'x-amz-checksum-sha256':
      return base64('sha-256')
    case 'x-oss-hash-crc64ecma':
      return (BigInt(`0x${hexOf(whole, 'crc64xz')}`) ^ (lie ? 1n : 0n)).toString()
  }
}

const add = (fields: readonly DigestField[], plan: Plan, lie: boolean) => {
  if (plan.status !== 200 && plan.status !== 206) return
  for (const field of fields) setHeader(plan, field, valueOf(field, plan, lie))
}

/** What the head says about the bytes, truly or not; `corrupt` does not change it. */
export const digests: readonly Behaviour[] = [
  behaviour('digests', (fields, plan) => add(fields, plan, false)),
  behaviour('lyingDigests', (fields, plan) => add(fields, plan, true)),
]
