import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a program and gives back what it printed; rejects when it fails or is not there. */
export type Ask = (file: string, args: readonly string[]) => Promise<string>

/**
 * Whether the network is paid by the byte, as the system itself says it; false where nobody says it. Node and Electron know
 * nothing of this, so the system's own tools are asked.
 */
export async function isMetered(platform: NodeJS.Platform = process.platform, ask: Ask = run): Promise<boolean> {
  try {
    switch (platform) {
      case 'linux':
        return saidByNetworkManager(await ask('busctl', networkManager))
      case 'win32':
        return saidByWindows(await ask('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', connectionCost]))
      case 'darwin': {
        const name = defaultInterface(await ask('route', ['-n', 'get', 'default']))
        return name !== null && saidByInterface(await ask('ifconfig', ['-v', name]))
      }
      default:
        return false
    }
  } catch {
    return false
  }
}

const manager = 'org.freedesktop.NetworkManager'
const networkManager = [
  '--system',
  'get-property',
  manager,
  '/org/freedesktop/NetworkManager',
  manager,
  'Metered',
] as const

/**
 * `Windows.Networking.Connectivity.NetworkInformation`, which only Windows PowerShell (5.1, part of Windows) reaches without
 * further packages. Nothing is printed where there is no connection.
 */
const connectionCost = [
  '[void][Windows.Networking.Connectivity.NetworkInformation,Windows.Networking.Connectivity,ContentType=WindowsRuntime]',
  '$profile = [Windows.Networking.Connectivity.NetworkInformation]::GetInternetConnectionProfile()',
  'if ($profile) { $cost = $profile.GetConnectionCost(); "$($cost.NetworkCostType) $($cost.Roaming) $($cost.OverDataLimit)" }',
].join('; ')

/** NM_METERED_YES and NM_METERED_GUESS_YES of NetworkManager's D-Bus interface. */
function saidByNetworkManager(said: string): boolean {
  return ['1', '3'].includes(/^u (\d+)/.exec(said)?.[1] ?? '')
}

/** Fixed and Variable are counted, as are roaming and what goes beyond the plan (Microsoft: “Manage metered network costs”). */
function saidByWindows(said: string): boolean {
  const [type, ...more] = said.trim().split(/\s+/)
  return type === 'Fixed' || type === 'Variable' || more.includes('True')
}

/** @returns the interface that leads out; `null` where none does */
function defaultInterface(said: string): string | null {
  return /^\s*interface: (\S+)$/m.exec(said)?.[1] ?? null
}

/** IFEF_EXPENSIVE of Darwin, which a phone's hotspot sets, and which Network.framework calls `isExpensive`. */
function saidByInterface(said: string): boolean {
  return (/\beflags=[0-9a-f]+<([^>]*)>/.exec(said)?.[1] ?? '').split(',').includes('EXPENSIVE')
}

async function run(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { timeout: 10_000, windowsHide: true })
  return stdout
}
