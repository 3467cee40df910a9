import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer, type TestServer } from '../server'
import { launch, type LaunchOptions, type Longshore } from './electron'

/** A profile, a folder for files, a server, and the application on top, which may be started again and again. */
export class Stage {
  readonly root: string
  readonly folder: string
  readonly userData: string
  readonly server: TestServer
  readonly #running: Longshore[] = []

  private constructor(root: string, server: TestServer) {
    this.root = root
    this.folder = path.join(root, 'files')
    this.userData = path.join(root, 'profile')
    this.server = server
  }

  static async create(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(path.join(tmpdir(), 'longshore-e2e-')), await startServer({}))
    await mkdir(stage.folder)
    return stage
  }

  async start(options: LaunchOptions = {}): Promise<Longshore> {
    const longshore = await launch({ userData: this.userData, ...options })
    this.#running.push(longshore)
    return longshore
  }

  path(name: string): string {
    return path.join(this.folder, name)
  }

  async end(): Promise<void> {
    for (const longshore of this.#running) await longshore.kill9()
    await this.server.close()
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 })
  }
}
