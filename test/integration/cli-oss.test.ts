import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOssServer, type OssServer } from '../oss-server'
import { runCli } from './processes'
import { sha256 } from './rig'

const mebibyte = 1024 * 1024
const keys = { OSS_ACCESS_KEY_ID: 'LTAI-test', OSS_ACCESS_KEY_SECRET: 'a secret of tests' }

let root: string
let oss: OssServer
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-cli-'))
  oss = await startOssServer()
})
afterEach(async () => {
  await oss.close()
  await rm(root, { recursive: true, force: true })
})

function start(args: readonly string[], env: NodeJS.ProcessEnv = keys) {
  const place = { HOME: root, USERPROFILE: root, APPDATA: root, XDG_CONFIG_HOME: root }
  return runCli(['get', ...args], { env: { ...place, ...env } })
}
const bucket = (...more: readonly string[]) => ['--region', 'cn-hangzhou', '--endpoint', oss.endpoint, ...more]
const sample = (...more: readonly string[]) => [
  `oss://${oss.bucket}/exampledir/exampleobject.txt`,
  ...bucket('--dir', path.join(root, 'localpath'), '--output', 'examplefile.txt', '--on-conflict', 'overwrite'),
  ...['--store', path.join(root, 'checkpoints'), '--threshold', '100K', '--part-size', '100K', '--connections', '4'],
  ...more,
]

describe('the sample of the document as one command', () => {
  it('downloads, and says that the CRC is right', async () => {
    oss.put('exampledir/exampleobject.txt', { size: 12 * mebibyte })
    const { code, stdout } = await start(sample('--json')).ended
    expect(code).toBe(0)
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
    expect(last).toMatchObject({ event: 'done', bytes: 12 * mebibyte, verified: 'crc64xz' })
    expect(await sha256(path.join(root, 'localpath', 'examplefile.txt'))).toBe(
      oss.sha256('exampledir/exampleobject.txt'),
    )
    expect(await readdir(path.join(root, 'checkpoints'))).not.toEqual([])
  })

  it('goes on where it was killed', async () => {
    oss.put('exampledir/exampleobject.txt', { size: 12 * mebibyte })
    oss.switches = { stall: () => 2 * mebibyte }
    const first = start(sample('--json'))
    await first.until(({ stdout }) => /"received":[1-9]\d{6}/.test(stdout))
    await first.signal('SIGTERM')
    oss.release()
    oss.switches = {}
    const before = oss.requests.length
    const { code, stdout } = await start(sample('--json')).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/"resumedAt":[1-9]/)
    expect(oss.requests.slice(before).every(({ headers }) => headers.range !== 'bytes=0-')).toBe(true)
    expect(await sha256(path.join(root, 'localpath', 'examplefile.txt'))).toBe(
      oss.sha256('exampledir/exampleobject.txt'),
    )
  })
})

describe('the command line', () => {
  it('downloads a prefix with its tree; no key leads out of the folder', async () => {
    const all = ['data/', 'data/a/one.bin', 'data/a/b/two.bin', 'data/zero.bin', 'data/empty/', 'other.bin']
    for (const key of all) oss.put(key, { size: key.endsWith('/') || key.includes('zero') ? 0 : 1000 })
    // A file and a folder of one name.
    oss.put('data/both', { size: 500 })
    oss.put('data/both/inner.bin', { size: 600 })
    const folder = path.join(root, 'tree')
    const { code, stderr } = await start([`oss://${oss.bucket}/data/`, ...bucket('--dir', folder)]).ended
    expect(stderr).not.toMatch(/failed/i)
    expect(code).toBe(0)
    const found = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .map(
        (entry) => `${path.relative(folder, path.join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`,
      )
      .sort()
    expect(found).toEqual(
      ['a/', 'a/b/', 'a/b/two.bin', 'a/one.bin', 'both (1)', 'both/', 'both/inner.bin', 'empty/', 'zero.bin'].sort(),
    )
    expect(await readFile(path.join(folder, 'both', 'inner.bin'))).toEqual(oss.bytes('data/both/inner.bin'))
  })

  it('signs with the token of the environment', async () => {
    oss.keys = [{ id: 'STS.x', secret: 'y', token: 'z' }]
    oss.put('k.bin', { size: 1000 })
    const env = { OSS_ACCESS_KEY_ID: 'STS.x', OSS_ACCESS_KEY_SECRET: 'y', OSS_SESSION_TOKEN: 'z' }
    const { code } = await start([`oss://${oss.bucket}/k.bin`, ...bucket('--dir', root)], env).ended
    expect(code).toBe(0)
  })

  it('says what is wrong, with the exit code of the contract', async () => {
    const { code, stderr } = await start([`oss://${oss.bucket}/none.bin`, ...bucket('--dir', root)]).ended
    expect(code).toBe(4)
    expect(stderr).toContain('There is no such object in the bucket')
    const unknown = await start([`oss://${oss.bucket}/k.bin`, '--profile', 'Nobody']).ended
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('there is no cloud account "Nobody"')
    const bad = await start([`oss://${oss.bucket}/k.bin`, '--endpoint', 'ftp://x']).ended
    expect(bad.code).toBe(2)
  })
})
