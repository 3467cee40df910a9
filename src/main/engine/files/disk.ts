import * as fs from 'node:fs'
import { link, lstat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { diskFailure, isDiskError } from './disk-errors'
import { WriteMode } from './write-mode'

const [open, close, fsync] = [promisify(fs.open), promisify(fs.close), promisify(fs.fsync)]
const [write, futimes, fstat] = [promisify(fs.write), promisify(fs.futimes), promisify(fs.fstat)]

/** Folders whose pace is remembered. */
const mostFolders = 64

/** How quick the small calls in one folder are. */
class Pace {
  readonly #mode = new WriteMode()

  /**
   * @param here the call, blocking
   * @param elsewhere the same call, not blocking
   * @returns what it returns
   */
  run<T>(here: () => T, elsewhere: () => Promise<T>): T | Promise<T> {
    const began = performance.now()
    const took = () => this.#mode.took(performance.now() - began)
    if (!this.#mode.here) return elsewhere().finally(took)
    try {
      return here()
    } finally {
      took()
    }
  }
}

/**
 * Small calls to the file system: made in this thread as long as those of the same folder are quick there, which saves the
 * way to another thread and back, several times what the call itself takes; else in another one. It remembers how quick
 * folders are, so there is one for an engine. Its methods throw what Node throws, but for `exists`.
 */
export class Disk {
  readonly #paces = new Map<string, Pace>()

  /** True when something of that name exists, whatever it is. @throws DownloadFailure ACCESS, IO, … */
  async exists(file: string): Promise<boolean> {
    try {
      const found = await this.#paceOf(file).run(
        () => fs.lstatSync(file, { throwIfNoEntry: false }),
        () => lstat(file),
      )
      return found !== undefined
    } catch (error) {
      if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return false
      throw diskFailure(error)
    }
  }

  link(file: string, name: string): void | Promise<void> {
    return this.#paceOf(name).run(
      () => fs.linkSync(file, name),
      () => link(file, name),
    )
  }

  unlink(file: string): void | Promise<void> {
    return this.#paceOf(file).run(
      () => fs.unlinkSync(file),
      () => unlink(file),
    )
  }

  /**
   * @param flags of `fs.constants`
   * @param mode its rights if it is created
   */
  async open(file: string, flags: number, mode: number): Promise<SmallFile> {
    const pace = this.#paceOf(file)
    const fd = await pace.run(
      () => fs.openSync(file, flags, mode),
      () => open(file, flags, mode),
    )
    return new SmallFile(fd, pace)
  }

  #paceOf(file: string): Pace {
    const folder = path.dirname(file)
    let pace = this.#paces.get(folder)
    if (!pace) {
      if (this.#paces.size === mostFolders) this.#paces.clear()
      this.#paces.set(folder, (pace = new Pace()))
    }
    return pace
  }
}

/** An open file that is written in a few small calls. */
export class SmallFile {
  readonly #fd: number
  readonly #pace: Pace

  constructor(fd: number, pace: Pace) {
    this.#fd = fd
    this.#pace = pace
  }

  /** Writes all bytes from the beginning of the file; loops over short writes. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.length - at
      at += await this.#pace.run(
        () => fs.writeSync(this.#fd, bytes, at, rest, at),
        async () => (await write(this.#fd, bytes, at, rest, at)).bytesWritten,
      )
    }
  }

  /** @param at ms since the epoch: the time of its last change */
  setDate(at: number): void | Promise<void> {
    const date = at / 1000
    return this.#pace.run(
      () => fs.futimesSync(this.#fd, date, date),
      () => futimes(this.#fd, date, date),
    )
  }

  stat(): fs.BigIntStats | Promise<fs.BigIntStats> {
    return this.#pace.run(
      () => fs.fstatSync(this.#fd, { bigint: true }),
      () => fstat(this.#fd, { bigint: true }),
    )
  }

  /** Always in another thread: nobody can tell how long a sync takes. */
  sync(): Promise<void> {
    return fsync(this.#fd)
  }

  close(): void | Promise<void> {
    return this.#pace.run(
      () => fs.closeSync(this.#fd),
      () => close(this.#fd),
    )
  }
}
