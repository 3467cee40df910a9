import { lstat, mkdir, readFile, rename, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TestServer } from '../server'
import { inEachTest, type Rig, untilEnd } from './rig'
import { stored } from './stored'
import { halfway } from './halfway'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const { beginAndPause, record, partIdentity, expectDone } = halfway(() => ({ rig, server }))

describe('the partial file was touched while nobody looked', () => {
  it('44: deleted: begins again, and says so', async () => {
    const begun = await beginAndPause()
    await unlink(begun.part)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('44: another file stands in its place: begins again, that file is not touched', async () => {
    const begun = await beginAndPause()
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), begun.part)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await readFile(begun.part, 'utf8')).toBe('my own words')
  })

  it('44: deleted, and a new file there got its inode number: begins again, that file is not touched', async () => {
    const begun = await beginAndPause()
    await rig.stop()
    // What cannot be had at will: to the store it is the same number, born an hour earlier.
    const [inode, birth = ''] = partIdentity(begun.id).split('@')
    expect(BigInt(birth)).toBeGreaterThan(0n)
    stored(rig, (store) => {
      const { part, ...rest } = store.get(begun.id)!
      const earlier = `${inode}@${BigInt(birth) - 3_600_000_000_000n}`
      if (part.kind === 'open') store.save([{ ...rest, part: { ...part, inode: earlier } }])
    })
    await writeFile(begun.part, 'my own words')
    const engine = rig.start()
    engine.resume([begun.id])
    expect((await expectDone({ ...begun, engine })).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await readFile(begun.part, 'utf8')).toBe('my own words')
  })

  it('45: truncated: only what is missing is fetched again', async () => {
    const begun = await beginAndPause()
    await truncate(begun.part, mebibyte)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('PART_TRUNCATED')
    expect(begun.file.requests.at(-1)?.range?.start).toBe(mebibyte)
  })

  it('45: truncated to nothing over a restart of the program', async () => {
    const { file, id, part } = await beginAndPause()
    await rig.stop()
    await truncate(part, 0)
    const engine = rig.start()
    engine.resume([id])
    await expectDone({ engine, file, id })
  })

  it('68: a link was planted: not followed, its target not touched', async () => {
    const begun = await beginAndPause()
    const target = path.join(rig.root, 'precious')
    await writeFile(target, 'precious')
    // Renamed into its place: a new one there might get the inode number of the file that was just deleted.
    await symlink(target, rig.path('link'))
    await rename(rig.path('link'), begun.part)
    begun.engine.resume([begun.id])
    await expectDone(begun)
    expect(await readFile(target, 'utf8')).toBe('precious')
    expect((await lstat(begun.part)).isSymbolicLink()).toBe(true)
  })

  it('68: it was moved away and a link leads to it: not followed either', async () => {
    const begun = await beginAndPause()
    const moved = path.join(rig.root, 'moved')
    await rename(begun.part, moved)
    await symlink(moved, begun.part)
    const before = await readFile(moved)
    begun.engine.resume([begun.id])
    await expectDone(begun)
    expect((await readFile(moved)).equals(before)).toBe(true)
  })

  it.each(['rename', 'overwrite'] as const)('68: a link at the final name is not followed: %s', async (onConflict) => {
    const target = path.join(rig.root, 'precious')
    await writeFile(target, 'precious')
    await symlink(target, rig.path('data.bin'))
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { onConflict }))
    await expectDone({ engine, file, id }, onConflict === 'rename' ? 'data (1).bin' : 'data.bin')
    expect(await readFile(target, 'utf8')).toBe('precious')
  })

  it('47: the folder is gone: it is made again', async () => {
    const begun = await beginAndPause()
    await rename(rig.folder, path.join(rig.root, 'elsewhere'))
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
  })
})

describe('what was noted of the partial file', () => {
  it.each([
    ['has a gap', [0, 100, 200]],
    ['ends early', [0]],
  ])('%s: begins again, and says so', async (_, starts) => {
    const { file, id } = await beginAndPause()
    await rig.stop()
    stored(rig, (store) => {
      const { part, ...rest } = record(id)
      if (part.kind !== 'open') throw new Error('no part')
      const segments = starts.map((start) => ({ start, end: start + 50, written: start + 50 }))
      store.save([{ ...rest, part: { ...part, segments } }])
    })
    const engine = rig.start()
    engine.resume([id])
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_CLAIMS_DAMAGED')
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

it('47: a folder that is a file', async () => {
  await mkdir(rig.path('sub'))
  await writeFile(rig.path('sub/file'), '')
  const file = server.file('/data.bin', { size: 1000 })
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { folder: rig.path('sub/file') }))
  expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'PATH' } })
})
