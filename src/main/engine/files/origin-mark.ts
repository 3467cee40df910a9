import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import type { Log } from '../ports'
import { setAttributes, type AttributeDump } from './set-attributes'

/** Where a finished file came from, as other programs may read it: addresses without secrets. */
export interface Origin {
  readonly url: string
  /** The page that led there; `null` when none is known. */
  readonly referrer: string | null
}

/**
 * Marks a file as one from the internet, the way each system's own programs look for it:
 * - Windows: the stream `Zone.Identifier`, zone 3 (MS-FSCC §5.6.1)
 * - macOS: `com.apple.quarantine`, by the system's own `xattr`
 * - Linux: `user.xdg.origin.url` and `user.xdg.referrer.url` (freedesktop.org, Common Extended Attributes), by
 *   `setfattr`, or by `gio` where that is missing; Node itself has no call for attributes (docs/decisions)
 *
 * A file system or a system without such marks is no reason to fail: that is logged.
 * @param file the part, before it has its final name
 */
export async function markOrigin(file: string, origin: Origin, log: Log): Promise<void> {
  try {
    if (process.platform === 'win32') await writeFile(`${file}:Zone.Identifier`, zoneIdentifier(origin))
    else if (process.platform === 'darwin')
      await run('/usr/bin/xattr', ['-w', 'com.apple.quarantine', quarantine(), file])
    else await markOnLinux(file, origin)
  } catch (error) {
    log('info', 'the file has no mark of its origin', { file, error: (error as Error).message })
  }
}

/** @returns the text of the stream; lines end as Windows has it */
export function zoneIdentifier({ url, referrer }: Origin): string {
  const lines = [
    '[ZoneTransfer]',
    'ZoneId=3',
    ...(referrer === null ? [] : [`ReferrerUrl=${referrer}`]),
    `HostUrl=${url}`,
  ]
  return lines.join('\r\n') + '\r\n'
}

/** Flags of a download nobody has opened yet, the time in hex, and who fetched it (LSQuarantine's own form). */
function quarantine(): string {
  return `0081;${Math.floor(Date.now() / 1000).toString(16)};Longshore;`
}

async function markOnLinux(file: string, { url, referrer }: Origin): Promise<void> {
  const attributes = [['user.xdg.origin.url', url], ...(referrer === null ? [] : [['user.xdg.referrer.url', referrer]])]
  try {
    await setAttributes(attributeDump(file, attributes as [string, string][]))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    for (const [name = '', value = ''] of attributes) {
      await run('gio', ['set', '-t', 'string', file, name.replace(/^user\./, 'xattr::'), value])
    }
  }
}

/** Several attributes in one call, and nothing on a command line that others can read. */
export function attributeDump(file: string, attributes: readonly (readonly [string, string])[]): AttributeDump {
  const octal = (text: string, escaped: RegExp) =>
    text.replace(escaped, (char) => '\\' + char.charCodeAt(0).toString(8).padStart(3, '0'))
  const lines = attributes.map(([name, value]) => `${name}=0s${Buffer.from(value).toString('base64')}`)
  return [`# file: ${octal(file, /[\\\n\r]/g)}`, ...lines, ''].join('\n')
}

/** @throws what keeps the program from starting (ENOENT), or what it says when it fails */
function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
    let said = ''
    // First of all: with no file handle left there are no pipes either.
    child.once('error', reject)
    if (child.pid === undefined) return
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(said.trim() || `${program} ended with ${code}`))
    })
  })
}
