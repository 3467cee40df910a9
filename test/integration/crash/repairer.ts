/** The program that is ended while it repairs the only file of its list; it says `repairing`, and `repaired`. */
import { flushCompileCache } from 'node:module'
import { compose } from '../../../src/main/compose'

flushCompileCache() // it never gets to an end
const { database, targetLocks } = JSON.parse(process.argv[2] ?? '') as { database: string; targetLocks: string }
const none = () => Promise.resolve(null)
const { engine } = compose({
  database,
  targetLocks,
  digestWorker: new URL('../../../out/main/digest.js', import.meta.url),
  secrets: { seal: none, open: none },
  log: () => undefined,
  override: { spaceMargin: null },
})
const id = engine.list()[0]?.id ?? 0
engine.subscribe(() => {
  if (engine.view(id)?.check?.doing === 'repair') console.log('repairing')
})
console.log('repaired', JSON.stringify(await engine.repair(id)))
setInterval(() => undefined, 1000)
