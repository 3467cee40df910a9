import type { Option, Spec } from './spec'
import { specs } from './specs'

/** Columns of a help that is not read on a terminal, and the most that are pleasant to read. */
const usualWidth = 100

/**
 * Everything about one command.
 * @param width columns of the terminal
 */
export function helpOf(spec: Spec, width = usualWidth): string {
  const [first = '', ...more] = spec.forms.map((form) => `longshore ${form}`)
  const parts = [
    [`Usage: ${first}`, ...more.map((form) => `       ${form}`)].join('\n'),
    wrap(spec.about ?? sentence(spec.summary), width).join('\n'),
  ]
  const options = Object.entries(spec.options)
  if (options.length > 0) parts.push(`Options:\n${table(options.map(optionRow), width, 26)}`)
  parts.push(`Examples:\n${table(spec.examples, width, 48)}`)
  parts.push(wrap(`Exit: 0 done, ${spec.exits}.`, width).join('\n'))
  return parts.join('\n\n')
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** All commands, a line each. */
export function overview(width = usualWidth): string {
  const rows = Object.values(specs).map(({ name, summary }) => [name, summary] as const)
  return [
    'Usage: longshore COMMAND [options]',
    `Commands:\n${table(rows, width, 26)}`,
    'longshore COMMAND --help tells all about one, longshore --version the version.',
  ].join('\n\n')
}

function optionRow([name, { short, value, multiple, says }]: readonly [string, Option]): readonly [string, string] {
  const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
  return [flag, multiple === true ? `${says}; repeatable` : says]
}

/** Two columns; what is too long for the first one stands alone. @param most columns of the first */
function table(rows: readonly (readonly [string, string])[], width: number, most: number): string {
  const room = Math.min(most, Math.floor(width / 2), Math.max(...rows.map(([left]) => left.length)))
  const indent = room + 4
  return rows
    .flatMap(([left, right]) => {
      const lines = wrap(right, width - indent)
      const pad = ' '.repeat(indent)
      if (left.length > room) return [`  ${left}`, ...lines.map((line) => `${pad}${line}`)]
      return lines.map((line, at) => (at === 0 ? `  ${left.padEnd(room)}  ${line}` : `${pad}${line}`))
    })
    .join('\n')
}

/** @returns lines that fit */
function wrap(text: string, width: number): string[] {
  const room = Math.max(20, Math.min(usualWidth, width))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
