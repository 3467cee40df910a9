import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { RequestFailure } from '../../../shared/errors'
import type { FinalAction } from '../../../shared/when-done'

type SystemAction = Exclude<FinalAction, 'quit'>
type Command = readonly [file: string, ...args: string[]]

/**
 * What puts a computer to sleep or turns it off, as its user may: systemd's logind asks polkit, macOS's System Events ends
 * programs as the menu does. Windows has no command for sleep: `SetSuspendState` of powrprof.dll takes no arguments from
 * rundll32, and hibernates where that is on; .NET calls it as it is meant.
 */
const commands: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<SystemAction, Command>>>>> = {
  linux: { sleep: ['systemctl', 'suspend'], shutdown: ['systemctl', 'poweroff'] },
  darwin: {
    sleep: ['pmset', 'sleepnow'],
    shutdown: ['osascript', '-e', 'tell application "System Events" to shut down'],
  },
  win32: {
    sleep: [
      'powershell.exe',
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      "Add-Type -AssemblyName System.Windows.Forms; [System.Windows.Forms.Application]::SetSuspendState('Suspend', $false, $false)",
    ],
    shutdown: ['shutdown.exe', '/s', '/t', '0'],
  },
}

/** @throws RequestFailure E_POWER when the system has no such command */
export function systemCommand(action: SystemAction, platform: NodeJS.Platform): Command {
  const command = commands[platform]?.[action]
  if (!command) throw new RequestFailure({ code: 'E_POWER', detail: `no command for ${action} on ${platform}` })
  return command
}

/** @throws RequestFailure E_POWER when the system refuses, or has no such command */
export async function runSystem(action: SystemAction): Promise<void> {
  const command = systemCommand(action, process.platform)
  const [file, ...args] = command
  try {
    await promisify(execFile)(file, args, { timeout: 30_000, windowsHide: true })
  } catch (error) {
    throw new RequestFailure({ code: 'E_POWER', detail: String(error) })
  }
}
