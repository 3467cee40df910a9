import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const call = promisify(execFile)

export type FileSystem = 'ext4' | 'xfs'

/** mkfs.xfs takes no less than 300 MiB. The image has holes: it costs what is written. */
const size = 400 * 1024 * 1024

/**
 * A file system of its own whose power can be cut: what was not synced is gone then, because the kernel forgets it
 * without writing it. The disk below it has no cache of its own that could be lost, so a missing cache flush below
 * fdatasync is not found by this.
 */
export class Image {
  readonly folder: string
  readonly #root: string
  #mounted = false

  private constructor(root: string) {
    this.#root = root
    this.folder = path.join(root, 'mounted')
  }

  static async create(kind: FileSystem): Promise<Image> {
    const image = new Image(await mkdtemp(path.join(tmpdir(), 'longshore-power-')))
    // Whoever makes a namespace meanwhile, as tests of the network do, gets a copy of this mount. Below a shared one an
    // unmount is theirs too; otherwise the dead file system would come back at the next mount.
    await call('mount', ['--bind', image.#root, image.#root])
    await call('mount', ['--make-shared', image.#root])
    await mkdir(image.folder)
    await writeFile(image.#file, '')
    await truncate(image.#file, size)
    await call(`mkfs.${kind}`, kind === 'ext4' ? ['-q', '-F', image.#file] : ['-q', image.#file])
    await image.mount()
    return image
  }

  get #file(): string {
    return path.join(this.#root, 'image')
  }

  async mount(): Promise<void> {
    await call('mount', ['-o', 'loop', this.#file, this.folder])
    this.#mounted = true
  }

  /**
   * Nothing reaches the disk from here on, not even the file system's own journal.
   * @returns when it began, in ns of `process.hrtime`. What a program says later does not count: while ext4 goes down it
   *   calls a sync done that wrote nothing (Linux 6.18: one cut in 25 of a program that only appends and syncs), and after
   *   a real cut there is nobody to hear that.
   */
  async cut(): Promise<bigint> {
    const tool = spawn('xfs_io', ['-x', this.folder], { stdio: ['pipe', 'ignore', 'pipe'] })
    const ended = once(tool, 'close')
    // It is there when it complains of a word that it does not know (what it says else is held back): then the cut
    // follows at once, and hardly a sync ends in between.
    tool.stdin.on('error', () => undefined) // it ended without reading: its code says so
    tool.stdin.write('ready?\n')
    await Promise.race([once(tool.stderr, 'data'), ended])
    const began = process.hrtime.bigint()
    tool.stdin.end('shutdown\n')
    const [code] = (await ended) as [number | null]
    if (code !== 0) throw new Error(`xfs_io could not shut ${this.folder} down: ${code}`)
    return began
  }

  async unmount(): Promise<void> {
    await call('umount', [this.folder])
    this.#mounted = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#mounted) await call('umount', ['-l', this.folder]).catch(() => undefined)
    await call('umount', ['-l', this.#root]).catch(() => undefined)
    await rm(this.#root, { recursive: true, force: true })
  }
}

/** Why there can be no power cuts here; `null` when there can. */
export async function impossible(kind: FileSystem): Promise<string | null> {
  if (process.platform !== 'linux') return 'only Linux can shut a file system down'
  try {
    await using image = await Image.create(kind)
    await image.cut()
    await image.unmount()
    return null
  } catch (error) {
    return (error as Error).message.trim().split('\n').at(-1) ?? 'no reason'
  }
}
