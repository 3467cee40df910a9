import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccounts } from '../../src/main/settings/accounts'
import { readCloud } from '../../src/main/cli/cloud'
import type { SecretBox } from '../../src/main/engine/ports'
import { profileFiles } from '../../src/main/profile/folders'
import { createAccountStore } from '../../src/main/store/sealed-list'
import { openDatabase } from '../../src/main/store/database'
import { newAccount, type Account } from '../../src/shared/accounts'
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

/** The document's call, translated in docs/oss.md: the very command that stands there, with this bucket and these folders. */
function sampleOf(doc: string, ...more: readonly string[]): string[] {
  const [, command = ''] = /^longshore get ((?:.*\\\n)*.*)$/m.exec(doc) ?? []
  const here: Readonly<Record<string, string>> = {
    // bucket = oss2.Bucket(auth, endpoint, "yourBucketName", region=region), and the object's path
    'oss://yourBucketName/exampledir/exampleobject.txt': `oss://${oss.bucket}/exampledir/exampleobject.txt`,
    // endpoint = "https://oss-cn-hangzhou.aliyuncs.com"
    'https://oss-cn-hangzhou.aliyuncs.com': oss.endpoint,
    // 'D:\\localpath\\examplefile.txt'
    localpath: path.join(root, 'localpath'),
    // store=oss2.ResumableDownloadStore(root='/tmp')
    '/tmp': path.join(root, 'checkpoints'),
  }
  const words = command.replaceAll('\\\n', ' ').split(/\s+/).filter(Boolean)
  for (const word of Object.keys(here)) expect(words).toContain(word)
  return [...words.map((word) => here[word] ?? word), ...more]
}
const docs = await Promise.all(['oss.md', 'oss.ja.md'].map((name) => readFile(path.join('docs', name), 'utf8')))
const sample = (...more: readonly string[]) => sampleOf(docs[0] ?? '', ...more)

it('every line of the call stands in both languages of docs/oss.md, beside the form and the option', () => {
  const lines = [
    ['EnvironmentVariableCredentialsProvider()', null],
    ['endpoint = "https://oss-cn-hangzhou.aliyuncs.com"', '--endpoint https://oss-cn-hangzhou.aliyuncs.com'],
    ['region = "cn-hangzhou"', '--region cn-hangzhou'],
    ['Bucket(auth, endpoint, "yourBucketName"', 'oss://yourBucketName/'],
    ["'exampledir/exampleobject.txt'", 'exampledir/exampleobject.txt'],
    ["'D:\\\\localpath\\\\examplefile.txt'", '--output examplefile.txt'],
    ["store=ResumableDownloadStore(root='/tmp')", '--store /tmp'],
    ['multiget_threshold=100*1024', '--threshold 100K'],
    ['part_size=100*1024', '--part-size 100K'],
    ['progress_callback=percentage', '--json'],
    ['num_threads=4', '--connections 4'],
  ] as const
  for (const doc of docs) {
    const command = sampleOf(doc).join(' ')
    for (const [python, option] of lines) {
      const row = doc.split('\n').find((line) => line.startsWith('|') && line.includes(python))
      expect(row, python).toBeDefined()
      if (option === null) continue
      expect(row).toContain(option)
      // What the table says stands in the command, too.
      if (/^--(region|threshold|part-size|connections|output)/.test(option)) expect(command).toContain(option)
    }
  }
  expect(sampleOf(docs[0] ?? '')).toEqual(sampleOf(docs[1] ?? ''))
})

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

describe('--profile', () => {
  /** AES-256-GCM with a key of this test, as a key store of a system would have one. */
  const key = randomBytes(32)
  const box: SecretBox = {
    seal(text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Promise.resolve(Buffer.concat([iv, cipher.getAuthTag(), sealed]))
    },
    open(sealed) {
      const bytes = Buffer.from(sealed)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28))
      return Promise.resolve(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'))
    },
  }
  /** Where the command line looks for it, in the home that `start` gives it. */
  const profile = () =>
    process.platform === 'darwin'
      ? path.join(root, 'Library', 'Application Support', 'Longshore')
      : path.join(root, 'Longshore')
  /** The account as the window's application keeps it, in its own database. */
  const save = async () => {
    const file = profileFiles(profile()).database
    await mkdir(path.dirname(file), { recursive: true })
    const database = openDatabase(file)
    const store = createAccountStore(database)
    const accounts = createAccounts({ store, secrets: box, log: () => undefined, env: {} })
    const account: Account = {
      ...newAccount,
      id: 'work',
      name: 'Work',
      kind: 'oss',
      keyId: keys.OSS_ACCESS_KEY_ID,
      region: 'cn-hangzhou',
      endpoint: oss.endpoint,
    }
    const [kept] = await accounts.save(account, { secret: keys.OSS_ACCESS_KEY_SECRET, token: 'sts' })
    expect(kept?.secret).toBe('kept')
    database.close()
    return file
  }

  it('of a sealed account: opened where the system opens it, with its token, region and endpoint', async () => {
    const file = await save()
    expect((await readFile(file)).includes(keys.OSS_ACCESS_KEY_SECRET)).toBe(false)
    const identity = (await readCloud({ profile: 'Work', region: 'cn-beijing' }, {}, file, box))('oss')
    expect(identity.keys).toEqual({ id: keys.OSS_ACCESS_KEY_ID, secret: keys.OSS_ACCESS_KEY_SECRET, token: 'sts' })
    // What the command line says stands above the account.
    expect(identity.account).toMatchObject({ region: 'cn-beijing', endpoint: oss.endpoint })
    const locked: SecretBox = { ...box, open: () => Promise.resolve(null) }
    await expect(readCloud({ profile: 'Work' }, {}, file, locked)).rejects.toThrow(/can only be opened by/)
  })

  it('of a sealed account where nothing opens it: says what to set, and goes on with that', async () => {
    await save()
    oss.put('k.bin', { size: 1000 })
    const get = [`oss://${oss.bucket}/k.bin`, '--profile', 'Work', '--dir', root]
    const sealed = await start(get, {}).ended
    expect(sealed.code).toBe(2)
    expect(sealed.stderr).toContain('can only be opened by the window’s application; set OSS_ACCESS_KEY_ID and')
    const { code } = await start(get).ended
    expect(code).toBe(0)
    expect(await readFile(path.join(root, 'k.bin'))).toEqual(oss.bytes('k.bin'))
  })
})
