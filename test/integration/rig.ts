import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { DownloadId, DownloadState, DownloadView } from '../../src/shared/download'
import type { CheckpointPolicy } from '../../src/main/engine/fetch/checkpoint'
import { compose, type Composition, type EngineParts } from '../../src/main/compose'
import type { AddRequest, Engine, EngineSettings, OnLoad } from '../../src/main/engine/engine'
import type { RetryPolicy } from '../../src/main/engine/scheduler'
import type { Log, SecretBox } from '../../src/main/engine/ports'
import { patience } from '../patience'
import { startServer, type FileOptions, type TestServer } from '../server'

/** Retries at once, as often as by default: tests wait for conditions, not for pauses. */
const fastRetry: RetryPolicy = { base: 5, cap: 20, attempts: 6 }

export interface RigOptions {
  readonly settings?: Partial<EngineSettings>
  readonly retry?: RetryPolicy
  readonly checkpoints?: CheckpointPolicy
  readonly grain?: EngineParts['grain']
  readonly secrets?: SecretBox
  readonly log?: Log
  readonly ca?: readonly string[]
  /** The way to servers, their names, and which addresses are private. */
  readonly network?: Pick<EngineParts, 'proxies' | 'systemProxies' | 'identity' | 'reach'>
  readonly onLoad?: OnLoad
  readonly env?: EngineParts['env']
  /** Shared with other rigs: as programs of one user share them. */
  readonly targetLocks?: string
  readonly timeouts?: EngineParts['timeouts']
  readonly clock?: EngineParts['clock']
  readonly interfaces?: EngineParts['interfaces']
}

/** A real engine over a real store in a folder of its own. */
export class Rig {
  readonly root: string
  readonly folder: string
  #composition: Composition | null = null

  private constructor(root: string) {
    this.root = root
    this.folder = path.join(root, 'files')
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await mkdtemp(path.join(tmpdir(), 'longshore-test-')))
    await mkdir(rig.folder)
    return rig
  }

  /** Starts the program over what is stored. */
  start(options: RigOptions = {}): Engine {
    this.#composition = compose({
      database: path.join(this.root, 'longshore.db'),
      secrets: options.secrets ?? { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
      log: options.log ?? (() => undefined),
      // Tests change settings while it runs.
      override: () => ({ spaceMargin: null, portalWait: 0, serverWait: 0, ...options.settings }),
      targetLocks: options.targetLocks ?? path.join(this.root, 'locks'),
      digestWorker: new URL('../../out/main/digest.js', import.meta.url),
      retry: options.retry ?? fastRetry,
      ...(options.checkpoints ? { checkpoints: options.checkpoints } : {}),
      ...(options.grain ? { grain: options.grain } : {}),
      ...(options.ca ? { ca: options.ca } : {}),
      ...options.network,
      ...(options.timeouts ? { timeouts: options.timeouts } : {}),
      ...(options.clock ? { clock: options.clock } : {}),
      ...(options.interfaces ? { interfaces: options.interfaces } : {}),
      ...(options.onLoad ? { onLoad: options.onLoad } : {}),
      env: options.env ?? {},
    })
    return this.#composition.engine
  }

  /** What runs now. */
  get composition(): Composition {
    if (!this.#composition) throw new Error('start it first')
    return this.#composition
  }

  async stop(): Promise<void> {
    await this.#composition?.close()
    this.#composition = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await rm(this.root, { recursive: true, force: true })
  }

  request(url: string, change: Partial<AddRequest> = {}): AddRequest {
    return {
      url,
      folder: this.folder,
      name: null,
      onConflict: 'rename',
      connections: null,
      partSize: null,
      threshold: null,
      checksum: null,
      mirrors: [],
      account: null,
      credentials: { user: '', password: '', headers: [], cookies: '' },
      start: true,
      ...change,
    }
  }

  path(name: string): string {
    return path.join(this.folder, name)
  }

  /** Names in the folder, partial files too. */
  async files(): Promise<string[]> {
    return (await readdir(this.folder)).sort()
  }
}

/** Resolves with the view as soon as `fits`; it is asked again after every change. */
export function waitFor(
  engine: Engine,
  id: DownloadId,
  fits: (view: DownloadView) => boolean,
  timeout = patience,
): Promise<DownloadView> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const view = engine.view(id)
      if (view && fits(view)) end(() => resolve(view))
    }
    const end = (settle: () => void) => {
      unsubscribe()
      clearInterval(polled)
      clearTimeout(timer)
      settle()
    }
    const unsubscribe = engine.subscribe(look)
    const polled = setInterval(look, 10) // progress makes no event
    const timer = setTimeout(
      () => end(() => reject(new Error(`not in time: ${JSON.stringify(engine.view(id))}`))),
      timeout,
    )
    look()
  })
}

export const untilState = (engine: Engine, id: DownloadId, ...kinds: DownloadState['kind'][]) =>
  waitFor(engine, id, (view) => kinds.includes(view.state.kind))

/** Resolves when it is done or has failed. */
export const untilEnd = (engine: Engine, id: DownloadId) => untilState(engine, id, 'done', 'failed')

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Gives every test of a file a rig and a server of its own, and takes them away behind it.
 * @param take told of them before each test
 */
export function inEachTest(take: (made: { readonly rig: Rig; readonly server: TestServer }) => void): void {
  let made: { readonly rig: Rig; readonly server: TestServer } | null = null
  beforeEach(async () => {
    made = { rig: await Rig.create(), server: await startServer() }
    take(made)
  })
  afterEach(async () => {
    await made?.rig[Symbol.asyncDispose]()
    await made?.server.close()
    made = null
  })
}

/** Keeps what it is given under a mask, as a system's key ring would under a key. */
export const maskingBox: SecretBox = {
  seal: (text) => Promise.resolve(Buffer.from(text, 'utf8').map((byte) => byte ^ 0x5a)),
  open: (sealed) => Promise.resolve(Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString('utf8')),
}

/** Downloads one file of a server to its end. */
export async function downloadFrom(
  server: TestServer,
  rig: Rig,
  options: FileOptions,
  change: Partial<AddRequest> = {},
  name = '/data.bin',
) {
  const file = server.file(name, options)
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, change))
  return { file, engine, id, view: await untilEnd(engine, id) }
}
export type Download = (
  options: FileOptions,
  change?: Partial<AddRequest>,
  name?: string,
) => ReturnType<typeof downloadFrom>
