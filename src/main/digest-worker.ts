import { parentPort } from 'node:worker_threads'
import { readDigest } from './engine/files/digest'
import type { DigestReply, DigestRequest } from './engine/files/verify'

/** Entry of the thread that reads whole files for their digests; verify.ts starts it and is the only one to talk to it. */

if (parentPort === null) throw new Error('digest-worker is the entry of a thread')
const port = parentPort
const reply = (message: DigestReply): void => port.postMessage(message)
const running = new Map<number, AbortController>()
const progressEvery = 64 << 20

port.on('message', (request: DigestRequest) => {
  if (request.kind === 'abort') running.get(request.id)?.abort()
  else void digest(request)
})

async function digest({ id, path, algorithm }: Extract<DigestRequest, { kind: 'digest' }>): Promise<void> {
  const abort = new AbortController()
  running.set(id, abort)
  let told = 0
  try {
    const hex = await readDigest(path, algorithm, {
      signal: abort.signal,
      onProgress(bytes) {
        if (bytes - told < progressEvery) return
        told = bytes
        reply({ kind: 'progress', id, bytes })
      },
    })
    reply({ kind: 'done', id, hex })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
    reply({ kind: 'failed', id, message, code })
  } finally {
    running.delete(id)
  }
}
