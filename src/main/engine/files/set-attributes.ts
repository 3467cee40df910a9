import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** One file and its attributes, as `getfattr --dump` would have written them (attr(5)). */
export type AttributeDump = string

interface Waiting {
  resolve(): void
  reject(error: Error): void
}

/** ms without work after which the process ends. */
const idle = 1000
/** An entry that cannot be set says, by its error, that those before it are done. */
const mark = '/dev/null/done'

let running: Setter | null = null
/** There is no such program: looking for it again and again would take as long. */
let missing: Error | null = null

/**
 * Sets attributes by `setfattr`. One process takes them all, as they come: to start one takes this thread 10 ms and more,
 * which is longer than a small file takes altogether.
 * @throws Error with the code ENOENT where there is no such program; what it says of this file
 */
export function setAttributes(dump: AttributeDump): Promise<void> {
  if (missing) return Promise.reject(missing)
  running ??= new Setter()
  return running.set(dump)
}

class Setter {
  readonly #child: ChildProcessByStdio<Socket, null, Socket>
  readonly #waiting: Waiting[] = []
  /** What it said since the last mark. */
  #said: string[] = []
  #unsent: string[] = []
  #end: NodeJS.Timeout | null = null

  constructor() {
    this.#child = spawn('setfattr', ['--restore=-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    }) as ChildProcessByStdio<Socket, null, Socket>
    // First of all: with no file handle left there are no pipes either.
    this.#child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') missing = error
      this.#gone(error)
    })
    if (this.#child.pid === undefined) return
    this.#child.stdin.on('error', () => undefined) // it ended without reading: 'close' tells
    createInterface(this.#child.stderr).on('line', (line) => this.#line(line))
    this.#child.once('close', () => this.#gone(new Error(this.#said.join('; ') || 'setfattr ended')))
  }

  set(dump: AttributeDump): Promise<void> {
    if (this.#end) clearTimeout(this.#end)
    this.#hold(true)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (this.#unsent.length === 0) setImmediate(() => this.#send())
      this.#unsent.push(`${dump}\n# file: ${mark}\nuser.none=""\n\n`)
    })
  }

  /** What came in one turn goes in one write: it costs as much as all else that is done for a mark here. */
  #send(): void {
    if (this.#child.pid !== undefined) this.#child.stdin.write(this.#unsent.join(''))
    this.#unsent = []
  }

  #line(line: string): void {
    if (!line.includes(`${mark}:`)) {
      this.#said.push(line)
      return
    }
    const first = this.#waiting.shift()
    if (this.#said.length > 0) first?.reject(new Error(this.#said.join('; ')))
    else first?.resolve()
    this.#said = []
    if (this.#waiting.length > 0) return
    this.#hold(false)
    this.#end = setTimeout(() => this.#close(), idle).unref()
  }

  #close(): void {
    this.#leave()
    this.#child.stdin.end()
  }

  #gone(error: Error): void {
    this.#leave()
    for (const each of this.#waiting.splice(0)) each.reject(error)
  }

  /** While it has nothing to do it does not keep this program from ending. */
  #hold(needed: boolean): void {
    if (this.#child.pid === undefined) return
    for (const each of [this.#child, this.#child.stdin, this.#child.stderr]) {
      if (needed) each.ref()
      else each.unref()
    }
  }

  /** The next file begins another process. */
  #leave(): void {
    if (running === this) running = null
  }
}
