import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Content } from '../server/content'
import { escapeXml } from './refusal'

/** What an object of S3 has beside its bytes. */
export interface S3Object {
  readonly content: Content
  /** `x-amz-checksum-…` of the whole or of its parts, told to whom asks for them. */
  readonly checksums?: Readonly<Record<string, string>>
  archived?: 'yes' | 'asked'
}

export interface S3Server {
  readonly endpoint: string
  readonly requests: {
    method: string
    path: string
    headers: IncomingMessage['headers']
    body: string
    status: number
  }[]
  readonly objects: Map<string, S3Object>
  /** Answers the n-th request for an object with this instead; `null` for none. */
  refuse: (nth: number) => S3Refusal | null
  close(): Promise<void>
}

export interface S3Refusal {
  readonly status: number
  readonly code: string
  readonly message?: string
  readonly extra?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const region = 'us-east-1'
const credentials = { accessKeyId: 'AKIA-test', secretAccessKey: 'a secret of tests' }

/**
 * The part of S3 that s3rver lacks: checksums with answers, archives, and refusals as the "List of error codes" has them.
 * Every signature is verified with the AWS SDK's own signer.
 */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, S3Object>()
  const requests: S3Server['requests'] = []
  let nth = 0
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', 'http://s3.test')
    const { method = '', headers } = request
    const record = { method, path: url.pathname, headers, body: Buffer.concat(chunks).toString(), status: 0 }
    requests.push(record)
    response.on('finish', () => (record.status = response.statusCode))
    const refuse = ({ status, code, message = code, extra = {}, headers: more = {} }: S3Refusal) => {
      const fields = { Code: code, Message: message, ...extra, RequestId: '4442587FB7D0A2F9' }
      const inner = Object.entries(fields).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`)
      response.writeHead(status, { 'Content-Type': 'application/xml', ...more })
      response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`)
    }
    if (!(await isSigned(request, url))) return refuse({ status: 403, code: 'SignatureDoesNotMatch' })
    const refusal = server.refuse(++nth)
    if (refusal) return refuse(refusal)
    const object = objects.get(decodeURIComponent(url.pathname).replace(/^\/bucket\//, ''))
    if (!object) return refuse({ status: 404, code: 'NoSuchKey' })
    if (method === 'POST' && url.searchParams.has('restore')) {
      if (object.archived === 'asked') return refuse({ status: 409, code: 'RestoreAlreadyInProgress' })
      if (!/^<RestoreRequest[^>]*><Days>\d+<\/Days>/.test(record.body))
        return refuse({ status: 400, code: 'MalformedXML' })
      object.archived = 'asked'
      return void response.writeHead(202).end()
    }
    if (object.archived) {
      return refuse({ status: 403, code: 'InvalidObjectState', extra: { StorageClass: 'GLACIER' } })
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
    const { content } = object
    const start = Number(range?.[1] ?? 0)
    const end = range?.[2] ? Math.min(Number(range[2]) + 1, content.length) : content.length
    response.writeHead(range ? 206 : 200, {
      ETag: `"${content.digest().slice(0, 32)}-2"`,
      'Content-Length': end - start,
      'Accept-Ranges': 'bytes',
      ...(range ? { 'Content-Range': `bytes ${start}-${end - 1}/${content.length}` } : {}),
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' ? object.checksums : {}),
    })
    response.end(content.bytes(start, end))
  }
  const http = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server: S3Server = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    objects,
    refuse: () => null,
    async close() {
      http.closeAllConnections()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
  return server
}

/** Signs what came once more, and compares. */
async function isSigned(request: IncomingMessage, url: URL): Promise<boolean> {
  const { headers, method = '' } = request
  const authorization = headers.authorization ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const date = String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  // S3 signs all of its own headers; one that was left out would be taken from an attacker.
  if (Object.keys(headers).some((name) => name.startsWith('x-amz-') && !names.includes(name))) return false
  const signer = new SignatureV4({
    credentials,
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: headers.host ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    { signingDate: new Date(date) },
  )
  return (signed.headers['authorization'] ?? '').replaceAll(', ', ',') === authorization
}
