import { randomInt } from 'node:crypto'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import { Image, impossible } from './crash/image'
import { runTypeScript } from './processes'

const cuts = Math.ceil(Number(process.env['LONGSHORE_CUTS'] ?? 20) / 4)
const why = await impossible('ext4')
if (why !== null) console.log(`skipped: power cuts under commits. ${why}`)

type Mutant = 'does not sync the log'

/** @returns how many commits were called durable, and those that the database does not have */
async function cut(disk: Image, mutant: Mutant | '') {
  const database = path.join(disk.folder, 'longshore.db')
  const program = path.join(import.meta.dirname, 'crash', 'committer.ts')
  const lost: string[] = []
  await using running = runTypeScript([program, database, mutant])
  await running.until(({ stdout }) => stdout.includes('\n'))
  // The moment itself is what varies: there is no condition to wait for.
  await pass(randomInt(0, 200))
  const dark = await disk.cut()
  await running.signal('SIGKILL')
  await disk.unmount()
  await disk.mount()
  const lines = running.stdout.split('\n').slice(0, -1)
  const promised = new Map<number, number>()
  for (const [id = '', bytes = '', at = ''] of lines.map((line) => line.split(' '))) {
    if (BigInt(at) < dark) promised.set(Number(id), Number(bytes))
  }
  const opened = openDatabase(database)
  for (const { id, finalBytes } of createDownloadStore(opened).all()) {
    const said = promised.get(id) ?? -1
    if ((finalBytes ?? -1) < said) lost.push(`download ${id}: ${said} was durable, ${finalBytes} is there`)
  }
  opened.close()
  return { commits: lines.length, lost }
}

describe.runIf(why === null)('55: a commit that says that it is durable', () => {
  it(`is in the database after a power cut, ${cuts} times`, async () => {
    await using disk = await Image.create('ext4')
    let commits = 0
    for (let n = 0; n < cuts; n++) {
      const found = await cut(disk, '')
      expect(found.lost).toEqual([])
      commits += found.commits
    }
    console.log('commits under power cuts:', JSON.stringify({ cuts, commits }))
    expect(commits).toBeGreaterThan(cuts)
  })

  it('would not be without the sync of the log', async () => {
    await using disk = await Image.create('ext4')
    const lost: string[] = []
    for (let n = 0; n < 8 && lost.length === 0; n++) lost.push(...(await cut(disk, 'does not sync the log')).lost)
    expect(lost).not.toEqual([])
  })
})
