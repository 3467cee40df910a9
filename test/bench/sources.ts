import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Content } from '../server'

export interface Source {
  /** Names under the server's folder. */
  readonly names: readonly string[]
  /** A folder with these files and nothing else. */
  readonly folder: string
  readonly files: number
  /** Bytes of each file. */
  readonly size: number
}

const piece = 1024 * 1024

/** The files that programs fetch, made once for all cases that want the same. */
export class Sources {
  readonly folder: string
  readonly #made = new Map<string, Promise<Source>>()
  readonly #sums = new Map<Source, Promise<string>>()

  constructor(folder: string) {
    this.folder = folder
  }

  files(files: number, size: number): Promise<Source> {
    const key = `${files}x${size}`
    const made = this.#made.get(key) ?? this.#make(key, files, size)
    this.#made.set(key, made)
    return made
  }

  /** SHA-256 of the only file. */
  sum(source: Source): Promise<string> {
    const sum = this.#sums.get(source) ?? digest(join(this.folder, source.names[0]!))
    this.#sums.set(source, sum)
    return sum
  }

  /** Gives the memory of those back that no later case wants. */
  async drop(source: Source): Promise<void> {
    this.#made.delete(`${source.files}x${source.size}`)
    await rm(source.folder, { recursive: true })
  }

  async #make(key: string, files: number, size: number): Promise<Source> {
    const folder = join(this.folder, key)
    await mkdir(folder, { recursive: true })
    const names = Array.from({ length: files }, (_, n) => `${key}/${files === 1 ? 'data' : n}.bin`)
    for (const [n, name] of names.entries()) {
      // Small files are windows of one content, so that each is another.
      const content = new Content(size + files, 1)
      if (files > 1) await writeFile(join(this.folder, name), content.bytes(n, n + size))
      else await writeLarge(join(this.folder, name), content, size)
    }
    return { names, folder, files, size }
  }
}

async function writeLarge(path: string, content: Content, size: number): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (let at = 0; at < size; at += piece)
      await file.write(content.bytes(at, Math.min(size, at + piece)), 0, null, at)
  } finally {
    await file.close()
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
