import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compose } from '../../src/main/compose'
import { startServer, type TestFile, type TestServer } from '../server'
import { Image, impossible, type FileSystem } from './crash/image'
import { runRepairer } from './crash/plan'
import type { Process } from './processes'
import { sha256, untilEnd } from './rig'

const mebibyte = 1024 * 1024
/** Crashes of each kind; more by hand: `LONGSHORE_REPAIR_CRASHES=50`. */
const crashes = Number(process.env['LONGSHORE_REPAIR_CRASHES'] ?? 4)
/** Where the file is damaged: one byte in each of these blocks of 4 MiB. */
const damaged = [0, 1, 3, 5, 6]

let server: TestServer
let file: TestFile
beforeEach(async () => {
  server = await startServer()
  file = server.file('/data.bin', { size: 28 * mebibyte + 5, digests: ['repr-digest'] })
})
afterEach(() => server.close())

/** A list in a folder, with one download. */
class Place {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  get file(): string {
    return path.join(this.root, 'files', 'data.bin')
  }

  get parts() {
    return {
      database: path.join(this.root, 'longshore.db'),
      targetLocks: path.join(this.root, 'locks'),
      digestWorker: new URL('../../out/main/digest.js', import.meta.url),
      override: { spaceMargin: null },
    }
  }

  start() {
    const secrets = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }
    return compose({ ...this.parts, secrets, log: () => undefined })
  }

  async download(): Promise<void> {
    await mkdir(path.join(this.root, 'files'))
    const composition = this.start()
    const id = await composition.engine.add({
      url: file.url,
      mirrors: [],
      folder: path.join(this.root, 'files'),
      name: null,
      onConflict: 'rename',
      connections: null,
      partSize: null,
      threshold: null,
      checksum: null,
      credentials: { user: '', password: '', headers: [], cookies: '' },
      account: null,
      start: true,
    })
    expect((await untilEnd(composition.engine, id)).state).toMatchObject({ kind: 'done' })
    await composition.close()
  }

  async damage(): Promise<void> {
    const handle = await open(this.file, 'r+')
    for (const block of damaged) await handle.write(Buffer.from('damage'), 0, 6, block * 4 * mebibyte + 77)
    await handle.sync()
    await handle.close()
  }

  repairing(): Process {
    const { database, targetLocks } = this.parts
    return runRepairer({ database, targetLocks })
  }

  /** What the list says is true: a file that is called right is right; one that is not can be repaired. */
  async judge(): Promise<boolean> {
    const composition = this.start()
    try {
      const [view] = composition.engine.list()
      const right = (await sha256(this.file)) === file.sha256()
      const says = view?.state.kind === 'done' && view.state.verification.kind === 'verified'
      if (says) expect(right).toBe(true)
      const report = await composition.engine.repair(view?.id ?? 0)
      expect(report.kind).toBe(right ? 'right' : 'repaired')
      expect(await sha256(this.file)).toBe(file.sha256())
      return right
    } finally {
      await composition.close()
    }
  }
}

/** Somewhere in the middle: the blocks come in two seconds. */
async function middle(program: Process): Promise<void> {
  file.set({ rate: 10 * mebibyte })
  await program.until(({ stdout }) => stdout.includes('repairing'))
  await pass(randomInt(0, 2500)) // the moment is what varies
}

it(
  `53: killed ${crashes} times while it repairs a finished file: what the list says of the file is true`,
  async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'longshore-repair-'))
    try {
      const place = new Place(root)
      await place.download()
      let finished = 0
      for (let n = 0; n < crashes; n++) {
        await place.damage()
        {
          await using program = place.repairing()
          await middle(program)
          await program.signal('SIGKILL')
        }
        file.unset('rate')
        finished += Number(await place.judge())
      }
      console.log(`repairs killed: ${crashes}, of which were done: ${finished}`)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
  120_000 + crashes * 15_000,
)

const kinds: FileSystem[] = []
for (const kind of ['ext4', 'xfs'] as const) {
  const why = await impossible(kind)
  if (why === null) kinds.push(kind)
  else console.log(`skipped: power cuts on ${kind}. ${why}`)
}

describe.runIf(kinds.length > 0)('the power is cut', () => {
  it.each(kinds)(
    `55: ${crashes} times while it repairs a finished file on %s: what the list says is true`,
    async (kind) => {
      await using disk = await Image.create(kind)
      const place = new Place(disk.folder)
      await place.download()
      let finished = 0
      for (let n = 0; n < crashes; n++) {
        await place.damage()
        await using program = place.repairing()
        await middle(program)
        await disk.cut()
        await program.signal('SIGKILL')
        await disk.unmount()
        await disk.mount()
        file.unset('rate')
        finished += Number(await place.judge())
      }
      console.log(`power cuts on ${kind} during a repair: ${crashes}, of which were done: ${finished}`)
    },
    120_000 + crashes * 15_000,
  )
})
