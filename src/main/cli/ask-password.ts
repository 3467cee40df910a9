import type { ReadStream } from 'node:tty'

/** The user pressed Ctrl+C at the question. */
export class Interrupted extends Error {}

/**
 * Asks on the terminal, without showing what is typed.
 * @param input the terminal; left as it was found
 * @param output where the question goes: standard error, so that standard output stays clean
 * @throws Interrupted on Ctrl+C, and on Ctrl+D or the terminal's end
 */
export function askPassword(prompt: string, input: ReadStream, output: NodeJS.WritableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = ''
    const wasRaw = input.isRaw
    const end = (settle: () => void) => {
      input.off('data', onData)
      input.off('end', onEnd)
      input.setRawMode(wasRaw)
      input.pause()
      output.write('\n')
      settle()
    }
    const onEnd = () => end(() => reject(new Interrupted()))
    const onData = (chunk: string) => {
      for (const char of chunk) {
        if (char === '\r' || char === '\n') return end(() => resolve(typed))
        if (char === '\u0003' || char === '\u0004') return onEnd()
        if (char === '\u007f' || char === '\b') typed = [...typed].slice(0, -1).join('')
        else if (char === '\u0015') typed = ''
        else if (char >= ' ') typed += char
      }
    }
    output.write(prompt)
    input.setEncoding('utf8')
    input.setRawMode(true)
    input.on('data', onData)
    input.on('end', onEnd)
    input.resume()
  })
}
