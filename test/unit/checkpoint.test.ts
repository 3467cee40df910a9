import { describe, expect, it } from 'vitest'
import {
  createCheckpointer,
  defaultCheckpointPolicy,
  type Checkpointed,
  type CheckpointPolicy,
  type SyncedClaims,
} from '../../src/main/engine/fetch/checkpoint'
import { deferred, FakeClock, settled, type Deferred } from './fake-clock'

/** A download whose syncs end when the test says so. */
class FakeDownload implements Checkpointed {
  readonly id: number
  written = 0
  readonly syncs: Deferred[] = []
  readonly errors: unknown[] = []

  constructor(id: number) {
    this.id = id
  }

  async sync(): Promise<SyncedClaims> {
    const written = this.written
    const sync = deferred()
    this.syncs.push(sync)
    await sync.promise
    return { id: this.id, generation: 'g', segments: [{ start: 0, end: 1000, written }] }
  }

  broken(error: unknown): void {
    this.errors.push(error)
  }

  async end(nth: number): Promise<void> {
    this.syncs[nth]?.resolve()
    await settled()
  }
}

function rig(policy: CheckpointPolicy = { interval: 1000, bytes: 100 }) {
  const clock = new FakeClock()
  const commits: [id: number, written: number | undefined][][] = []
  let refusal: Error | null = null
  const checkpointer = createCheckpointer(policy, clock, (claims) => {
    if (refusal) return Promise.reject(refusal)
    commits.push(claims.map(({ id, segments }) => [id, segments[0]?.written]))
    return Promise.resolve()
  })
  return {
    clock,
    commits,
    checkpointer,
    refuse: (error: Error | null) => {
      refusal = error
    },
    write: (download: FakeDownload, bytes: number) => {
      download.written += bytes
      checkpointer.wrote(download, bytes)
    },
  }
}

describe('a checkpoint', () => {
  it('56: commits what was written before the sync, after the sync', async () => {
    const { checkpointer, commits, write } = rig()
    const download = new FakeDownload(1)
    write(download, 10)
    void checkpointer.flush(download)
    await settled()
    expect(download.syncs).toHaveLength(1)
    write(download, 20)
    await settled()
    expect(commits).toEqual([])
    await download.end(0)
    expect(commits).toEqual([[[1, 10]]])
  })

  it('comes an interval after the first write', async () => {
    const { clock, commits, write } = rig()
    const download = new FakeDownload(1)
    write(download, 10)
    await clock.pass(600)
    write(download, 10)
    await clock.pass(399)
    expect(download.syncs).toHaveLength(0)
    await clock.pass(1)
    await download.end(0)
    expect(commits).toEqual([[[1, 20]]])
    expect(clock.next).toBeNull()
    write(download, 5)
    await clock.pass(1000)
    await download.end(1)
    expect(commits[1]).toEqual([[1, 25]])
  })

  it('comes at once after enough bytes, of all downloads together', async () => {
    const { commits, write } = rig()
    const [first, second] = [new FakeDownload(1), new FakeDownload(2)]
    write(first, 60)
    write(second, 39)
    await settled()
    expect(first.syncs).toHaveLength(0)
    write(second, 1)
    await settled()
    await first.end(0)
    await second.end(0)
    expect(commits).toEqual([
      [
        [1, 60],
        [2, 40],
      ],
    ])
    write(first, 99)
    await settled()
    expect(first.syncs).toHaveLength(1)
  })

  it('comes every second or 64 MiB by default', () => {
    expect(defaultCheckpointPolicy).toEqual({ interval: 1000, bytes: 64 * 1024 * 1024 })
  })

  it('leaves out what wrote nothing since the last one', async () => {
    const { clock, commits, write } = rig()
    const [first, second] = [new FakeDownload(1), new FakeDownload(2)]
    write(first, 10)
    await clock.pass(1000)
    await first.end(0)
    write(second, 10)
    await clock.pass(1000)
    await second.end(0)
    expect(first.syncs).toHaveLength(1)
    expect(commits).toEqual([[[1, 10]], [[2, 10]]])
  })

  it('is one at a time: the next begins when this one is committed', async () => {
    const { commits, write } = rig()
    const [first, second] = [new FakeDownload(1), new FakeDownload(2)]
    write(first, 100)
    await settled()
    write(second, 100)
    write(second, 100)
    await settled()
    expect(second.syncs).toHaveLength(0)
    await first.end(0)
    expect(second.syncs).toHaveLength(1)
    await second.end(0)
    expect(commits).toEqual([[[1, 100]], [[2, 200]]])
  })

  it('does not come twice for bytes that are in one already', async () => {
    const { clock, write } = rig()
    const download = new FakeDownload(1)
    write(download, 50)
    write(download, 50)
    await settled()
    await download.end(0)
    expect(clock.next).toBeNull()
    await clock.pass(5000)
    expect(download.syncs).toHaveLength(1)
  })
})

