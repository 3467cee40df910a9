import { Worker } from 'node:worker_threads'
import type { ChecksumAlgorithm } from '../../../shared/verification'
import { blockSize } from './blocks'
import type { CrcAlgorithm } from './crc'
import { FileReader, type CrcValues, type ReadOptions } from './reader'

/** What goes to the thread that reads (digest-worker.ts). */
export type DigestRequest =
  | {
      readonly kind: 'open'
      readonly file: number
      readonly path: string
      readonly algorithms: readonly ChecksumAlgorithm[]
      readonly origin: number
    }
  | { readonly kind: 'read'; readonly id: number; readonly file: number; readonly start: number; readonly end: number }
  | { readonly kind: 'digests'; readonly id: number; readonly file: number }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'close'; readonly file: number }

/** What comes back from it. */
export type DigestReply =
  | { readonly kind: 'progress'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'read'; readonly id: number; readonly blocks: readonly CrcValues[] }
  | { readonly kind: 'digests'; readonly id: number; readonly digests: ReadonlyMap<ChecksumAlgorithm, string> }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly code: string | null }

export interface DigesterOptions {
  /** The built file of digest-worker.ts. */
  readonly workerUrl: URL
  /** ms without work after which the thread ends; default 10 s. */
  readonly idleMs?: number
}

/** One file that is being read back; see `FileReader`. */
export interface FileReading {
  /**
   * Reads a part. Where it begins at the end of what was read before, or at 0, the digests take it in.
   * @param start where a block begins
   * @param end exclusive
   * @returns the CRCs of each block that begins in it
   * @throws the signal's reason, once the file is closed again; disk errors as plain errors with their `code`
   */
  read(start: number, end: number, options: ReadOptions): Promise<readonly CrcValues[]>
  /** @returns hex of each digest of cryptography, of all that was read in order */
  digests(): Promise<ReadonlyMap<ChecksumAlgorithm, string>>
  /** Call it when nothing more is wanted, in any case. */
  close(): void
}

export interface FileDigester {
  /**
   * Small files are read in this thread: that is done before another one has started. Others in a thread of their own,
   * one read at a time: two at once would only make a disk seek.
   * @param path a file; a symbolic link is not followed
   * @param size bytes of it, as far as is known
   * @param algorithms what is wanted of it
   * @param origin where the digests begin; default 0
   */
  open(path: string, size: number, algorithms: readonly ChecksumAlgorithm[], origin?: number): FileReading
  /**
   * Digest of [start, end) alone.
   * @returns lower-case hex
   */
  digestRange(
    path: string,
    start: number,
    end: number,
    algorithm: Exclude<ChecksumAlgorithm, CrcAlgorithm>,
    signal: AbortSignal,
  ): Promise<string>
  /** Ends the thread; what it was doing or was still to do is rejected. */
  close(): Promise<void>
}

/** Bytes; SHA-256 takes 0.7 ms a MiB, and others have their turn after each MiB. */
export const inPlaceLimit = 4 * blockSize

type Reply = Exclude<DigestReply, { kind: 'progress' }>

interface Job {
  readonly request: Extract<DigestRequest, { kind: 'read' | 'digests' }>
  /** Of a read. */
  readonly options: ReadOptions | null
  readonly resolve: (reply: Reply) => void
  readonly reject: (reason: unknown) => void
}

/**
 * @param options where the thread's file is, and how long it stays
 * @returns a digester; its thread starts with the first large file and ends when no file has been open for a while
 */
export function createDigester({ workerUrl, idleMs = 10_000 }: DigesterOptions): FileDigester {
  return new ThreadDigester(workerUrl, idleMs)
}

class ThreadDigester implements FileDigester {
  readonly #url: URL
  readonly #idleMs: number
  readonly #queue: Job[] = []
  readonly #open = new Set<number>()
  /** Sent and not answered: one read at most, and what needs no disk. */
  readonly #sent = new Map<number, Job>()
  #worker: Worker | null = null
  #idle: NodeJS.Timeout | null = null
  #lastId = 0
  #closed = false

  constructor(url: URL, idleMs: number) {
    this.#url = url
    this.#idleMs = idleMs
  }

