import { existsSync } from 'node:fs'
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Verification } from '../../src/shared/verification'
import type { DownloadId } from '../../src/shared/download'
import type { Engine } from '../../src/main/engine/engine'
import type { NewDownload, Part } from '../../src/main/engine/ports'
import type { TestFile, TestServer } from '../server'
import { plain } from '../stored-record'
import { inEachTest, type Rig, sha256, waitFor } from './rig'
import { stored } from './stored'
import { halfway } from './halfway'

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const { record, expectDone } = halfway(() => ({ rig, server }))

describe('54, 57: the program ended while the file got its name', () => {
  const part = () => rig.path('data.bin.0123abcd.part')
  const final = () => rig.path('data.bin')

  /** What the store has then: the final name is committed before it is tried. */
  async function finalizing(
    file: TestFile,
    inodeFrom: string,
    change: Partial<NewDownload> = {},
    verification: Verification = { kind: 'unverified', reason: 'no-checksum' },
  ): Promise<DownloadId> {
    const { ino } = await stat(inodeFrom, { bigint: true })
    const unfinished: Part = {
      kind: 'finalizing',
      generation: '0123abcd',
      path: part(),
      inode: ino.toString(),
      finalPath: final(),
      bytes: file.size,
      verification,
    }
    return stored(rig, (store) =>
      store.insert({
        ...plain,
        ...rig.request(file.url),
        requestedName: null,
        name: 'data.bin',
        state: { kind: 'active', phase: { kind: 'probing' } },
        remote: {
          url: file.url,
          total: file.size,
          validator: { kind: 'etag', value: `"${file.version.tag}"` },
          ranges: true,
          contentType: null,
        },
        part: unfinished,
        ...change,
      }),
    ).id
  }
  const file = () => server.file('/data.bin', { size: 300_000 })

  it('each name is committed before it is tried', async () => {
    const served = server.file('/data.bin', { size: 300_000, stall: { after: 1000 } })
    const engine = rig.start()
    const tried = new Map<string, boolean>()
    const id = await engine.add(rig.request(served.url, { name: 'second.bin' }))
    await waitFor(engine, id, (view) => view.total !== null)
    await writeFile(rig.path('second.bin'), 'mine')
    engine.subscribe(() => {
      const unfinished = record(id).part
      if (unfinished.kind === 'finalizing') tried.set(unfinished.finalPath, existsSync(unfinished.finalPath))
    })
    served.release()
    await expectDone({ engine, file: served, id }, 'second (1).bin')
    expect([...tried]).toEqual([
      [rig.path('second.bin'), true],
      [rig.path('second (1).bin'), false],
    ])
  })

  it('it has its name: done', async () => {
    const served = file()
    await writeFile(final(), served.bytes())
    const id = await finalizing(served, final())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(served.requests).toEqual([])
    expect(record(id)).toMatchObject({ state: { kind: 'done' }, part: { kind: 'published' }, finalBytes: served.size })
  })

  it('it has both names: done, and the first one goes', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    await link(part(), final())
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await rig.files()).toEqual(['data.bin'])
    expect(served.requests).toEqual([])
  })

  it('it does not have its name: gets it', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await rig.files()).toEqual(['data.bin'])
    expect(served.requests).toEqual([])
  })

  it('51: somebody else took its name: gets another, the other file is untouched', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    await writeFile(final(), 'mine')
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id }, 'data (1).bin')
    expect(await readFile(final(), 'utf8')).toBe('mine')
    expect(served.requests).toEqual([])
  })

  it('neither is there: begins again', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await unlink(part())
    const view = await expectDone({ engine: rig.start(), file: served, id })
    expect(view.notice?.code).toBe('RESTARTED_PART_LOST')
    expect(served.requests).toHaveLength(1)
  })

  it('another file stands in its place: begins again, that one is not touched', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await readFile(part(), 'utf8')).toBe('my own words')
  })

  it('before that, with every byte committed: nothing is asked', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const { ino } = await stat(part(), { bigint: true })
    const segments = [{ start: 0, end: served.size, written: served.size }]
    const id = await finalizing(served, part(), {
      part: { kind: 'open', generation: '0123abcd', path: part(), inode: ino.toString(), segments },
    })
    await expectDone({ engine: rig.start(), file: served, id })
    expect(served.requests).toEqual([])
  })

  it('what was verified is still called verified', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const verification: Verification = { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'server' }] }
    const id = await finalizing(served, part(), {}, verification)
    const view = await expectDone({ engine: rig.start(), file: served, id })
    expect(view.state).toMatchObject({ verification })
  })
})

describe.each([
  { how: 'by its part', size: 400_000 },
  { how: 'in one piece', size: 200_000 },
])('62: stopped while the file, which came $how, gets its name: a complete final file or nothing', ({ size }) => {
  /** Calls `stop` so many turns of the event loop after publishing began. */
  async function during(turns: number, stop: (engine: Engine, id: DownloadId) => Promise<void> | void) {
    const file = server.file('/data.bin', { size })
    const engine = rig.start()
    const stopped = new Promise<void>((resolve, reject) => {
      const unsubscribe = engine.subscribe(({ upserts: [id] }) => {
        const state = id === undefined ? undefined : engine.view(id)?.state
        if (id === undefined || state?.kind !== 'active' || state.phase.kind !== 'publishing') return
        unsubscribe()
        const run = async () => {
          for (let n = turns; n > 0; n--) await tick()
          await stop(engine, id)
        }
        run().then(resolve, reject)
      })
    })
    const id = await engine.add(rig.request(file.url))
    await stopped
    return { file, engine, id }
  }
  const turns = [0, 1, 2, 3, 5, 8]

  it.each(turns)('removed after %i turns', async (n) => {
    const { file } = await during(n, (engine, id) => engine.remove([id], { deleteFile: false }))
    const files = await rig.files()
    if (files.length === 0) return
    expect(files).toEqual(['data.bin'])
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it.each(turns)('paused after %i turns', async (n) => {
    const { file, engine, id } = await during(n, (running, paused) => running.pause([paused]))
    await rig.stop()
    const again = rig.start()
    if (record(id).state.kind !== 'done') again.resume([id])
    await expectDone({ engine: again, file, id })
    expect(engine).not.toBe(again)
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it.each(turns)('closed after %i turns', async (n) => {
    const { file, id } = await during(n, () => rig.stop())
    await expectDone({ engine: rig.start(), file, id })
    expect(await rig.files()).toEqual(['data.bin'])
  })
})
