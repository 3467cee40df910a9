/**
 * The program that is killed or whose power is cut: the engine, the store and everything between them as they are. It
 * halts where it is told to; as a mutant it breaks a promise.
 */
import fsNow, { writeSync, type NoParamCallback } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { flushCompileCache, syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import type { Segment } from '../../../src/main/engine/fetch/segments'
import type { DriverPlan, Step } from './plan'

const plan = JSON.parse(process.argv[2] ?? '') as DriverPlan
const say = (line: string) => writeSync(1, `${line}\n`)

let times = 0
function at(step: Step): void {
  if (step !== plan.halt?.step || ++times !== plan.halt.nth) return
  say('halted')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const real = { ...fs }
fs.open = async (...args) => {
  const handle = await real.open(...args)
  if (typeof args[1] === 'number' && args[1] & fs.constants.O_CREAT) at('part made')
  return handle
}
fs.link = async (...args) => {
  at('to be linked')
  await real.link(...args)
  at('linked')
}
fs.unlink = async (...args) => {
  at('to be unlinked')
  await real.unlink(...args)
  at('unlinked')
}
// The same steps as small files take them.
const quick = { ...fsNow }
fsNow.openSync = (...args) => {
  const fd = quick.openSync(...args)
  if (typeof args[1] === 'number' && args[1] & fs.constants.O_CREAT) at('part made')
  return fd
}
fsNow.linkSync = (...args) => {
  at('to be linked')
  quick.linkSync(...args)
  at('linked')
}
fsNow.unlinkSync = (...args) => {
  at('to be unlinked')
  quick.unlinkSync(...args)
  at('unlinked')
}
fsNow.fsync = ((fd: number, done: NoParamCallback) => {
  if (quick.fstatSync(fd).isDirectory()) {
    quick.fsync(fd, done)
    return
  }
  at('bytes to be synced')
  if (plan.mutant === 'commits before it syncs') {
    done(null)
    return
  }
  quick.fsync(fd, (error) => {
    at('bytes synced')
    done(error)
  })
}) as typeof fsNow.fsync
syncBuiltinESMExports()

const some = await real.open(import.meta.filename)
const handles = Object.getPrototypeOf(some) as Record<'sync' | 'datasync', (this: FileHandle) => Promise<void>>
await some.close()
const { sync, datasync } = handles
handles.sync = async function () {
  const isFolder = (await this.stat()).isDirectory()
  if (!(isFolder && plan.mutant === 'does not sync the folder')) await sync.call(this)
  at('synced')
}
handles.datasync = async function () {
  at('bytes to be synced')
  if (plan.mutant === 'commits before it syncs') return
  await datasync.call(this)
  if (plan.mutant === 'claims what was written during the sync') await pass(100)
  at('bytes synced')
}
if (plan.mutant === 'claims what was written during the sync') {
  const { Segments } = await import('../../../src/main/engine/fetch/segments')
  const segments = Segments.prototype as { snapshot: (this: object) => Segment[] }
  const { snapshot } = segments
  segments.snapshot = function () {
    const now = () => snapshot.call(this)
    // Both: it may have other pieces by now, and more of them.
    const has = (_: Segment[], name: PropertyKey) => Reflect.has(now(), name)
    return new Proxy(now(), { has, get: (_, name) => Reflect.get(now(), name) as unknown })
  }
}

const { compose } = await import('../../../src/main/compose')
const { writtenBytes } = await import('../../../src/main/engine/fetch/segments')
flushCompileCache() // it never gets to an end
const { engine } = compose({
  database: plan.database,
  secrets: { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
  log: () => undefined,
  targetLocks: path.join(path.dirname(plan.database), 'locks'),
  digestWorker: new URL('../../../out/main/digest.js', import.meta.url),
  // Its disks are small: nobody shall wait for room on them.
  override: { connections: 3, connectionsPerHost: 16, concurrentDownloads: 5, spaceMargin: null },
  retry: { base: 5, cap: 20, attempts: 6 },
  checkpoints: { interval: 25, bytes: 1024 * 1024 },
})
engine.subscribe(({ upserts }) => {
  if (upserts.some((id) => engine.view(id)?.state.kind === 'done')) at('done')
  else at('committed')
})
const old = engine.list().filter(({ state }) => state.kind === 'done')
await engine.remove(
  old.map(({ id }) => id),
  { deleteFile: true },
)
await engine.addAll(
  (engine.unfinished().length > 20 ? [] : plan.urls).map((url) => ({
    url,
    mirrors: [],
    folder: plan.folder,
    name: null,
    onConflict: 'rename' as const,
    connections: null,
    partSize: 256 * 1024,
    threshold: null,
    checksum: null,
    credentials: { user: '', password: '', headers: [], cookies: '' },
    account: null,
    start: true,
  })),
)
say('began')
let claimed = false
while (engine.unfinished().length > 0) {
  const claims = engine.unfinished().some(({ part }) => part.kind === 'open' && writtenBytes(part.segments) > 0)
  if (claims && !claimed) say('claimed')
  claimed ||= claims
  const failed = engine.list().find(({ state }) => state.kind === 'failed')
  if (failed?.state.kind === 'failed') say(`failed ${JSON.stringify(failed.state.error)}`)
  await pass(20)
}
say('finished')
await pass(60_000)
