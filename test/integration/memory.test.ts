import { queryObjects } from 'node:v8'
import { expect, it } from 'vitest'
import { SpeedMeter } from '../../src/main/engine/rate'
import { Segments } from '../../src/main/engine/fetch/segments'
import { BlockKeeper } from '../../src/main/engine/integrity/block-keeper'
import { type TestServer } from '../server'
import { inEachTest, type Rig, untilEnd } from './rig'

/** What the program keeps of downloads that have ended: it runs for months. */

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const living = () => [Segments, BlockKeeper, SpeedMeter].map((what) => queryObjects(what, { format: 'count' }))

it('nothing of what fetched a file outlives the download', async () => {
  const engine = rig.start()
  const before = living()
  const files = Array.from({ length: 30 }, (_, n) => server.file(`/${n}.bin`, { size: 1 + n * 30_000 }))
  const ids = await engine.addAll(files.map(({ url }) => rig.request(url, { connections: connectionsFor(url) })))
  for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
  // The last ones may still be on their way out.
  await expect.poll(() => Math.max(...living().map((count, index) => count - before[index]!))).toBeLessThan(10)
})

/** Some with one connection, some with several. */
const connectionsFor = (url: string) => (url.length % 2 === 0 ? 1 : null)
