import type { Option, Spec } from './spec'
import { specs } from './specs'
import { UsageError } from './usage-error'

/** Scripts that make a shell complete commands, options, folders and files. */

const writers = { bash, zsh, fish } as const

/** @param args the shell's name @throws UsageError */
export function completionFor([shell, ...more]: readonly string[]): string {
  if (shell === undefined || !Object.hasOwn(writers, shell) || more.length > 0) {
    throw new UsageError('completion takes bash, zsh or fish')
  }
  return writers[shell as keyof typeof writers]()
}

const all: readonly Spec[] = Object.values(specs)

/** What a shell offers for the value of an option. */
function kindOf({ type, value }: Option): 'none' | 'folder' | 'file' | 'text' {
  if (type === 'boolean') return 'none'
  return value === 'DIR' ? 'folder' : value === 'FILE' ? 'file' : 'text'
}

function flagsOf(kind: ReturnType<typeof kindOf>): string[] {
  const flags = all.flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, option]) => {
      if (kindOf(option) !== kind) return []
      return [`--${name}`, ...(option.short === undefined ? [] : [`-${option.short}`])]
    }),
  )
  return [...new Set(flags)]
}

function bash(): string {
  const words = all.map(({ name, options, words: more = [], files }) => {
    const flags = [...Object.keys(options).map((option) => `--${option}`), '--help'].join(' ')
    return `    ${name}) flags=${quote(flags)} words=${quote(more.join(' '))} files=${files === true ? 'yes' : ''} ;;`
  })
  return `# longshore: source <(longshore completion bash)
_longshore() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} flags= words= files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote(all.map(({ name }) => name).join(' '))} -- "$cur"))
    return
  fi
  case $prev in
    ${flagsOf('folder').join('|')}) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); return ;;
    ${flagsOf('file').join('|')}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${flagsOf('text').join('|')}) COMPREPLY=(); return ;;
  esac
  case \${COMP_WORDS[1]} in
${words.join('\n')}
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *)
      if [ "$files" ]; then compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      else COMPREPLY=($(compgen -W "$words" -- "$cur")); fi ;;
  esac
}
complete -F _longshore longshore
`
}

function zsh(): string {
  const commands = all.map(({ name, summary }) => quote(`${name}:${summary}`))
  const cases = all.map(({ name, options, words, files }) => {
    const specsOf = Object.entries(options).map(([long, option]) => zshOption(long, option))
    const rest = files === true ? quote('*:file:_files') : words ? quote(`*:word:(${words.join(' ')})`) : ''
    return `    ${name}) _arguments ${[...specsOf, rest].join(' ')} ;;`
  })
  return `#compdef longshore
# longshore: source <(longshore completion zsh), after compinit
_longshore() {
  local -a commands
  commands=(${commands.join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _longshore longshore
`
}

function zshOption(long: string, option: Option): string {
  const { short, multiple, says } = option
  const text = says.replaceAll(/[[\]:\\]/g, '\\$&')
  const action = { none: '', folder: ':folder:_files -/', file: ':file:_files', text: `:${option.value ?? ''}: ` }
  const tail = `[${text}]${action[kindOf(option)]}`
  if (short === undefined) return quote(`${multiple === true ? '*' : ''}--${long}${tail}`)
  return `${quote(`(-${short} --${long})`)}{-${short},--${long}}${quote(tail)}`
}

function fish(): string {
  const lines = all.flatMap(({ name, summary, options, words, files }) => {
    const when = quote(`__fish_seen_subcommand_from ${name}`)
    return [
      `complete -c longshore -n __fish_use_subcommand -f -a ${name} -d ${fishQuote(summary)}`,
      ...(files === true ? [] : [`complete -c longshore -n ${when} -f`]),
      ...(words ? [`complete -c longshore -n ${when} -a ${quote(words.join(' '))}`] : []),
      ...Object.entries(options).map(([long, option]) => {
        const kind = kindOf(option)
        const value = { none: '', folder: " -x -a '(__fish_complete_directories)'", file: ' -r -F', text: ' -x' }[kind]
        const short = option.short === undefined ? '' : ` -s ${option.short}`
        return `complete -c longshore -n ${when}${short} -l ${long}${value} -d ${fishQuote(option.says)}`
      }),
    ]
  })
  return `# longshore: longshore completion fish | source\n${lines.join('\n')}\n`
}

/** For POSIX shells and zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function fishQuote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
