import { constants, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Disk } from '../../src/main/engine/files/disk'
import { identityOf } from '../../src/main/engine/files/identity'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longshore-disk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const create = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR
/** More than a quick folder needs to prove that it is one. */
const proof = 200

describe('small calls to the file system', () => {
  it('do the same in another thread, as at first, and in this one, as soon as the folder is quick', async () => {
    const disk = new Disk()
    const there = path.join(folder, 'there')
    const wasHere: boolean[] = []
    for (let n = 0; n < proof; n++) {
      const file = await disk.open(there, create, 0o600)
      await file.write(Buffer.from(`number ${n}`))
      await file.setDate(1_000_000_000_000)
      expect(identityOf(await file.stat())).toBe(identityOf(statSync(there, { bigint: true })))
      await file.sync()
      const closed = file.close()
      wasHere.push(closed === undefined)
      await closed
      expect(readFileSync(there, 'utf8')).toBe(`number ${n}`)
      expect(statSync(there).mtimeMs).toBe(1_000_000_000_000)

      const name = path.join(folder, 'name')
      await disk.link(there, name)
      expect(await disk.exists(name)).toBe(true)
      await expect(async () => disk.link(there, name)).rejects.toMatchObject({ code: 'EEXIST' })
      await disk.unlink(there)
      await disk.unlink(name)
      expect(await disk.exists(name)).toBe(false)
      expect(existsSync(there)).toBe(false)
      await expect(disk.open(path.join(folder, 'no', 'folder'), create, 0o600)).rejects.toMatchObject({
        code: 'ENOENT',
      })
      if (wasHere.filter(Boolean).length > 3) break
    }
    expect(wasHere[0]).toBe(false)
    expect(wasHere).toContain(true)
  })

  it('are not made in this thread for a folder because another one is quick', async () => {
    const disk = new Disk()
    const quick = path.join(folder, 'quick')
    for (let n = 0; n < proof; n++) {
      const opened = await disk.open(quick, constants.O_CREAT | constants.O_RDWR, 0o600)
      await opened.close()
    }
    const elsewhere = await disk.open(path.join(folder, '..', path.basename(folder) + '-x'), create, 0o600)
    const closed = elsewhere.close()
    expect(closed).toBeInstanceOf(Promise)
    await closed
    rmSync(`${folder}-x`)
  })
})
