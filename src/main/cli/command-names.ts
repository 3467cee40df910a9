/** Commands for the running program. */
export const commandNames = ['add', 'list', 'pause', 'resume', 'remove', 'limit', 'slow', 'queue'] as const
export type CommandName = (typeof commandNames)[number]

export function isCommandName(word: string | undefined): word is CommandName {
  return (commandNames as readonly (string | undefined)[]).includes(word)
}

/** Whether a word makes a start of the program a command, and not its window. */
export function isCommand(word: string | undefined): boolean {
  return ['get', 'import', 'export', 'daemon'].includes(word ?? '') || isCommandName(word)
}
