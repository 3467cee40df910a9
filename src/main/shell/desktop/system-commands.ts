import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { RequestFailure } from '../../../shared/errors'
import type { FinalAction } from '../../../shared/when-done'

type SystemAction = Exclude<FinalAction, 'quit'>
type Command = readonly [file: string, ...args: string[]]

/**
 * What puts a computer to sleep or turns it off, as its user may: systemd's logind asks polkit, macOS's System Events ends
 * programs as the menu does, Windows's own tools.
 */
const commands: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<SystemAction, Command>>>>> = {
  linux: { sleep: ['systemctl', 'suspend'], shutdown: ['systemctl', 'poweroff'] },
  darwin: {
    sleep: ['pmset', 'sleepnow'],
    shutdown: ['osascript', '-e', 'tell application "System Events" to shut down'],
  },
  win32: {
    sleep: ['rundll32.exe', 'powrprof.dll,SetSuspendState', '0,1,0'],
    shutdown: ['shutdown.exe', '/s', '/t', '0'],
  },
}

/** @throws RequestFailure E_POWER when the system refuses, or has no such command */
export async function runSystem(action: SystemAction): Promise<void> {
  const command = commands[process.platform]?.[action]
  if (!command) throw new RequestFailure({ code: 'E_POWER', detail: `no command for ${action} on ${process.platform}` })
  const [file, ...args] = command
  try {
    await promisify(execFile)(file, args, { timeout: 30_000, windowsHide: true })
  } catch (error) {
    throw new RequestFailure({ code: 'E_POWER', detail: String(error) })
  }
}
