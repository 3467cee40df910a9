import type { ServerResponse } from 'node:http'

/** An answer with OSS's error document. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  /** Further elements, such as the right `Endpoint`. */
  readonly extra: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, extra: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.extra = extra
  }

  /** Sends it; to HEAD, whose answers have no body, in the header `x-oss-err`. */
  send(method: string, response: ServerResponse, requestId: string, headers: Record<string, string> = {}): void {
    const fields = {
      Code: this.code,
      Message: this.message,
      RequestId: requestId,
      HostId: 'bucket.oss-test',
      EC: '0000-00000000',
      ...this.extra,
    }
    const inner = Object.entries(fields).map(([name, text]) => `  <${name}>${escapeXml(text)}</${name}>\n`)
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${inner.join('')}</Error>\n`
    if (method === 'HEAD') {
      response.writeHead(this.status, { ...headers, 'x-oss-err': Buffer.from(body).toString('base64') }).end()
    } else {
      response.writeHead(this.status, { ...headers, 'Content-Type': 'application/xml' }).end(body)
    }
  }
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
