import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { keepCleaning } from '../../src/main/service/cleaning'
import type { Engine } from '../../src/main/engine/engine'
import { createLists } from '../../src/main/exchange/lists'
import { defaultCategories, type Category } from '../../src/shared/categories'
import { noChoices } from '../../src/shared/queues'
import { type TestServer } from '../server'
import { MovingClock } from './moving-clock'
import { inEachTest, Rig, untilEnd } from './rig'

/** How many rows; more by hand: LONGSHORE_HISTORY=100000. */
const many = Number(process.env.LONGSHORE_HISTORY ?? 3000)
const day = 86_400_000

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const finished = (n: number, change: { name?: string; finishedAt?: number } = {}) => ({
  url: `https://files.example/archive/${n}`,
  mirrors: [],
  folder: rig.folder,
  name: `survey ${n}.tar`,
  onConflict: 'rename' as const,
  priority: 'normal' as const,
  checksum: null,
  addedAt: n,
  finishedAt: n,
  bytes: n,
  ...change,
})

/** All pages of a search. */
function pages(engine: Engine, query: string, size: number): string[][] {
  const found: string[][] = []
  let after: ReturnType<Engine['history']>['next'] = null
  do {
    const page = engine.history(query, after, size)
    found.push(page.views.map(({ name }) => name))
    after = page.next
  } while (after !== null)
  return found
}

describe('the history', () => {
  it('is read page by page, the last finished first, and searched by words', () => {
    const engine = rig.start()
    engine.addFinished(Array.from({ length: 25 }, (_, n) => finished(n, { finishedAt: Math.floor(n / 3) })))
    engine.addFinished([finished(100, { name: 'ÉTÉ 港湾.zip', finishedAt: 50 })])
    const all = pages(engine, '', 10)
    expect(all.map((page) => page.length)).toEqual([10, 10, 6])
    expect(all.flat().slice(0, 3)).toEqual(['ÉTÉ 港湾.zip', 'survey 24.tar', 'survey 23.tar'])
    expect(new Set(all.flat()).size).toBe(26)
    expect(pages(engine, 'SURVEY archive/12', 10)).toEqual([['survey 12.tar']])
    expect(pages(engine, 'été', 10)).toEqual([['ÉTÉ 港湾.zip']])
    expect(pages(engine, "nothing ' % _", 10)).toEqual([[]])
  })

  it(`of ${many} is no weight at the start, and is searched in a moment`, async () => {
    const first = rig.start()
    first.addFinished(Array.from({ length: many }, (_, n) => finished(n)))
    await rig.stop()
    const begin = performance.now()
    const engine = rig.start()
    const started = performance.now()
    expect(engine.unfinished()).toEqual([])
    engine.history('', null, 100)
    const paged = performance.now()
    engine.history('not there', null, 100)
    const searched = performance.now()
    if (process.env.LONGSHORE_HISTORY) {
      const ms = (from: number, to: number) => Math.round(to - from)
      console.log({ many, start: ms(begin, started), page: ms(started, paged), search: ms(paged, searched) })
    }
    expect(paged - started).toBeLessThan(2000)
  })

  it('is cleaned by age, at once and every day, and files stay', async () => {
    const clock = new MovingClock(100 * day)
    const engine = rig.start({ clock })
    const file = server.file('/kept.bin', { size: 1000 })
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    engine.addFinished([finished(1, { finishedAt: 50 * day }), finished(2, { finishedAt: 95 * day })])
    await rig.composition.settings.write({ historyDays: 10 })
    const stop = keepCleaning(engine, rig.composition.settings, clock, () => undefined)
    const names = () => pages(engine, '', 10).flat()
    await expect.poll(names).toEqual(['kept.bin', 'survey 2.tar'])
    clock.skip(day)
    expect(names()).toEqual(['kept.bin', 'survey 2.tar'])
    for (let n = 0; n < 12; n++) {
      clock.skip(day)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await expect.poll(names).toEqual([])
    expect(await readFile(rig.path('kept.bin'))).toEqual(file.bytes())
    stop()
  })
})

describe('the list as a file', () => {
  it('is what it was in another profile, without secrets, and nothing comes twice', async () => {
    await using other = await Rig.create()
    const engine = rig.start()
    const queue = engine.addQueue({ ...noChoices, name: 'Night', stopped: true })
    const file = server.file('/done.bin', { size: 1000 })
    const credentials = { user: 'me', password: 'geheim', headers: [], cookies: 'sid=geheim' }
    const done = await engine.add(rig.request(file.url, { credentials }))
    await untilEnd(engine, done)
    await engine.add(rig.request('https://files.example/a', { queue, name: 'a.zip', credentials }))
    const low = await engine.add(rig.request('https://files.example/b', { start: false }))
    engine.prioritize([low], 'low')
    engine.categorize([low], 'here')
    engine.categorize([done], 'disc')
    const target = rig.path('list.json')
    expect(await createLists(engine, () => own('here')).exportList(target)).toBe(3)
    expect(await readFile(target, 'utf8')).not.toContain('geheim')

    const theirs = other.start()
    const night = theirs.addQueue({ ...noChoices, name: 'Night', stopped: true })
    const lists = createLists(theirs, () => own('there'))
    expect(await lists.importList(target)).toEqual({ added: 3, known: 0 })
    expect(await lists.importList(target)).toEqual({ added: 0, known: 3 })
    const views = theirs.list().toSorted((a, b) => a.name.localeCompare(b.name))
    expect(views.map(({ name, state, queue: in_, priority }) => [name, state.kind, in_, priority])).toEqual([
      ['a.zip', 'queued', night, 'normal'],
      ['b', 'paused', 1, 'low'],
      ['done.bin', 'done', 1, 'normal'],
    ])
    expect(views[2]).toMatchObject({ total: 1000, folder: rig.folder })
    // A category of the user's own has another id there.
    expect(views.map(({ category }) => category)).toEqual([undefined, 'there', 'disc'])
  })

  it.each([
    ['no JSON', '{'],
    ['another kind', '{"kind":"longshore settings","version":1,"downloads":[]}'],
    ['a newer version', '{"kind":"longshore list","version":2,"downloads":[]}'],
    ['a path that is not absolute', listOf({ folder: 'here' })],
    ['an address of another kind', listOf({ url: 'file:///etc/passwd' })],
  ])('of %s is refused, and nothing is added', async (_, text) => {
    const engine = rig.start()
    await writeFile(rig.path('list.json'), text)
    await expect(createLists(engine, () => []).importList(rig.path('list.json'))).rejects.toThrow('E_LIST')
    expect(engine.list()).toEqual([])
  })
})

/** The categories of a profile in which the user made one. */
const own = (id: string): Category[] => [
  ...defaultCategories,
  { id, name: 'Lectures', extensions: [], hosts: ['a.example'], folder: null },
]

function listOf(change: object): string {
  const good = { url: 'https://files.example/a', folder: '/tmp', name: null, state: 'paused', addedAt: 1 }
  const downloads = [good, { ...good, ...change }]
  return JSON.stringify({ kind: 'longshore list', version: 1, downloads })
}
