import { parentPort } from 'node:worker_threads'
import type { DigestReply, DigestRequest } from './engine/integrity/digester'
import { FileReader } from './engine/integrity/reader'

/** Entry of the thread that reads files for their digests; integrity/digester.ts starts it and is the only one to talk to it. */

if (parentPort === null) throw new Error('digest-worker is the entry of a thread')
const port = parentPort
const reply = (message: DigestReply): void => port.postMessage(message)
const files = new Map<number, FileReader>()
const running = new Map<number, AbortController>()
const progressEvery = 8 << 20

port.on('message', (request: DigestRequest) => {
  switch (request.kind) {
    case 'open':
      files.set(request.file, new FileReader(request.path, request.algorithms, request.origin))
      break
    case 'read':
      void read(request)
      break
    case 'digests':
      reply({ kind: 'digests', id: request.id, digests: files.get(request.file)?.digests() ?? new Map() })
      break
    case 'abort':
      running.get(request.id)?.abort()
      break
    case 'close':
      files.delete(request.file)
  }
})

async function read({ id, file, start, end }: Extract<DigestRequest, { kind: 'read' }>): Promise<void> {
  const abort = new AbortController()
  running.set(id, abort)
  let told = 0
  try {
    const reader = files.get(file)
    if (!reader) throw new Error('the file is closed')
    const blocks = await reader.read(start, end, {
      signal: abort.signal,
      onProgress(bytes) {
        if (bytes - told < progressEvery) return
        told = bytes
        reply({ kind: 'progress', id, bytes })
      },
    })
    reply({ kind: 'read', id, blocks })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
    reply({ kind: 'failed', id, message, code })
  } finally {
    running.delete(id)
  }
}
