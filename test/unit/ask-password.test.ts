import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { askPassword, Interrupted } from '../../src/main/cli/ask-password'

/** A terminal that remembers whether it shows what is typed. */
function terminal() {
  const input = new PassThrough() as unknown as ReadStream & PassThrough & { modes: boolean[] }
  input.modes = []
  input.isRaw = false
  input.setRawMode = (mode) => {
    input.modes.push(mode)
    return input
  }
  const output = new PassThrough()
  const shown = () => String(output.read() ?? '')
  return { input, output, shown }
}

describe('the question for a password', () => {
  it.each([
    ['p w\r', 'p w'],
    ['ü€𝄞x\u007f\n', 'ü€𝄞'],
    ['abc\u0015d\r', 'd'],
    ['\r', ''],
    ['a\u0001b\rignored', 'ab'],
  ])('%j gives %j, and shows nothing of it', async (typed, expected) => {
    const { input, output, shown } = terminal()
    const answer = askPassword('Password for me: ', input, output)
    input.write(typed)
    expect(await answer).toBe(expected)
    expect(shown()).toBe('Password for me: \n')
    expect(input.modes).toEqual([true, false])
  })

  it.each(['ab\u0003', '\u0004'])('%j interrupts, and leaves the terminal as it was', async (typed) => {
    const { input, output } = terminal()
    const answer = askPassword('? ', input, output)
    input.write(typed)
    await expect(answer).rejects.toThrow(Interrupted)
    expect(input.modes).toEqual([true, false])
  })
})
