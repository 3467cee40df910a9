/** How a command line falls into words: of a POSIX shell (with bash's `$'…'`), and of cmd.exe. */

/** `null` when a quotation mark is missing; a command after `;`, `&`, `|` or a line break is another list. */
export type Commands = readonly (readonly string[])[] | null

export function shellWords(text: string): Commands {
  return /\^\r?\n|\^"|^\s*curl\.exe\b/.test(text) ? cmdWords(text) : bashWords(text)
}

const ansi: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const ansiCode = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|([0-7]{1,3}))/i

export function bashWords(text: string): Commands {
  const commands: string[][] = [[]]
  let word: string | null = null
  let at = 0
  const endWord = () => {
    if (word !== null) commands.at(-1)?.push(word)
    word = null
  }
  while (at < text.length) {
    const char = text[at] ?? ''
    if (char === '\\') {
      const line = /^\\\r?\n/.exec(text.slice(at, at + 3))
      if (line === null) word = (word ?? '') + (text[at + 1] ?? '')
      at += line?.[0].length ?? 2
    } else if (char === "'" || (char === '$' && text[at + 1] === "'") || char === '"') {
      const quoted =
        char === '"' ? doubleQuoted(text, at + 1) : char === '$' ? dollarQuoted(text, at + 2) : plain(text, at + 1)
      if (quoted === null) return null
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (/[;&|\n]/.test(char)) {
      endWord()
      commands.push([])
      at++
    } else if (/\s/.test(char)) {
      endWord()
      at++
    } else {
      word = (word ?? '') + char
      at++
    }
  }
  endWord()
  return commands.filter((command) => command.length > 0)
}

interface Quoted {
  readonly text: string
  /** Behind the closing mark. */
  readonly end: number
}

function plain(text: string, from: number): Quoted | null {
  const end = text.indexOf("'", from)
  return end === -1 ? null : { text: text.slice(from, end), end: end + 1 }
}

function doubleQuoted(text: string, from: number): Quoted | null {
  let out = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') return { text: out, end: at + 1 }
    const next = text[at + 1] ?? ''
    if (char !== '\\') out += char
    else if (next === '\n') at++
    else if ('$`"\\'.includes(next)) out += text[++at] ?? ''
    else out += char
  }
  return null
}

function dollarQuoted(text: string, from: number): Quoted | null {
  let out = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === "'") return { text: out, end: at + 1 }
    if (char !== '\\') {
      out += char
      continue
    }
    const rest = text.slice(at + 1, at + 10)
    const code = ansiCode.exec(rest)
    if (code !== null) {
      const [whole, hex, short, long, octal] = code
      const value = octal === undefined ? parseInt(hex ?? short ?? long ?? '', 16) : parseInt(octal, 8)
      out += value <= 0x10ffff ? String.fromCodePoint(value) : ''
      at += whole.length
    } else {
      out += ansi[rest[0] ?? ''] ?? rest[0] ?? ''
      at++
    }
  }
  return null
}

/** cmd.exe takes its carets away first; then the C runtime of the program divides what is left. */
export function cmdWords(text: string): Commands {
  let line = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') quoted = !quoted
    if (char === '^' && !quoted) {
      const end = /^\r?\n/.exec(text.slice(at + 1, at + 3))
      // A caret at the end joins the lines, and what begins the next one has lost its meaning: a second line break too.
      at += end === null ? 1 : end[0].length + 1
      const literal = text[at] ?? ''
      line += literal === '\n' || literal === '\r' ? '\0' : literal
      if (literal === '\r' && text[at + 1] === '\n') at++
    } else line += char
  }
  return runtimeWords(line)
}

function runtimeWords(line: string): Commands {
  const commands: string[][] = [[]]
  let word: string | null = null
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (char === '\\') {
      const slashes = /^\\+/.exec(line.slice(at))?.[0].length ?? 0
      const mark = line[at + slashes] === '"'
      word = (word ?? '') + '\\'.repeat(mark ? Math.floor(slashes / 2) : slashes)
      at += slashes - 1
      if (mark && slashes % 2 === 1) {
        word += '"'
        at++
      }
    } else if (char === '"') {
      word ??= ''
      if (quoted && line[at + 1] === '"') {
        word += '"'
        at++
      } else quoted = !quoted
    } else if (!quoted && /[\s&|]/.test(char)) {
      if (word !== null) commands.at(-1)?.push(word)
      word = null
      if (/[&|\n]/.test(char)) commands.push([])
    } else word = (word ?? '') + (char === '\0' ? '\n' : char)
  }
  if (quoted) return null
  if (word !== null) commands.at(-1)?.push(word)
  return commands.filter((command) => command.length > 0)
}