describe('flush', () => {
  it('waits for a checkpoint that began after it, not for the one under way', async () => {
    const { checkpointer, commits, write } = rig()
    const download = new FakeDownload(1)
    write(download, 100)
    await settled()
    write(download, 7)
    let flushed = false
    const flush = checkpointer.flush(download).then(() => {
      flushed = true
    })
    await download.end(0)
    expect(flushed).toBe(false)
    await download.end(1)
    await flush
    expect(commits).toEqual([[[1, 100]], [[1, 107]]])
  })

  it('shares the checkpoint with others that come before it begins', async () => {
    const { checkpointer, commits, write } = rig()
    const [first, second] = [new FakeDownload(1), new FakeDownload(2)]
    write(first, 1)
    const both = Promise.all([checkpointer.flush(first), checkpointer.flush(second)])
    await settled()
    await first.end(0)
    expect(commits).toEqual([])
    await second.end(0)
    await both
    expect(commits).toEqual([
      [
        [1, 1],
        [2, 0],
      ],
    ])
  })
})

describe('a sync that fails', () => {
  it('42: is never committed, and is told; the others are committed', async () => {
    const { checkpointer, commits, write } = rig()
    const [bad, good] = [new FakeDownload(1), new FakeDownload(2)]
    write(bad, 10)
    write(good, 20)
    const flush = checkpointer.flush(good)
    await settled()
    const error = new Error('EIO')
    bad.syncs[0]?.reject(error)
    await good.end(0)
    await flush
    expect(commits).toEqual([[[2, 20]]])
    expect(bad.errors).toEqual([error])
    expect(good.errors).toEqual([])
  })

  it('42: is not tried again by itself', async () => {
    const { clock, commits, write } = rig()
    const bad = new FakeDownload(1)
    write(bad, 10)
    await clock.pass(1000)
    bad.syncs[0]?.reject(new Error('EIO'))
    await settled()
    await clock.pass(10_000)
    expect(bad.syncs).toHaveLength(1)
    expect(commits).toEqual([])
  })
})

describe('a commit that fails', () => {
  it('is told to all that were in it; the next one may work', async () => {
    const { checkpointer, commits, write, refuse } = rig()
    const downloads = [new FakeDownload(1), new FakeDownload(2)]
    const error = new Error('disk full')
    refuse(error)
    for (const download of downloads) write(download, 10)
    const flush = Promise.all(downloads.map((download) => checkpointer.flush(download)))
    await settled()
    for (const download of downloads) await download.end(0)
    await flush
    expect(downloads.map(({ errors }) => errors)).toEqual([[error], [error]])
    refuse(null)
    const [first = new FakeDownload(0)] = downloads
    const again = checkpointer.flush(first)
    await settled()
    await first.end(1)
    await again
    expect(commits).toEqual([[[1, 10]]])
  })
})
