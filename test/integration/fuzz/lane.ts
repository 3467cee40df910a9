import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../../src/main/engine/engine'
import type { DownloadRecord } from '../../../src/main/engine/ports'
import type { DownloadId } from '../../../src/shared/download'
import { startServer, type Content, type TestServer } from '../../server'
import type { Version } from '../../server/file'
import { Rig } from '../rig'
import { stored } from '../stored'
import { page } from './behaviours'
import { lies, mustComplete, uploads } from './expect'
import { Host } from './host'
import type { Event, Happening, Program, SecondServer, Trouble } from './program'

/** ms in which every program has to come to an end; far more than all of its pauses and timeouts together. */
const bound = 120_000

/** Long enough for two slow processors, short enough for servers that say nothing. */
const timeouts = { connectTimeout: 2000, headersTimeout: 250, bodyTimeout: 250 }

/** A connection has five attempts, and a download five times five. */
const retry = { base: 2, cap: 10, attempts: 5 }

/** The world did not end as it should; the message tells what happened. */
export class Violation extends Error {}

export interface Outcome {
  readonly done: number
  readonly failed: number
  /** Codes of the failures, those that a healed server made good as well. */
  readonly codes: readonly string[]
  /** Downloads whose bytes came from both servers. */
  readonly mixed: number
}

/** One engine over one store, used for one program after the other. Every program has a server of its own. */
export class Lane {
  readonly rig: Rig
  #engine: Engine
  #runs = 0

  private constructor(rig: Rig) {
    this.rig = rig
    this.#engine = this.start()
  }

  static async create(): Promise<Lane> {
    return new Lane(await Rig.create())
  }

  get engine(): Engine {
    return this.#engine
  }

  start(): Engine {
    return (this.#engine = this.rig.start({ timeouts, retry, checkpoints: { interval: 20, bytes: 100_000 } }))
  }

  /** @throws Violation */
  async run(program: Program): Promise<Outcome> {
    const folder = path.join(this.rig.folder, String(++this.#runs))
    await mkdir(folder)
    const server = await startServer()
    const second = await startServer()
    const run = new Run(this, server, second, folder, program)
    try {
      return await run.toEnd()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      throw new Violation(`${error.message}\n${run.story()}`)
    } finally {
      const stuck = new Violation('cannot be removed')
      const late = sleep(bound, null, { ref: false }).then(() => Promise.reject(stuck))
      await Promise.race([run.clear(), late]).finally(() => Promise.all([server.close(), second.close()]))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]()
  }
}

/** What looks like a digest of the content. */
const contentTag = createHash('md5').update('content').digest('hex')

class Run {
  readonly #lane: Lane
  readonly #server: TestServer
  readonly #second: TestServer
  readonly #folder: string
  readonly #program: Program
  readonly #own: Host
  readonly #mirror: Host | null
  /** Lengths and totals that a server said and that were not true. */
  readonly #lied = new Set<number>()
  readonly #digest: string | null
  readonly #events: Event[]
  readonly #ids: DownloadId[] = []
  readonly #mixed = new Set<DownloadId>()
  readonly #log: string[] = []

  constructor(lane: Lane, server: TestServer, second: TestServer, folder: string, program: Program) {
    this.#lane = lane
    this.#server = server
    this.#second = second
    this.#folder = folder
    this.#program = program
    const { size, rate, troubles, mirror } = program
    const limited = (most: number) => (most === Infinity ? {} : { rate: most })
    const tag = mirror?.tag === 'content' ? contentTag : undefined
    this.#events = [...program.events]
    const lied = this.#lied
    const slow = limited(Math.min(rate ?? Infinity, mirror?.slow ?? Infinity))
    this.#own = new Host({ server, file: { size, seed: 1, tag, ...slow }, troubles, events: this.#events, lied })
    this.#mirror =
      mirror &&
      new Host({
        server: second,
        file: { ...mirrored(mirror, this.#own.file.version), ...limited(rate ?? Infinity) },
        troubles: mirror.troubles,
        events: uploads(mirror),
        lied,
      })
    // Where nothing but a digest can tell (fault 11), there is one.
    this.#digest = program.checksum || lies(program) ? this.#file.sha256() : null
  }

  get #file() {
    return this.#own.file
  }

  get #hosts(): Host[] {
    return this.#mirror ? [this.#own, this.#mirror] : [this.#own]
  }

  /** Everything that a server had as a whole. */
  get #versions(): Version[] {
    return this.#hosts.flatMap(({ versions }) => versions)
  }

  /** Those of both servers. */
  get #troubles(): readonly Trouble[] {
    return [...this.#program.troubles, ...(this.#program.mirror?.troubles ?? [])]
  }

  get #engine(): Engine {
    return this.#lane.engine
  }

  async toEnd(): Promise<Outcome> {
    const { copies, connections, partSize, heals } = this.#program
    const request = this.#lane.rig.request(this.#file.url, {
      folder: this.#folder,
      connections,
      partSize,
      mirrors: this.#mirror ? [{ url: this.#mirror.file.url, from: 'user' }] : [],
      checksum: this.#digest === null ? null : { algorithm: 'sha-256', hex: this.#digest },
    })
    for (let n = 0; n < copies; n++) this.#ids.push(await this.#engine.add(request))
    await this.#drive()
    await this.#untilEnd()
    await this.#check()
    const failed = this.#failures()
    const outcome = {
      done: this.#ids.length - failed.length,
      failed: failed.length,
      codes: failed.map((failure) => failure.code),
      mixed: this.#mixed.size,
    }
    if (failed.length === 0) return outcome
    if (mustComplete(this.#program)) throw new Violation(`should have been completed: ${JSON.stringify(failed)}`)
    if (heals) await this.#heal()
    return outcome
  }

  /** Notes which downloads use both servers at the moment. */
  #lookForMixed(): void {
    for (const id of this.#ids) {
      const used = this.#engine.view(id)?.sources.filter(({ state }) => state.kind === 'used') ?? []
      if (used.length > 1) this.#mixed.add(id)
    }
  }

