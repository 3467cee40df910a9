import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** The Node that the project brings along: what it built for itself runs there. */
export const node = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that this test started, with all that it said. It never outlives its test. */
export class Process {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''
  readonly #listeners = new Set<() => void>()

  constructor(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.child = spawn(command, args, { cwd: options.cwd ?? root, env: { ...process.env, ...options.env } })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#look()
    })
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#look()
    })
    this.child.stdin.on('error', () => undefined) // it ended without reading
    this.ended = once(this.child, 'close').then((how) => {
      const [code, signal] = how as [number | null, NodeJS.Signals | null]
      this.#look()
      return { code, signal, stdout: this.stdout, stderr: this.stderr }
    })
  }

  /** Resolves as soon as `fits`; it is asked again whenever the process said something. */
  until(fits: (process: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (fits(this)) resolve()
        else if (this.child.exitCode !== null || this.child.signalCode !== null) {
          reject(new Error(`it ended first: ${this.child.exitCode} ${this.stderr}`))
        } else return
        this.#listeners.delete(look)
      }
      this.#listeners.add(look)
      look()
    })
  }

  signal(name: NodeJS.Signals): Promise<Ended> {
    this.child.kill(name)
    return this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL')
    await this.ended
  }

  #look(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

const hooks = new URL('../../scripts/typescript.mjs', import.meta.url).href
/** What Node made of the modules: to make it again takes longer than most of what is done with it. */
const compiled = path.join(root, 'node_modules', '.cache', 'longshore', 'compiled')

/**
 * A program that may import the project's modules. One that ends by a signal keeps nothing of what was compiled, unless
 * it said so itself (`flushCompileCache`).
 * @param args its file and arguments, as `node` takes them
 */
export function runTypeScript(args: readonly string[]): Process {
  return new Process(node, ['--no-warnings', '--import', hooks, ...args], { env: { NODE_COMPILE_CACHE: compiled } })
}

/** A script that may import the project's modules from the repository's root. */
export const runScript = (code: string): Process => runTypeScript(['--input-type=module', '--eval', code])

const cli = path.join(root, 'out', 'main', 'cli.js')

/** The built command line. */
export function runCli(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Process {
  return new Process(node, [cli, ...args], options)
}

/** The same, started by another program that limits it. */
export function runCliUnder([command = '', ...before]: readonly string[], args: readonly string[]): Process {
  return new Process(command, [...before, node, cli, ...args])
}