  open(path: string, size: number, algorithms: readonly ChecksumAlgorithm[], origin = 0): FileReading {
    if (size <= inPlaceLimit) return inPlace(path, algorithms, origin)
    const file = ++this.#lastId
    let worker: Worker | null = null
    const started = () => {
      if (this.#closed) throw new Error('The digester is closed')
      if (worker === null) {
        worker = this.#start()
        this.#open.add(file)
        this.#send({ kind: 'open', file, path, algorithms, origin })
      }
      // Another thread has not seen what this one had read: then the file must be read again from the start.
      if (worker !== this.#worker) throw new Error('The thread that reads files ended')
    }
    return {
      read: async (start, end, options) => {
        options.signal.throwIfAborted()
        started()
        const reply = await this.#run({ kind: 'read', id: ++this.#lastId, file, start, end }, options)
        return reply.kind === 'read' ? reply.blocks : []
      },
      digests: async () => {
        started()
        const reply = await this.#run({ kind: 'digests', id: ++this.#lastId, file }, null)
        return reply.kind === 'digests' ? reply.digests : new Map()
      },
      close: () => {
        if (worker === null) return
        if (worker === this.#worker) this.#send({ kind: 'close', file })
        this.#open.delete(file)
        this.#rest()
      },
    }
  }

  async digestRange(
    path: string,
    start: number,
    end: number,
    algorithm: Exclude<ChecksumAlgorithm, CrcAlgorithm>,
    signal: AbortSignal,
  ): Promise<string> {
    const file = this.open(path, end - start, [algorithm], start)
    try {
      await file.read(start, end, { signal })
      return (await file.digests()).get(algorithm) ?? ''
    } finally {
      file.close()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#idle !== null) clearTimeout(this.#idle)
    const error = new Error('The digester was closed')
    const ending = this.#worker
    this.#worker = null
    await ending?.terminate()
    this.#rejectAll(error)
  }

  #rejectAll(error: Error): void {
    const jobs = [...this.#queue.splice(0), ...this.#sent.values()]
    this.#sent.clear()
    for (const job of jobs) job.reject(error)
  }

  #send(request: DigestRequest): void {
    this.#worker?.postMessage(request)
  }

  #start(): Worker {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#worker !== null) return this.#worker
    const started = new Worker(this.#url)
    started.on('message', (reply: DigestReply) => this.#receive(reply))
    let cause: unknown = null
    started.on('error', (error) => {
      cause = error
    })
    started.on('exit', () => {
      if (this.#worker !== started) return
      this.#worker = null
      this.#open.clear()
      this.#rejectAll(new Error('The thread that reads files ended', { cause }))
    })
    this.#worker = started
    return started
  }

  #run(request: Job['request'], options: ReadOptions | null): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      const signal = options?.signal
      const onAbort = (): void => {
        const at = this.#queue.indexOf(job)
        if (at < 0) return this.#send({ kind: 'abort', id: request.id })
        this.#queue.splice(at, 1)
        job.reject(signal?.reason)
      }
      const settled = (): void => signal?.removeEventListener('abort', onAbort)
      const job: Job = {
        request,
        options,
        resolve: (reply) => {
          settled()
          resolve(reply)
        },
        reject: (reason) => {
          settled()
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal's reason is anything
          reject(reason)
        },
      }
      signal?.addEventListener('abort', onAbort)
      this.#queue.push(job)
      this.#next()
    })
  }

  #receive(reply: DigestReply): void {
    const job = this.#sent.get(reply.id)
    if (!job) return
    if (reply.kind === 'progress') return job.options?.onProgress?.(reply.bytes)
    this.#sent.delete(reply.id)
    // an abort counts even when the last byte was digested before it reached the thread
    if (job.options?.signal.aborted) job.reject(job.options.signal.reason)
    else if (reply.kind !== 'failed') job.resolve(reply)
    else job.reject(Object.assign(new Error(reply.message), reply.code === null ? {} : { code: reply.code }))
    this.#next()
  }

  #next(): void {
    const reading = [...this.#sent.values()].some((job) => job.request.kind === 'read')
    const at = reading ? this.#queue.findIndex((job) => job.request.kind === 'digests') : 0
    const [job] = at < 0 ? [] : this.#queue.splice(at, 1)
    if (job) {
      this.#sent.set(job.request.id, job)
      this.#send(job.request)
    }
    if (this.#sent.size > 0) this.#worker?.ref()
    else {
      // Only what is waited for keeps a process alive.
      this.#worker?.unref()
      this.#rest()
    }
  }

  /** Without an open file the thread ends after a while. */
  #rest(): void {
    if (this.#open.size > 0 || this.#worker === null || this.#idle !== null) return
    this.#idle = setTimeout(() => {
      const idleWorker = this.#worker
      this.#worker = null
      this.#idle = null
      void idleWorker?.terminate()
    }, this.#idleMs)
    this.#idle.unref()
  }
}

function inPlace(path: string, algorithms: readonly ChecksumAlgorithm[], origin: number): FileReading {
  const reader = new FileReader(path, algorithms, origin)
  return {
    read: (start, end, options) => reader.read(start, end, options),
    digests: () => Promise.resolve(reader.digests()),
    close: () => undefined,
  }
}
