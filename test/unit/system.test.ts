import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isMetered, type Ask } from '../../src/main/shell/desktop/metered'
import { runSystem, systemCommand } from '../../src/main/shell/desktop/system-commands'

describe('whether the network is paid by the byte', () => {
  /** Answers of a system, and whoever is asked anything else fails as a program that is not there. */
  const system =
    (answers: Readonly<Record<string, string>>): Ask =>
    (file, args) => {
      const said = answers[[file, ...args].join(' ')] ?? answers[file]
      return said === undefined ? Promise.reject(new Error(`spawn ${file} ENOENT`)) : Promise.resolve(said)
    }

  // NMMetered: unknown, yes, no, guess-yes, guess-no.
  it.each([
    ['u 0\n', false],
    ['u 1\n', true],
    ['u 2\n', false],
    ['u 3\n', true],
    ['u 4\n', false],
    ['', false],
    ['Failed to get property', false],
  ])('Linux: %j', async (said, metered) => expect(await isMetered('linux', system({ busctl: said }))).toBe(metered))

  // NetworkCostType, Roaming, OverDataLimit.
  it.each([
    ['Unrestricted False False\r\n', false],
    ['Unknown False False\r\n', false],
    ['Fixed False False\r\n', true],
    ['Variable False False\r\n', true],
    ['Unrestricted True False\r\n', true],
    ['Unrestricted False True\r\n', true],
    ['', false],
  ])('Windows: %j', async (said, metered) => {
    expect(await isMetered('win32', system({ 'powershell.exe': said }))).toBe(metered)
  })

  const route = (name: string) =>
    `   route to: default\ndestination: default\n       mask: default\n    gateway: 172.20.10.1\n  interface: ${name}\n      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>\n`
  const ifconfig = (flags: string) =>
    `en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500 index 6\n\teflags=${flags}\n\toptions=400<CHANNEL_IO>\n\tinet 172.20.10.2 netmask 0xfffffff0 broadcast 172.20.10.15\n\tstatus: active\n`
  it.each([
    ['4c1<ACCEPT_RTADV,TXSTART,ARPLL,NOACKPRI>', false],
    ['44c1<ACCEPT_RTADV,TXSTART,ARPLL,EXPENSIVE,NOACKPRI>', true],
    ['0<>', false],
  ])('macOS: eflags=%s', async (flags, metered) => {
    const answers = { 'route -n get default': route('en0'), 'ifconfig -v en0': ifconfig(flags) }
    expect(await isMetered('darwin', system(answers))).toBe(metered)
  })

  it('macOS without a way out, and systems that say nothing', async () => {
    expect(await isMetered('darwin', system({ route: 'route: writing to routing socket: not in table\n' }))).toBe(false)
    for (const platform of ['linux', 'win32', 'darwin', 'freebsd'] as const) {
      expect(await isMetered(platform, system({}))).toBe(false)
    }
  })
})

describe('what follows when all is done', () => {
  it.each([
    ['linux', 'sleep', ['systemctl', 'suspend']],
    ['linux', 'shutdown', ['systemctl', 'poweroff']],
    ['darwin', 'sleep', ['pmset', 'sleepnow']],
    ['darwin', 'shutdown', ['osascript', '-e', 'tell application "System Events" to shut down']],
    ['win32', 'shutdown', ['shutdown.exe', '/s', '/t', '0']],
  ] as const)('%s, %s', (platform, action, command) => expect(systemCommand(action, platform)).toEqual(command))

  it('Windows sleeps, and does not hibernate', () => {
    const [program, ...args] = systemCommand('sleep', 'win32')
    expect(program).toBe('powershell.exe')
    expect(args.slice(0, 3)).toEqual(['-NoProfile', '-NonInteractive', '-Command'])
    expect(args).toHaveLength(4)
    expect(args[3]).toContain("SetSuspendState('Suspend', $false, $false)")
  })

  it('a system without such a command says so', () => {
    expect(() => systemCommand('sleep', 'freebsd')).toThrow('no command for sleep on freebsd')
  })

  describe.runIf(process.platform === 'linux')('on Linux, with stand-ins for the system’s commands', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'longshore-system-'))
    const stand = (script: string) => {
      const file = path.join(folder, 'systemctl')
      writeFileSync(file, `#!/bin/sh\n${script}\n`)
      chmodSync(file, 0o755)
      vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    }
    afterEach(() => {
      vi.unstubAllEnvs()
    })

    it('they are run', async () => {
      const asked = path.join(folder, 'asked')
      stand(`echo "$*" >> '${asked}'`)
      await runSystem('sleep')
      await runSystem('shutdown')
      expect(readFileSync(asked, 'utf8')).toBe('suspend\npoweroff\n')
    })

    it('what they refuse is told', async () => {
      stand('echo "Interactive authentication required." >&2; exit 1')
      await expect(runSystem('shutdown')).rejects.toMatchObject({
        error: { code: 'E_POWER', detail: expect.stringContaining('authentication') as string },
      })
      rmSync(folder, { recursive: true })
    })
  })
})
