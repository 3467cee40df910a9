import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { listPackage } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'

/** How the executable holds a fuse: one character. */
const OFF = '0'.charCodeAt(0)
const ON = '1'.charCodeAt(0)

// What people would install, made from the Electron at hand.
describe.runIf(process.platform === 'linux')('the packaged program', () => {
  const folder = join(root, 'dist', 'linux-unpacked')
  const executable = join(folder, 'longshore')

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await promisify(execFile)(process.execPath, ['scripts/dist.mjs', '--dir'], { cwd: root })
  })

  it('holds what was built and what runs, nothing else', () => {
    const files = listPackage(join(folder, 'resources', 'app.asar'), { isPack: false })
    for (const file of ['index.js', 'worker.js', 'digest.js', 'cli.js']) expect(files).toContain(`/out/main/${file}`)
    expect(files).toContain('/out/preload/preload.cjs')
    expect(files).toContain('/out/renderer/index.html')

    const top = new Set(files.map((file) => file.split('/')[1]))
    expect([...top].sort()).toEqual(['node_modules', 'out', 'package.json'])
    const packages = new Set(files.filter((file) => /^\/node_modules\/[^/]+$/.test(file)))
    for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) packages.delete(`/node_modules/${name}`)
    expect([...packages]).toEqual([])
    expect(files.filter((file) => /\.(tsx?|map|cpp|c|h)$/.test(file))).toEqual([])
  })

  it('has its fuses set', async () => {
    const fuses = await getCurrentFuseWire(executable)
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ]
    const on = [
      FuseV1Options.OnlyLoadAppFromAsar,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.EnableCookieEncryption,
    ]
    for (const fuse of off) expect(fuses[fuse], FuseV1Options[fuse]).toBe(OFF)
    for (const fuse of on) expect(fuses[fuse], FuseV1Options[fuse]).toBe(ON)
  })

  describe('started', () => {
    let userData: string
    let program: ChildProcess

    beforeAll(async () => {
      userData = await mkdtemp(join(tmpdir(), 'longshore-dist-'))
      program = spawn(executable, [...inject('electron').args, `--user-data-dir=${userData}`], { stdio: 'ignore' })
    })

    afterAll(async () => {
      if (program.exitCode === null && program.signalCode === null) {
        program.kill('SIGKILL')
        await once(program, 'exit')
      }
      await rm(userData, { recursive: true, force: true, maxRetries: 5 })
    })

    it('opens its database and stays', async () => {
      await expect.poll(() => existsSync(join(userData, 'longshore.db'))).toBe(true)
      expect(program.exitCode).toBeNull()
    })

    it('ends when asked to', async () => {
      program.kill('SIGTERM')
      const [code] = (await once(program, 'exit')) as [number | null]
      expect(code).toBe(0)
    })
  })
})
