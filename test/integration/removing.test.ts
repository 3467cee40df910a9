import { readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { TestServer } from '../server'
import { inEachTest, type Rig, untilEnd } from './rig'
import { stored } from './stored'
import { halfway } from './halfway'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const { begin, beginAndPause } = halfway(() => ({ rig, server }))

describe('removing', () => {
  it('an active one deletes its partial file, and nothing else', async () => {
    await writeFile(rig.path('mine.txt'), 'mine')
    const { engine, id } = await begin()
    const removals: number[] = []
    engine.subscribe((change) => removals.push(...change.removals))
    await engine.remove([id], { deleteFile: false })
    expect(await rig.files()).toEqual(['mine.txt'])
    expect(engine.list()).toEqual([])
    expect(stored(rig, (store) => store.all())).toEqual([])
    expect(removals).toEqual([id])
    await server.waitUntil(() => server.parallel === 0)
  })

  it('a paused one deletes its partial file', async () => {
    const { engine, id } = await beginAndPause()
    await engine.remove([id], { deleteFile: false })
    expect(await rig.files()).toEqual([])
  })

  it('a queued one ends it for good', async () => {
    const first = server.file('/first.bin', { size: mebibyte, stall: { after: 1000 } })
    const removed = server.file('/removed.bin', { size: 1000 })
    const later = server.file('/later.bin', { size: 1000 })
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    await engine.add(rig.request(first.url))
    await first.waitForRequest(1)
    const id = await engine.add(rig.request(removed.url))
    await engine.remove([id], { deleteFile: false })
    // It comes after everything that waited when the other one was removed.
    const last = await engine.add(rig.request(later.url))
    first.release()
    await untilEnd(engine, last)
    expect(removed.requests).toEqual([])
    expect(await rig.files()).toEqual(['first.bin', 'later.bin'])
  })

  it('one that was just paused and resumed ends it for good', async () => {
    const { engine, file, id } = await begin()
    engine.pause([id])
    engine.resume([id])
    await engine.remove([id], { deleteFile: false })
    await server.waitUntil(() => server.parallel === 0)
    file.release()
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(await rig.files()).toEqual(['other.bin'])
    expect(engine.active()).toEqual([])
  })

  it.each([true, false])('a completed one; its file too: %s', async (deleteFile) => {
    await writeFile(rig.path('mine.txt'), 'mine')
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await engine.remove([id], { deleteFile })
    expect(await rig.files()).toEqual(deleteFile ? ['mine.txt'] : ['data.bin', 'mine.txt'])
    expect(engine.list()).toEqual([])
  })

  it('a completed one whose file is gone already', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await unlink(rig.path('data.bin'))
    await engine.remove([id], { deleteFile: true })
    expect(engine.list()).toEqual([])
  })

  it('does not touch another file that took the place of the completed one', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), rig.path('data.bin'))
    await engine.remove([id], { deleteFile: true })
    expect(await readFile(rig.path('data.bin'), 'utf8')).toBe('my own words')
    expect(engine.list()).toEqual([])
  })

  it('does not touch another file that stands at the place of the partial file', async () => {
    const { engine, id, part } = await beginAndPause()
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), part)
    await engine.remove([id], { deleteFile: true })
    expect(await readFile(part, 'utf8')).toBe('my own words')
  })

  it('does not touch a file of the final name when the download is not complete', async () => {
    const { engine, id } = await beginAndPause()
    await writeFile(rig.path('data.bin'), 'mine')
    await engine.remove([id], { deleteFile: true })
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('many at once', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const engine = rig.start({ settings: { concurrentDownloads: 3 } })
    const ids = []
    for (let n = 0; n < 10; n++) ids.push(await engine.add(rig.request(file.url)))
    await file.waitForRequest(3)
    await engine.remove(ids, { deleteFile: false })
    expect(await rig.files()).toEqual([])
    expect(engine.list()).toEqual([])
  })
})
