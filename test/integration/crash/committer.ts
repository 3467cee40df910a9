/** The program whose power is cut while it commits: it says how far every download came, and when that was durable. */
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { openDatabase } from '../../../src/main/store/database'
import { createDownloadStore } from '../../../src/main/store/downloads'
import { createLogSync } from '../../../src/main/store/log-sync'
import { plain } from '../../stored-record'

flushCompileCache() // it never gets to an end
const [file = '', mutant] = process.argv.slice(2)
const database = openDatabase(file)
const log = createLogSync(database)
if (mutant === 'does not sync the log') log.synced = () => Promise.resolve()
const store = createDownloadStore(database, log)
const known = store.all()
const records = known.length > 0 ? known : store.insertAll(Array.from({ length: 4 }, () => plain))

await Promise.all(
  records.map(async (record) => {
    for (let n = record.finalBytes ?? 0; ; n++) {
      await store.commit([{ ...record, finalBytes: n }])
      writeSync(1, `${record.id} ${n} ${process.hrtime.bigint()}\n`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }),
)
