import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'

export class LineTooLong extends Error {}

/**
 * The lines of a socket, one after the other. While one is worked on nothing more is read than what has come already.
 * @param longest characters of a line
 * @throws LineTooLong; what the socket ends with
 */
export async function* linesOf(socket: Socket, longest: number): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8')
  let rest: string[] = []
  let length = 0
  for await (const chunk of socket) {
    const parts = decoder.write(chunk as Buffer).split('\n')
    for (const [index, part] of parts.entries()) {
      length += part.length
      if (length > longest) throw new LineTooLong(`a line of more than ${longest} characters`)
      rest.push(part)
      if (index === parts.length - 1) break
      yield rest.join('')
      rest = []
      length = 0
    }
  }
}

/** @returns the JSON of a line; `undefined` when it is none */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
