import type { RequestRecord } from '../../server'
import type { Version } from '../../server/file'
import type { Kind } from './program'

/** What stands behind the end of a range and is none of the file's: it differs from every content at most places. */
const filler = (bytes: number) => Buffer.alloc(bytes, '!')

export type ByHand = Extract<
  Kind,
  { kind: 'otherRange' | 'overlong' | 'short' | 'truncatedChunk' | 'replica' | 'terse' | 'labelledMultipart' }
>

export function isByHand(kind: Kind): kind is ByHand {
  return ['otherRange', 'overlong', 'short', 'truncatedChunk', 'replica', 'terse', 'labelledMultipart'].includes(
    kind.kind,
  )
}

type Fields = readonly (readonly [name: string, value: string])[]

function message(status: number, fields: Fields, body: Buffer, framing: 'length' | 'chunked' | 'close'): Buffer {
  const length: Fields =
    framing === 'length'
      ? [['Content-Length', String(body.length)]]
      : framing === 'chunked'
        ? [['Transfer-Encoding', 'chunked']]
        : []
  const head = [['Date', new Date().toUTCString()], ['Connection', 'close'], ...fields, ...length]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  const chunk = Buffer.from(`${body.length.toString(16)}\r\n`)
  const end = Buffer.from(body.length > 0 ? '\r\n0\r\n\r\n' : '\r\n')
  const framed = framing === 'chunked' ? [chunk, body, end] : [body]
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} By hand\r\n${head}\r\n`), ...framed])
}

/**
 * The bytes of an answer that test/server has no option for.
 * @param current what the file is now
 * @param other another version, which a replica has
 * @returns `null` when the request asks for nothing that such an answer would be possible for
 */
export function answer(kind: ByHand, request: RequestRecord, current: Version, other: Version): Buffer | null {
  const version = kind.kind === 'replica' ? other : current
  const { content } = version
  const validators = fields(version)
  const asked = request.range
  if (asked === null || asked.start >= content.length) return null
  const end = Math.min(asked.end ?? content.length, content.length)
  if (end <= asked.start) return null
  const label = (from: number, to: number): Fields => [['Content-Range', `bytes ${from}-${to - 1}/${content.length}`]]
  const cutAt = (share: number) => asked.start + Math.ceil(((end - asked.start) * share) / 1000)

  switch (kind.kind) {
    case 'otherRange': {
      const start = Math.floor((content.length * kind.share) / 1000)
      if (start >= content.length) return null
      const until = Math.min(content.length, start + (end - asked.start))
      return message(206, [...validators, ...label(start, until)], content.bytes(start, until), 'length')
    }
    case 'overlong': {
      const until = Math.max(asked.start + 1, cutAt(kind.share))
      const body = Buffer.concat([content.bytes(asked.start, until), filler(kind.extra)])
      return message(206, [...validators, ...label(asked.start, until)], body, kind.framing)
    }
    case 'short': {
      const body = content.bytes(asked.start, Math.min(end, cutAt(kind.share)))
      return message(206, [...validators, ...label(asked.start, end)], body, 'length')
    }
    case 'truncatedChunk': {
      const whole = message(
        206,
        [...validators, ...label(asked.start, end)],
        content.bytes(asked.start, end),
        'chunked',
      )
      // Without the end of the chunk and the last chunk, and without what is cut off.
      return whole.subarray(0, whole.length - '\r\n0\r\n\r\n'.length - (end - Math.min(end, cutAt(kind.share))))
    }
    case 'replica': {
      const own = kind.validators === 'both' ? validators : validators.filter(([name]) => name !== 'ETag')
      return message(206, [...own, ...label(asked.start, end)], content.bytes(asked.start, end), 'length')
    }
    case 'terse': {
      const own = validators.filter(([name]) => kind.tag || name !== 'ETag')
      const ifRange = request.headers['if-range']
      if (ifRange !== undefined && !own.some(([, value]) => value === ifRange)) {
        return message(200, own, content.bytes(), 'length')
      }
      const probe = asked.start === 0 && asked.end === null
      const told = probe ? own : own.filter(([name]) => name === 'ETag')
      return message(206, [...told, ...label(asked.start, end)], content.bytes(asked.start, end), 'length')
    }
    case 'labelledMultipart': {
      const range = label(asked.start, end)
      const part = `--frontier\r\nContent-Range: ${range[0]?.[1] ?? ''}\r\n\r\n`
      const body = Buffer.concat([
        Buffer.from(part),
        content.bytes(asked.start, end),
        Buffer.from('\r\n--frontier--\r\n'),
      ])
      const type: Fields = [['Content-Type', 'multipart/byteranges; boundary=frontier']]
      return message(206, [...validators, ...range, ...type], body, 'length')
    }
  }
}

function fields({ tag, lastModified }: Version): Fields {
  return [
    ['ETag', `"${tag}"`],
    ['Last-Modified', lastModified.toUTCString()],
  ]
}
