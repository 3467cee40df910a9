// `node --no-warnings --import ./scripts/typescript.mjs test/bench/waiting.ts [N]`: what N stored downloads cost (100,000),
// all completed and all waiting, beside an empty list: the start, memory, a page, the snapshot, a pause of all, the next
// start. Each in a process of its own. Only ratios of one run mean anything; `docs/performance.md` has the figures.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPublisher } from '../../src/main/service/publisher'
import { createService } from '../../src/main/service/service'
import { compose } from '../../src/main/compose'
import type { NewDownload } from '../../src/main/engine/ports'
import { completed, storedDownload, writeStore } from '../stored-downloads'

const kinds = ['empty', 'done', 'queued', 'paused'] as const
type Kind = (typeof kinds)[number]

function fill(file: string, count: number, kind: Kind): void {
  writeStore(
    file,
    Array.from({ length: kind === 'empty' ? 0 : count }, (_, n) => stored(n, kind)),
  )
}

function stored(n: number, kind: Kind): NewDownload {
  const at = 1_790_000_000_000 + n
  const url = `http://127.0.0.1:9/some/folder/of/files/${n}-with-a-longer-name.bin`
  const about = { url, folder: path.join(tmpdir(), `files-${n % 50}`), name: null, addedAt: at }
  if (kind !== 'done') {
    return storedDownload(about, { position: n, state: { kind: kind === 'queued' ? 'queued' : 'paused' } })
  }
  return storedDownload(about, {
    position: n,
    ...completed(at, 65_536),
    part: { kind: 'published', inode: `${n}@${at}000000`, generation: '0123abcd' },
    remote: {
      url,
      total: 65_536,
      validator: { kind: 'etag', value: `"${n}"` },
      ranges: true,
      contentType: 'application/octet-stream',
      modified: at,
    },
  })
}

/** One run over a list that is there. */
async function run(file: string): Promise<Record<string, number>> {
  globalThis.gc?.()
  const found: Record<string, number> = {}
  const before = process.memoryUsage.rss()
  const measure = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const began = performance.now()
    const result = await work()
    found[name] = performance.now() - began
    return result
  }
  const began = performance.now()
  const composition = compose({
    database: file,
    secrets: { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
    log: () => undefined,
    targetLocks: path.join(path.dirname(file), 'locks'),
    digestWorker: new URL('../../out/main/digest.js', import.meta.url),
    // Nothing runs: what is measured is the list.
    override: { concurrentDownloads: 0, spaceMargin: null },
  })
  found['start'] = performance.now() - began
  const ignore = () => undefined
  const publisher = createPublisher(composition.engine, {
    changed: ignore,
    progress: ignore,
    inspection: ignore,
    queues: ignore,
  })
  const service = createService(composition, publisher)
  await measure('snapshot', () => service.snapshot().downloads.length)
  await measure('a page of completed', () => service.finished(null))
  await measure('a page of history', () => service.history('', null))
  await measure('a page of history again', () => service.history('', null))
  globalThis.gc?.()
  found['memory, MiB'] = (process.memoryUsage.rss() - before) / 2 ** 20
  await measure('pause all', () => service.pauseAll())
  await measure('resume all', () => service.resumeAll())
  await measure('close', () => composition.close())
  return found
}

const [first, second, third] = process.argv.slice(2)
if (first === 'run') console.log(JSON.stringify(await run(second!)))
else if (first === 'fill') fill(second!, Number(third), 'queued')
else {
  const count = Number(first ?? 100_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'longshore-large-'))
  const table: Record<string, Record<string, string>> = {}
  for (const kind of kinds) {
    const file = path.join(folder, kind, 'longshore.db')
    fill(file, count, kind)
    const results = Array.from({ length: 3 }, () => {
      const args = ['--no-warnings', '--expose-gc', ...process.execArgv, fileURLToPath(import.meta.url), 'run', file]
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout) as Record<string, number>
    })
    for (const name of Object.keys(results[0] ?? {})) {
      const sorted = results.map((each) => each[name]!).sort((a, b) => a - b)
      ;(table[name] ??= {})[kind] = sorted[1]!.toFixed(1)
    }
    ;(table['database, MiB'] ??= {})[kind] = (statSync(file).size / 2 ** 20).toFixed(1)
  }
  console.table(table)
  rmSync(folder, { recursive: true })
}
