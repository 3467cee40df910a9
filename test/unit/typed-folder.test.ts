import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFolder } from '../../src/main/shell/typed-folder'

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-typed-'))
  await mkdir(path.join(root, 'there'))
  await writeFile(path.join(root, 'file'), '')
  await symlink('/etc', path.join(root, 'leads-away'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('a folder that was typed', () => {
  it('is taken where it is, and where it can be made; nothing is made', async () => {
    const there = path.join(root, 'there')
    expect(await readFolder(there)).toEqual({ path: there, there: true })
    expect(await readFolder(`  "${there}/"  `)).toEqual({ path: there, there: true })
    expect(await readFolder(`${there}/a b/../c`)).toEqual({ path: path.join(there, 'c'), there: false })
    expect(await readdir(there)).toEqual([])
    expect(await readFolder('~')).toEqual({ path: homedir(), there: true })
    expect(await readFolder('~/some/where')).toEqual({ path: path.join(homedir(), 'some/where'), there: false })
  })

  it.each([
    ['', 'relative'],
    ['downloads', 'relative'],
    ['./downloads', 'relative'],
    ['~nobody/downloads', 'relative'],
    ['/tmp/a\0b', 'relative'],
  ])('%j is refused: %s', async (text, wrong) => {
    expect(await readFolder(text)).toEqual({ wrong })
  })

  it
    .runIf(process.platform === 'linux')
    .each(['/proc', '/proc/self/cwd', '/sys/kernel/debug', '/dev/shm/../null', '/etc/longshore', '/tmp/../usr/local'])(
    '%s is refused as a place of the system',
    async (text) => {
      expect(await readFolder(text)).toEqual({ wrong: 'system' })
    },
  )

  it('is refused where a file stands on its way, where a link leads to the system, and where nothing can be written', async () => {
    expect(await readFolder(path.join(root, 'file'))).toEqual({ wrong: 'file' })
    expect(await readFolder(path.join(root, 'file', 'below'))).toEqual({ wrong: 'file' })
    expect(await readFolder(path.join(root, 'leads-away', 'below'))).toEqual({ wrong: 'system' })
    if (process.getuid?.() === 0) return // whom nothing is forbidden
    await chmod(path.join(root, 'there'), 0o500)
    expect(await readFolder(path.join(root, 'there', 'below'))).toEqual({ wrong: 'readonly' })
    await chmod(path.join(root, 'there'), 0o700)
  })

  it('is never a relative path, whatever is typed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `/${text}`),
        ),
        async (text) => {
          const found = await readFolder(text)
          if ('path' in found)
            expect(path.isAbsolute(found.path) && path.normalize(found.path) === found.path).toBe(true)
        },
      ),
    )
  })
})
