import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../src/main/cli/commands'

const parse = (line: string) => parseCommand('queue', line.split('|'), {}).command

describe('longshore queue', () => {
  it('changes only what is named', () => {
    expect(parse('set|night|--slots|3')).toEqual({ kind: 'setQueue', name: 'night', change: { slots: 3 } })
    expect(parse('set|default|--limit|none|--always')).toEqual({
      kind: 'setQueue',
      name: '',
      change: { limit: null, schedule: null },
    })
    expect(parse('add|night')).toEqual({ kind: 'addQueue', name: 'night', change: {} })
  })

  it.each([
    ['set', 'name of a queue'],
    ['set|later', 'what is to be set'],
    ['set|later|--slots|0', '--slots takes'],
    ['set|later|--limit|3', '--limit takes'],
    ['set|later|--always|--at|daily 10:00-11:00', 'not both'],
    ['set|later|--zone|Europe/Paris', '--zone goes with --at'],
    ['set|later|--start-at|2001-01-01 10:00', 'is past'],
    ['set|later|--at|someday', 'times are like'],
    ['add|', '1 to 100 characters'],
    ['set|later|--rename| ', '1 to 100 characters'],
    ['set|later|--all', '--all goes with'],
    ['set|later|--slot|2', 'no option "--slot"; did you mean "--slots"?'],
    ['set|later|--nope', /^no option "--nope"$/],
    ['set|later|--slots', /^Option "--slots <value>" argument missing$/],
    ['set|later|more|--slots|2', 'what is "more" for'],
    ['stop|later|--slots|2', '"queue add" or "queue set"'],
    ['--slots|2', '"queue add" or "queue set"'],
  ])('%s', (line, said) => expect(() => parse(line)).toThrow(said))
})
