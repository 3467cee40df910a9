import { expect } from 'vitest'
import type { DownloadId } from '../../src/shared/download'
import type { Engine } from '../../src/main/engine/engine'
import type { DownloadRecord } from '../../src/main/engine/ports'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { type FileOptions, type TestFile, type TestServer } from '../server'
import { type Rig, sha256, untilEnd, waitFor, type RigOptions } from './rig'
import { stored } from './stored'

const mebibyte = 1024 * 1024

export interface Begun {
  readonly engine: Engine
  readonly file: TestFile
  readonly id: DownloadId
}

/**
 * Downloads that stand still halfway, and what the store says of them.
 * @param made rig and server of the running test
 */
export function halfway(made: () => { readonly rig: Rig; readonly server: TestServer }) {
  /** A download that has some of its bytes and stands still on the wire. */
  async function begin(options: Partial<FileOptions> = {}, rigOptions: RigOptions = {}): Promise<Begun> {
    const file = made().server.file('/data.bin', { size: 8 * mebibyte, stall: { after: 3 * mebibyte }, ...options })
    const engine = made().rig.start(rigOptions)
    const id = await engine.add(made().rig.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= 2 * mebibyte)
    return { engine, file, id }
  }

  /** The same, paused, with its connections closed and its claims stored. */
  async function beginAndPause(options: Partial<FileOptions> = {}): Promise<Begun & { readonly part: string }> {
    const begun = await begin(options)
    begun.engine.pause([begun.id])
    await expect.poll(() => committed(begun.id)).toBeGreaterThanOrEqual(2 * mebibyte)
    await made().server.waitUntil(() => made().server.parallel === 0)
    begun.file.release()
    return { ...begun, part: partPath(begun.id) }
  }

  const record = (id: DownloadId): DownloadRecord => {
    const found = stored(made().rig, (store) => store.get(id))
    if (!found) throw new Error(`no download ${id}`)
    return found
  }
  const committed = (id: DownloadId): number => {
    const { part } = record(id)
    return part.kind === 'open' ? writtenBytes(part.segments) : 0
  }
  const partIdentity = (id: DownloadId): string => {
    const { part } = record(id)
    return part.kind === 'open' ? part.inode : ''
  }
  const partPath = (id: DownloadId): string => {
    const { part } = record(id)
    if (!('path' in part)) throw new Error('no part')
    return part.path
  }

  /** It is done, and what it is is what the server has. */
  async function expectDone({ engine, file, id }: Begun, name = 'data.bin') {
    const view = await untilEnd(engine, id)
    expect(view).toMatchObject({ state: { kind: 'done' }, name, total: file.size, received: file.size })
    expect(await sha256(made().rig.path(name))).toBe(file.sha256())
    return view
  }

  return { begin, beginAndPause, record, committed, partIdentity, partPath, expectDone }
}
