import { Worker } from 'node:worker_threads'
import type { ChecksumAlgorithm } from '../../../shared/download'

/** What goes to the thread that reads (digest-worker.ts). */
export type DigestRequest =
  | { readonly kind: 'digest'; readonly id: number; readonly path: string; readonly algorithm: ChecksumAlgorithm }
  | { readonly kind: 'abort'; readonly id: number }

/** What comes back from it. */
export type DigestReply =
  | { readonly kind: 'progress'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly id: number; readonly hex: string }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly code: string | null }

export interface DigesterOptions {
  /** The built file of digest-worker.ts. */
  readonly workerUrl: URL
  /** ms without work after which the thread ends; default 10 s. */
  readonly idleMs?: number
}

export interface DigestFileOptions {
  readonly signal: AbortSignal
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void
}

interface Job {
  readonly id: number
  readonly path: string
  readonly algorithm: ChecksumAlgorithm
  readonly options: DigestFileOptions
  readonly resolve: (hex: string) => void
  readonly reject: (reason: unknown) => void
}

export interface FileDigester {
  /**
   * Digest of a whole file, read in a thread of its own, one file at a time: two at once would only make a disk seek.
   * @param path a file; a symbolic link is not followed
   * @param algorithm which digest
   * @returns lower-case hex
   * @throws the signal's reason, once the file is closed again; disk errors as plain errors with their `code`
   */
  digestFile(path: string, algorithm: ChecksumAlgorithm, options: DigestFileOptions): Promise<string>
  /** Ends the thread; what it was doing or was still to do is rejected. */
  close(): Promise<void>
}

/**
 * @param options where the thread's file is, and how long it stays
 * @returns a digester; its thread starts with the first file and ends when there has been nothing to do for a while
 */
export function createDigester({ workerUrl, idleMs = 10_000 }: DigesterOptions): FileDigester {
  const queue: Job[] = []
  let current: Job | null = null
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | null = null
  let lastId = 0
  let closed = false

  const send = (message: DigestRequest): void => worker?.postMessage(message)

  function startWorker(): Worker {
    const started = new Worker(workerUrl)
    started.on('message', (reply: DigestReply) => {
      if (reply.id !== current?.id) return
      if (reply.kind === 'progress') return current.options.onProgress?.(reply.bytes)
      finish((job) => {
        // an abort counts even when the last byte was digested before it reached the thread
        if (job.options.signal.aborted) job.reject(job.options.signal.reason)
        else if (reply.kind === 'done') job.resolve(reply.hex)
        else job.reject(Object.assign(new Error(reply.message), reply.code === null ? {} : { code: reply.code }))
      })
    })
    let cause: unknown = null
    started.on('error', (error) => {
      cause = error
    })
    started.on('exit', () => {
      if (worker !== started) return
      worker = null
      finish((job) => job.reject(new Error('The thread that reads files ended', { cause })))
    })
    return started
  }

  function finish(settle: (job: Job) => void): void {
    const job = current
    current = null
    if (job !== null) settle(job)
    next()
  }

  function next(): void {
    if (current !== null || closed) return
    current = queue.shift() ?? null
    if (current === null) {
      if (worker === null || idle !== null) return
      // without work the thread must not keep a process alive
      worker.unref()
      idle = setTimeout(() => {
        const idleWorker = worker
        worker = null
        idle = null
        void idleWorker?.terminate()
      }, idleMs)
      idle.unref()
      return
    }
    if (idle !== null) clearTimeout(idle)
    idle = null
    worker ??= startWorker()
    worker.ref()
    send({ kind: 'digest', id: current.id, path: current.path, algorithm: current.algorithm })
  }

  function digestFile(path: string, algorithm: ChecksumAlgorithm, options: DigestFileOptions): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const { signal } = options
      signal.throwIfAborted()
      if (closed) throw new Error('The digester is closed')
      const onAbort = (): void => {
        const at = queue.indexOf(job)
        if (at < 0) return send({ kind: 'abort', id: job.id })
        queue.splice(at, 1)
        job.reject(signal.reason)
      }
      const settled = (): void => signal.removeEventListener('abort', onAbort)
      const job: Job = {
        id: ++lastId,
        path,
        algorithm,
        options,
        resolve: (hex) => {
          settled()
          resolve(hex)
        },
        reject: (reason) => {
          settled()
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal's reason is anything
          reject(reason)
        },
      }
      signal.addEventListener('abort', onAbort)
      queue.push(job)
      next()
    })
  }

  async function close(): Promise<void> {
    closed = true
    if (idle !== null) clearTimeout(idle)
    const error = new Error('The digester was closed')
    for (const job of queue.splice(0)) job.reject(error)
    const ending = worker
    worker = null
    await ending?.terminate()
    current?.reject(error)
    current = null
  }

  return { digestFile, close }
}
