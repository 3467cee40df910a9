/**
 * An entry that starts the program, as the desktop entry specification 1.5 wants it: in `Exec` every argument is quoted
 * and ", `, $ and \ inside are escaped, once for the argument and once for the string that the line is.
 */
export function desktopEntry(command: readonly string[]): string {
  const quote = (argument: string) =>
    `"${argument.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`.replaceAll('\\', '\\\\')
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Longshore',
    `Exec=${command.map(quote).join(' ')}`,
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}
