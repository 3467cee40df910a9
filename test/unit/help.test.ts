import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandNames, isCommand } from '../../src/main/cli/command-names'
import { completionFor } from '../../src/main/cli/completion'
import { helpOf, overview } from '../../src/main/cli/help'
import { nearest } from '../../src/main/cli/nearest'
import { specs } from '../../src/main/cli/specs'

const names = Object.keys(specs)

describe('the help of every command', () => {
  it.each(Object.values(specs))(
    '$name: usage, options, examples, exit codes, and no line that does not fit',
    (spec) => {
      for (const width of [60, 80, 100]) {
        const help = helpOf(spec, width)
        expect(help).toMatch(new RegExp(`^Usage: longshore ${spec.name}`))
        for (const option of Object.keys(spec.options)) expect(help).toContain(`--${option}`)
        expect(help).toContain('Examples:')
        expect(help).toContain('Exit: 0 done')
        // An option is never cut, what it means is wrapped.
        const long = help
          .split('\n')
          .filter((line) => line.length > width && !/^ {2}(longshore|source)|^Usage|^ {7}longshore/.test(line))
        expect(long).toEqual([])
      }
    },
  )

  it('all are in the overview, and nothing else is a command', () => {
    for (const name of [...names, ...commandNames]) expect(overview()).toContain(`\n  ${name} `)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('what somebody may have meant', () => {
  it.each([
    ['lsit', 'list'],
    ['lst', 'list'],
    ['puase', 'pause'],
    ['deamon', 'daemon'],
    ['Remove', 'remove'],
    ['xyzzy', null],
    ['download', null],
  ])('%s: %s', (word, meant) => expect(nearest(word, names)).toBe(meant))

  it('a word that is one is meant', () => {
    fc.assert(fc.property(fc.constantFrom(...names), (name) => nearest(name, names) === name))
  })
})

describe('what makes a start a command', () => {
  it.each(['list', 'lsit', 'help', '--help', '--version'])('%s', (word) => expect(isCommand(word)).toBe(true))
  it.each([undefined, '', 'https://example.com/a', '--hidden', 'a.longshore', '--user-data-dir=/x', '/tmp/a'])(
    'not %s',
    (word) => expect(isCommand(word)).toBe(false),
  )
})

describe('completion', () => {
  /** What bash offers for the last of the words. */
  const complete = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `${completionFor(['bash'])}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _longshore; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        'longshore',
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter((line) => line !== '')

  it.runIf(process.platform === 'linux')('by bash: commands, options, words, folders', () => {
    expect(complete('')).toEqual(names)
    expect(complete('re')).toEqual(['resume', 'remove'])
    expect(complete('list', '--fa')).toEqual(['--failed'])
    expect(complete('slow', '')).toEqual(['on', 'off'])
    expect(complete('get', '--dir', '/us')).toEqual(['/usr'])
    expect(complete('get', '/us')).toEqual(['/usr'])
    expect(complete('get', '--checksum', '')).toEqual([])
  })

  it('for zsh and fish names every option', () => {
    for (const shell of ['zsh', 'fish']) {
      const script = completionFor([shell])
      for (const { options } of Object.values(specs)) {
        for (const option of Object.keys(options)) expect(script).toMatch(new RegExp(`(--|-l )${option}\\b`))
      }
    }
  })

  it('of another shell is refused', () => {
    for (const args of [[], ['tcsh'], ['constructor'], ['bash', 'zsh']]) {
      expect(() => completionFor(args)).toThrow('bash, zsh or fish')
    }
  })
})
