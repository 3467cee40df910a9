/** Commands for the running program. */
export const commandNames = ['add', 'list', 'show', 'pause', 'resume', 'remove', 'limit', 'slow', 'queue'] as const
export type CommandName = (typeof commandNames)[number]

export function isCommandName(word: string | undefined): word is CommandName {
  return (commandNames as readonly (string | undefined)[]).includes(word)
}

/**
 * Whether the first argument makes a start of the program a command, and not its window. Every plain word does: nobody
 * who mistypes a command wants a window.
 */
export function isCommand(word: string | undefined): boolean {
  return word !== undefined && /^([a-z]+|--help|-h|--version)$/.test(word)
}