  /** What happened, for people. */
  story(): string {
    const both = [this.#server, this.#second].flatMap((server) => server.requests)
    const requests = both.map(
      (r) =>
        `${r.headers.host ?? '-'} ${Math.round(r.at)}ms ${r.nth} ${r.path} ${r.headers.range ?? '-'} if-range=${String(r.headers['if-range'] ?? '-')} → ${r.status}, ` +
        `${r.bytesSent} bytes${r.aborted ? ', aborted' : ''}`,
    )
    const views = this.#ids.map((id) => JSON.stringify(this.#engine.view(id)))
    return [...requests.slice(-60), ...this.#log, ...views].join('\n')
  }

  async clear(): Promise<void> {
    await this.#engine.remove(this.#ids, { deleteFile: true })
  }

  #failures() {
    return this.#ids.flatMap((id) => {
      const state = this.#engine.view(id)?.state
      return state?.kind === 'failed' ? [state.error] : []
    })
  }

  /** Lets happen what the program says, in its order. */
  async #drive(): Promise<void> {
    for (;;) {
      const event = this.#events[0]
      if (!event) return
      const due = () => {
        if (this.#ended() || !this.#events.includes(event)) return true
        return 'request' in event.at
          ? this.#file.requests.length >= event.at.request
          : this.#file.bytesSent >= (this.#program.size * event.at.share) / 1000
      }
      await this.#until(due)
      if (this.#events[0] !== event) continue
      this.#events.shift()
      if (!this.#ended()) await this.#happen(event.what)
    }
  }

  async #happen(what: Happening): Promise<void> {
    this.#log.push(`after ${this.#file.requests.length} requests and ${this.#file.bytesSent} bytes: ${what.kind}`)
    switch (what.kind) {
      case 'change':
        this.#own.change(what)
        return
      case 'resetConnections':
        this.#server.resetConnections()
        this.#second.resetConnections()
        return
      case 'pause': {
        this.#engine.pause(this.#ids)
        await sleep(what.ms)
        this.#engine.resume(this.#ids.filter((id) => this.#engine.view(id)?.state.kind === 'paused'))
        return
      }
      case 'restart':
        await this.#lane.rig.stop()
        await this.#check()
        this.#lane.start()
    }
  }

  /** From now on the servers are honest, and have what they have now. Then everything can be completed. */
  async #heal(): Promise<void> {
    for (const host of this.#hosts) host.heal()
    this.#log.push(`after ${this.#file.requests.length} requests: healed`)
    this.#engine.resume(this.#ids)
    await this.#untilEnd()
    await this.#check()
    if (this.#failures().some(({ code }) => code === 'HASH')) {
      // Wrong bytes were there before: nothing of them is kept.
      this.#engine.resume(this.#ids)
      await this.#untilEnd()
      await this.#check()
    }
    const wrong = this.#digest !== null && this.#digest !== this.#file.sha256()
    const failed = this.#failures().filter(({ code }) => !(wrong && code === 'HASH'))
    if (failed.length > 0) throw new Violation(`an honest server cannot complete it: ${JSON.stringify(failed)}`)
  }

  #ended(): boolean {
    return this.#ids.every((id) => ['done', 'failed'].includes(this.#engine.view(id)?.state.kind ?? ''))
  }

  async #untilEnd(): Promise<void> {
    await this.#until(() => this.#ended())
  }

  async #until(check: () => boolean): Promise<void> {
    for (const began = performance.now(); !check(); await sleep(2)) {
      this.#lookForMixed()
      if (performance.now() - began > bound) throw new Violation(`no end after ${bound} ms`)
    }
  }

  /** What must be true whenever nothing moves: (b) to (e). */
  async #check(): Promise<void> {
    const records = this.#records()
    const final = new Set<string>()
    const parts = new Set<string>()
    for (const record of records) {
      if (record.state.kind === 'done') {
        final.add(record.name)
        await this.#checkFinal(record)
      } else if (record.part.kind === 'open') {
        parts.add(path.basename(record.part.path))
        await this.#checkClaims(record, record.part)
      } else if (record.part.kind === 'finalizing') {
        throw new Violation(`still being published: ${JSON.stringify(record.part)}`)
      }
    }
    const extra = (await readdir(this.#folder)).filter((name) => !final.has(name) && !parts.has(name))
    if (extra.length > 0) throw new Violation(`nobody's files: ${extra.join(', ')}`)
  }

  /** As they are stored. */
  #records(): DownloadRecord[] {
    return stored(this.#lane.rig, (store) => this.#ids.flatMap((id) => store.get(id) ?? []))
  }

  async #checkFinal({ name, state, finalBytes }: DownloadRecord): Promise<void> {
    const bytes = await readFile(path.join(this.#folder, name))
    if (finalBytes !== bytes.length) throw new Violation(`${bytes.length} bytes, ${finalBytes ?? 'none'} are stored`)
    const whole = this.#versions.find(({ content }) => content.length === bytes.length && prefix(content, bytes))
    if (this.#digest !== null) {
      // Then there is no excuse.
      if (whole?.content !== this.#versions[0]?.content) throw new Violation('the digest is wrong')
      return
    }
    if (whole) return
    if (this.#troubles.some(({ kind }) => kind === 'page') && bytes.equals(Buffer.from(page))) return
    const unknown = state.kind === 'done' && state.verification.kind === 'unverified'
    if (!unknown || !this.#versions.some(({ content }) => prefix(content, bytes))) {
      throw new Violation(`${bytes.length} bytes that are no version of the file: ${this.#compare(bytes)}`)
    }
    // The beginning of a version, and nothing else. Where HTTP has no way to know the length, that cannot be told:
    // - RFC 9112 §6.3 rule 8: a body that ends with its connection, which was closed (not reset) early;
    const troubles = this.#troubles
    const closed = troubles.some(({ kind, ...t }) => kind === 'framing' && 'value' in t && t.value === 'close')
    const cut = troubles.some((trouble) => trouble.kind === 'cut' && trouble.how === 'fin')
    if (state.verification.reason === 'length-unknown' && closed && cut) return
    // - rule 6: the server's own Content-Length (or the total in Content-Range) says less.
    if (this.#lied.has(bytes.length)) return
    throw new Violation(`only ${bytes.length} bytes of the file`)
  }

  /** Claims stand for bytes of one version: rule 1 of the durability protocol, and never a mix. */
  async #checkClaims(record: DownloadRecord, part: Extract<DownloadRecord['part'], { kind: 'open' }>): Promise<void> {
    if (lies(this.#program) || this.#troubles.some(({ kind }) => kind === 'page')) return
    // Ranges of both may stand there until the digest judges the whole.
    if (this.#digest !== null && this.#mirror !== null) return
    const written = part.segments.filter(({ start, written }) => written > start)
    if (written.length === 0) return
    const bytes = await readFile(part.path)
    const right = this.#versions.some(({ content }) =>
      written.every(
        (s) =>
          s.written <= content.length && bytes.subarray(s.start, s.written).equals(content.bytes(s.start, s.written)),
      ),
    )
    if (!right) throw new Violation(`claims that are not true: ${JSON.stringify({ state: record.state, written })}`)
  }

  #compare(bytes: Buffer): string {
    return this.#versions
      .map(({ content, tag }) => {
        const same = content.bytes()
        const at = bytes.findIndex((byte, index) => byte !== same[index])
        return `${tag} (${content.length} bytes) differs first at ${at}`
      })
      .join('; ')
  }
}

/** Whether the content begins with the bytes. */
function prefix(content: Content, bytes: Buffer): boolean {
  return bytes.length <= content.length && bytes.equals(content.bytes(0, bytes.length))
}

/** The file of a mirror. */
function mirrored({ has, grow, tag }: SecondServer, { content, tag: first }: Version) {
  const size = Math.max(0, content.length + grow)
  const place = typeof has === 'string' ? null : Math.floor((size * has.allBut) / 1000)
  return {
    size,
    seed: has === 'other' ? 77 : content.seed,
    inverted: place === null || size === 0 ? undefined : Math.min(place, size - 1),
    tag: tag === 'own' ? 'mirror' : first,
  }
}
