import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { ReportEvent } from '../../src/main/cli/report'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import { startServer, type TestServer } from '../server'
import { runCli, type Process } from './processes'

/** What `--json` said so far; a running process may be in the middle of a line. */
export const eventsOf = ({ stdout }: { stdout: string }): ReportEvent[] =>
  stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportEvent)

/** Bytes that are committed for the only download of a store of the command line. */
export function committedIn(store: string): number {
  const database = openDatabase(path.join(store, 'command-line.db'))
  try {
    const [record] = createDownloadStore(database).unfinished()
    return record?.part.kind === 'open' ? writtenBytes(record.part.segments) : 0
  } finally {
    database.close()
  }
}

/** A home, a folder and a server for commands, new for each test; what it started ends with it. */
export class CommandStage {
  readonly root: string
  /** Where commands run. */
  readonly folder: string
  readonly server: TestServer
  readonly #running: { [Symbol.asyncDispose](): Promise<void> }[] = []

  private constructor(root: string, server: TestServer) {
    this.root = root
    this.folder = path.join(root, 'files')
    this.server = server
  }

  /** @param take gives the stage of each test to its file */
  static inEachTest(take: (stage: CommandStage) => void): void {
    let stage: CommandStage
    beforeEach(async () => {
      stage = new CommandStage(await mkdtemp(path.join(tmpdir(), 'longshore-cli-')), await startServer({}))
      await mkdir(stage.folder)
      await mkdir(stage.home)
      take(stage)
    })
    afterEach(() => stage.#end())
  }

  get home(): string {
    return path.join(this.root, 'home')
  }

  /** Where `get` may keep its checkpoints; not there at first. */
  get store(): string {
    return path.join(this.root, 'store')
  }

  /** Starts a command; the user's own profile is out of its reach. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Process {
    const { home } = this
    const place = { HOME: home, USERPROFILE: home, APPDATA: home, XDG_CONFIG_HOME: home }
    return this.ends(runCli(args, { cwd: this.folder, env: { ...place, ...env } }))
  }

  /** What ends with the test. */
  ends<T extends { [Symbol.asyncDispose](): Promise<void> }>(started: T): T {
    this.#running.push(started)
    return started
  }

  async #end(): Promise<void> {
    for (const each of this.#running) await each[Symbol.asyncDispose]()
    await this.server.close()
    await rm(this.root, { recursive: true, force: true })
  }
}
