import { readdir } from 'node:fs/promises'
import type { Locator } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../integration/rig'
import { violations } from './axe'
import { ask } from './bridge'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { openForm, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

async function add(longshore: Longshore, urls: readonly string[], start = true): Promise<void> {
  const form = await openForm(longshore, stage.folder)
  await form.getByRole('textbox', { name: 'URLs' }).fill(urls.join('\n'))
  if (!start) await form.getByRole('checkbox', { name: 'Start immediately' }).uncheck()
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await form.waitFor({ state: 'detached' })
}

const grid = ({ window }: Longshore) => window.getByRole('grid', { name: 'Downloads' })
const header = (longshore: Longshore, name: string) => grid(longshore).getByRole('columnheader', { name })
/** Names of the rows from top to bottom; React does not keep them so in the document. */
const order = (longshore: Longshore) =>
  grid(longshore)
    .locator('[role="row"][data-index]')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
        .map((each) => each.getAttribute('aria-label')),
    )
const filter = ({ window }: Longshore, name: RegExp) =>
  window.getByRole('navigation', { name: 'Filters' }).getByRole('button', { name })
const details = ({ window }: Longshore) => window.getByRole('region', { name: 'Details' })

describe('the list', () => {
  const sizes = { 'b.zip': 2000, 'a.iso': 3000, 'c.mp4': 1000 } as const
  const addPaused = async (longshore: Longshore) => {
    const files = Object.entries(sizes).map(([name, size]) => stage.server.file(`/${name}`, { size }))
    await add(
      longshore,
      files.map(({ url }) => url),
      false,
    )
    await row(longshore, 'c.mp4').getByText('Paused').waitFor()
  }

  it('is sorted by its headers, and looks the same after a restart', async () => {
    const first = await stage.start()
    await addPaused(first)
    await first.window.getByRole('button', { name: 'Resume all' }).click()
    for (const name of Object.keys(sizes)) await row(first, name).getByText('Completed').waitFor()

    await header(first, 'Name').getByRole('button').click()
    await expect.poll(() => header(first, 'Name').getAttribute('aria-sort')).toBe('ascending')
    await expect.poll(() => order(first)).toEqual(['a.iso', 'b.zip', 'c.mp4'])
    await header(first, 'Size').getByRole('button').click()
    await expect.poll(() => header(first, 'Size').getAttribute('aria-sort')).toBe('descending')
    expect(await header(first, 'Name').getAttribute('aria-sort')).toBe('none')
    await expect.poll(() => order(first)).toEqual(['a.iso', 'b.zip', 'c.mp4'])
    await header(first, 'Size').getByRole('button').click()
    await expect.poll(() => order(first)).toEqual(['c.mp4', 'b.zip', 'a.iso'])

    // By keyboard: wider, and one column less.
    const progress = header(first, 'Progress').getByRole('button')
    const width = async (longshore: Longshore) =>
      (await header(longshore, 'Progress')
        .boundingBox()
        .then((box) => box?.width)) ?? 0
    const before = await width(first)
    await progress.focus()
    await progress.press('Shift+ArrowRight')
    await expect.poll(() => width(first)).toBeCloseTo(before + 16, 0)
    await progress.press('Shift+F10')
    await first.window.getByRole('menuitem', { name: 'Time left' }).click()
    await header(first, 'Time left').waitFor({ state: 'detached' })
    await first.close()

    const second = await stage.start()
    await row(second, 'a.iso').getByText('Completed').waitFor()
    expect(await order(second)).toEqual(['c.mp4', 'b.zip', 'a.iso'])
    expect(await header(second, 'Size').getAttribute('aria-sort')).toBe('ascending')
    expect(await width(second)).toBeCloseTo(before + 16, 0)
    expect(await header(second, 'Time left').count()).toBe(0)
  })

  it('shows parts of itself, with their numbers, and says when there is nothing', async () => {
    const longshore = await stage.start()
    const gone = stage.server.file('/gone.pdf', { size: 10, status: 404 })
    await add(longshore, [gone.url])
    await row(longshore, 'gone.pdf').getByText('Failed').waitFor()
    await addPaused(longshore)

    await filter(longshore, /^Failed ?1$/).click()
    await expect.poll(() => order(longshore)).toEqual(['gone.pdf'])
    await filter(longshore, /^Paused ?3$/).click()
    await expect.poll(() => order(longshore)).toEqual(['b.zip', 'a.iso', 'c.mp4'])
    await filter(longshore, /^Videos ?1$/).click()
    await expect.poll(() => order(longshore)).toEqual(['c.mp4'])
    await filter(longshore, /^Completed$/).click()
    await longshore.window.getByText('Nothing under “Completed”').waitFor()
    expect(await violations(longshore.window)).toEqual([])
    await longshore.window.getByRole('button', { name: 'Show everything' }).click()
    await longshore.window.getByRole('searchbox', { name: 'Search downloads' }).fill('ISO')
    await expect.poll(() => order(longshore)).toEqual(['a.iso'])
    await longshore.window.getByRole('searchbox', { name: 'Search downloads' }).fill('nowhere')
    await longshore.window.getByText('Nothing matches “nowhere”').waitFor()
    // What is added meanwhile is told, and shown when one wants to see it.
    await add(longshore, [stage.server.file('/d.zip', { size: 10 }).url])
    await longshore.window.getByText('1 was added outside of what the list shows now').waitFor()
    await longshore.window.getByRole('button', { name: 'Show', exact: true }).click()
    await expect.poll(() => row(longshore, 'd.zip').getAttribute('aria-selected')).toBe('true')
  })

  it('is a queue that is moved by mouse, keys and menu; its order and priorities survive a restart', async () => {
    const first = await stage.start()
    await addPaused(first)
    expect(await order(first)).toEqual(['b.zip', 'a.iso', 'c.mp4'])

    await drag(first, row(first, 'c.mp4'), row(first, 'b.zip'))
    await expect.poll(() => order(first)).toEqual(['c.mp4', 'b.zip', 'a.iso'])
    await first.window.getByText('1 download moved in the queue').waitFor()
    await first.window.keyboard.press('ControlOrMeta+z')
    await expect.poll(() => order(first)).toEqual(['b.zip', 'a.iso', 'c.mp4'])
    await drag(first, row(first, 'c.mp4'), row(first, 'b.zip'))
    await expect.poll(() => order(first)).toEqual(['c.mp4', 'b.zip', 'a.iso'])
    await row(first, 'a.iso').click()
    await first.window.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => order(first)).toEqual(['c.mp4', 'a.iso', 'b.zip'])
    await row(first, 'c.mp4').click()
    await first.window.keyboard.press('Shift+F10')
    await first.window.getByRole('menuitem', { name: 'Move in queue' }).press('ArrowRight')
    await first.window.getByRole('menuitem', { name: 'To the bottom' }).press('Enter')
    await expect.poll(() => order(first)).toEqual(['a.iso', 'b.zip', 'c.mp4'])
    await row(first, 'c.mp4').click({ button: 'right' })
    await first.window.getByRole('menuitem', { name: 'Priority' }).click()
    await first.window.getByRole('menuitem', { name: 'High' }).click()
    await row(first, 'c.mp4').getByText('High priority').waitFor()
    // Of several at once, each gets back what it had.
    await first.window.keyboard.press('ControlOrMeta+a')
    await row(first, 'a.iso').click({ button: 'right' })
    await first.window.getByRole('menuitem', { name: 'Priority' }).click()
    await first.window.getByRole('menuitem', { name: 'Low' }).click()
    await row(first, 'a.iso').getByText('Low priority').waitFor()
    await first.window.getByText('3 downloads changed').waitFor()
    await first.window.getByRole('button', { name: 'Undo' }).last().click()
    await row(first, 'a.iso').getByText('Low priority').waitFor({ state: 'detached' })
    await row(first, 'c.mp4').getByText('High priority').waitFor()
    await first.kill9()

    const second = await stage.start()
    await row(second, 'c.mp4').getByText('High priority').waitFor()
    expect(await order(second)).toEqual(['a.iso', 'b.zip', 'c.mp4'])
  })

  it('in a small window has room for words and figures, and keeps the row in sight that moves in the queue', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const resize = (width: number, height: number) =>
      longshore.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
        width,
        height,
      ] as const)
    await resize(400, 360)
    const title = window.getByRole('heading', { name: 'Nothing to download yet' })
    await title.waitFor()
    await expect.poll(() => window.locator('.empty-icon').isVisible()).toBe(false)
    const top = async (what: Locator) => (await what.boundingBox())?.y ?? 0
    expect(await top(title)).toBeGreaterThan((await top(grid(longshore))) + 28)

    await resize(1080, 720)
    await addPaused(longshore)
    const slow = stage.server.file('/slow.bin', { size: 300 * mebibyte, rate: mebibyte })
    await add(longshore, [slow.url])
    await resize(400, 360)
    // The buttons of a row that is pointed at or has the keyboard take room from it.
    await window.mouse.move(0, 0)
    await window.getByRole('searchbox', { name: 'Search downloads' }).focus()
    const figures = row(longshore, 'slow.bin').locator('.status-figure')
    await expect
      .poll(() => figures.allInnerTexts())
      .toEqual([expect.stringMatching(/iB\/s$/), expect.stringMatching(/s$/)])
    const right = async (what: Locator) => what.evaluate((box) => box.getBoundingClientRect().right)
    const line = row(longshore, 'slow.bin').locator('.status-line')
    await expect.poll(async () => (await right(figures.last())) - (await right(line))).toBeLessThanOrEqual(1)
    expect(await window.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)

    const inSight = (name: string) =>
      row(longshore, name).evaluate((box) => {
        const list = box.closest('.grid-scroller')?.getBoundingClientRect()
        const { top: above, bottom } = box.getBoundingClientRect()
        return list !== undefined && above >= list.top - 1 && bottom <= list.bottom + 1
      })
    await row(longshore, 'b.zip').focus()
    await window.keyboard.press('Home')
    await window.keyboard.press('Alt+End')
    await expect.poll(() => order(longshore).then((names) => names.at(-1))).toBe('b.zip')
    await expect.poll(() => inSight('b.zip')).toBe(true)
    expect(await inSight('a.iso')).toBe(false)
    await window.keyboard.press('Alt+Home')
    await expect.poll(() => order(longshore).then((names) => names[0])).toBe('b.zip')
    await expect.poll(() => inSight('b.zip')).toBe(true)
  })

  it('nothing in a row moves or is covered when the mouse comes to it', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const login = stage.server.file('/login.pdf', { size: 10, basicAuth: { user: 'ann', password: 'x' } })
    const slow = stage.server.file('/slow.bin', { size: 300 * mebibyte, rate: mebibyte })
    const done = stage.server.file('/done.zip', { size: 10 })
    await add(longshore, [login.url, slow.url, done.url])
    await row(longshore, 'login.pdf').getByRole('button', { name: 'Enter credentials…' }).waitFor()
    await row(longshore, 'done.zip').getByText('Completed').waitFor()
    await row(longshore, 'slow.bin').getByText('Downloading').waitFor()
    await row(longshore, 'slow.bin').getByRole('button', { name: 'Pause' }).click()
    await row(longshore, 'slow.bin').getByText('Paused').waitFor()
    await window.getByRole('searchbox', { name: 'Search downloads' }).focus()
    /** What can be read or pressed: where it is, and whether it is what one would hit there. */
    const seen = (name: string) =>
      row(longshore, name)
        .locator('.ellipsis-head, .status, .status-more, .inline-button, .figures > *, .progress, .cell-figure')
        .evaluateAll((parts) =>
          parts.map((part) => {
            const { left, top, width, height } = part.getBoundingClientRect()
            const hit = document.elementFromPoint(left + width / 2, top + height / 2)
            return {
              part: part.getAttribute('class'),
              left,
              top,
              width,
              height,
              bare: hit !== null && part.contains(hit),
            }
          }),
        )
    for (const width of [1160, 400]) {
      await longshore.app.evaluate(
        ({ BrowserWindow }, w) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, 600),
        width,
      )
      await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width)
      for (const name of ['login.pdf', 'slow.bin', 'done.zip']) {
        await window.mouse.move(0, 0)
        const before = await seen(name)
        await row(longshore, name).hover()
        const remove = row(longshore, name).getByRole('button', { name: 'Remove' })
        await expect
          .poll(() => remove.evaluate((button) => getComputedStyle(button.parentElement ?? button).opacity))
          .toBe('1')
        expect(await seen(name), `${name}, ${width}`).toEqual(before)
      }
      const percent = row(longshore, 'slow.bin').getByText(/^\d+%$/)
      const bar = row(longshore, 'slow.bin').getByRole('progressbar')
      const [figure, above] = [await percent.boundingBox(), await bar.boundingBox()]
      // Below its bar, and not in the line that nobody sees.
      expect((figure?.y ?? Infinity) - (above?.y ?? 0), String(width)).toBeLessThan(14)
    }
  })

  it('gives back what was removed, and a kill keeps it', async () => {
    const file = stage.server.file('/x.bin', { size: 30 * mebibyte, rate: 3 * mebibyte })
    const first = await stage.start()
    await add(first, [file.url])
    await row(first, 'x.bin').getByText('Downloading').waitFor()
    await file.waitForBytesSent(2 * mebibyte)
    const remove = async (longshore: Longshore) => {
      await row(longshore, 'x.bin').click()
      await longshore.window.keyboard.press('Delete')
      await longshore.window.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
      await row(longshore, 'x.bin').waitFor({ state: 'detached' })
    }
    await remove(first)
    await first.window.getByRole('log', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click()
    await row(first, 'x.bin').getByText('Downloading').waitFor()
    await remove(first)
    await first.kill9()
    expect(await readdir(stage.folder)).toHaveLength(1)

    file.unset('rate')
    const second = await stage.start()
    await row(second, 'x.bin').getByText('Paused').waitFor()
    await row(second, 'x.bin').getByRole('button', { name: 'Resume' }).click()
    await row(second, 'x.bin').getByText('Completed').waitFor()
    expect(await sha256(stage.path('x.bin'))).toBe(file.sha256())
    expect(file.bytesSent).toBeLessThan(1.7 * file.size)
  })

  it('keeps the keyboard: after a removal it is on the next row, wherever the elements of rows went', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const files = Array.from({ length: 40 }, (_, n) => `item-${String(n).padStart(2, '0')}.bin`)
    // Of several forms: no group.
    for (const part of [files.slice(0, 9), files.slice(9, 18), files.slice(18, 27), files.slice(27, 36)])
      await add(
        longshore,
        part.map((name) => stage.server.file(`/${name}`, { size: 10 }).url),
        false,
      )
    const focused = () =>
      window.evaluate(() => [document.activeElement?.role, document.activeElement?.getAttribute('aria-label')])
    await header(longshore, 'Name').getByRole('button').click()
    const scroller = window.locator('.grid-scroller')
    await scroller.evaluate((element) => element.scrollTo(0, 0))
    await row(longshore, 'item-03.bin').click()
    await window.keyboard.press('PageDown')
    const [, at] = await focused()
    const next = files[files.indexOf(at ?? '') + 1]
    await window.keyboard.press('Delete')
    await window.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(focused).toEqual(['row', next])
    // A dialog that a menu opened gives it back to the row.
    await window.keyboard.press('Shift+F10')
    await window.getByRole('menuitem', { name: 'Limit…' }).press('Enter')
    await window.getByRole('dialog', { name: 'Speed limit' }).waitFor()
    await window.keyboard.press('Escape')
    await expect.poll(focused).toEqual(['row', next])
    // From a button in the row, too.
    await window.keyboard.press('ArrowRight')
    await expect.poll(async () => (await focused())[0]).not.toBe('row')
    await row(longshore, next ?? '')
      .getByRole('button', { name: 'Remove' })
      .focus()
    await window.keyboard.press('Enter')
    await window.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter')
    await expect.poll(focused).toEqual(['row', files[files.indexOf(at ?? '') + 2]])
    // Another program adds something: the list stays where it is looked at.
    const top = await scroller.evaluate((element) => (element.scrollTop = 54))
    const nothing = { folder: null, name: null, connections: null, headers: '', user: '', password: '', checksum: '' }
    const { url } = stage.server.file('/zz.bin', { size: 10 })
    await ask(window, 'downloads.add', { urls: [url], ...nothing, start: false })
    await longshore.window.getByText('35 downloads').waitFor()
    expect(await scroller.evaluate((element) => element.scrollTop)).toBe(top)
    // What the keyboard is on stays when it scrolls out of sight, and keys go on from there.
    await scroller.evaluate((element) => element.scrollTo(0, 0))
    await row(longshore, 'item-00.bin').waitFor()
    await window.keyboard.press('ArrowDown')
    await expect.poll(focused).toEqual(['row', files[files.indexOf(at ?? '') + 3]])
  })

  it('pauses and resumes many at a time, and takes that back', async () => {
    const longshore = await stage.start()
    const { window } = longshore
    const slow = ['a.iso', 'b.iso'].map((name) => stage.server.file(`/${name}`, { size: 1024 * 1024, rate: 2000 }))
    await add(
      longshore,
      slow.map(({ url }) => url),
      false,
    )
    await filter(longshore, /^Paused ?2$/).waitFor()
    await window.getByRole('button', { name: 'Resume all' }).click()
    await window.getByText('2 downloads go on').waitFor()
    await filter(longshore, /^Active ?2$/).waitFor()
    await window.getByRole('button', { name: 'Undo' }).click()
    await filter(longshore, /^Paused ?2$/).waitFor()
  })

  it('tells its keys, and no letter is a command while somebody types', async () => {
    const longshore = await stage.start()
    await addPaused(longshore)
    await row(longshore, 'a.iso').click()
    const search = longshore.window.getByRole('searchbox', { name: 'Search downloads' })
    await search.pressSequentially('iprv?')
    expect(await search.inputValue()).toBe('iprv?')
    expect(await details(longshore).count()).toBe(0)
    await search.fill('')
    await row(longshore, 'a.iso').click()
    await longshore.window.keyboard.press('?')
    const sheet = longshore.window.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await sheet.getByText('Resume or retry').waitFor()
    expect(await violations(longshore.window)).toEqual([])
    await longshore.window.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
  })
})

describe('the details', () => {
  it('show the connections of a running download, why it is slow, and what happened', async () => {
    const file = stage.server.file('/big.bin', { size: 200 * mebibyte, rate: mebibyte })
    const longshore = await stage.start()
    await add(longshore, [file.url])
    await row(longshore, 'big.bin').getByText('Downloading').waitFor()
    await row(longshore, 'big.bin').getByRole('button', { name: 'Details' }).click()
    const panel = details(longshore)
    await panel.getByRole('tab', { name: 'Connections' }).click()
    const table = panel.getByRole('table', { name: 'Connections' })
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(2)
    expect(await table.textContent()).toContain(new URL(file.url).host)
    await expect
      .poll(() => panel.getByRole('img').getAttribute('aria-label'))
      .toMatch(/^\d+% safe on the disk, .*missing; \d+ connections?$/)
    expect(await violations(longshore.window)).toEqual([])

    await panel.getByRole('tab', { name: 'Speed' }).click()
    // The server gives each connection the same, and more of them brought more.
    await panel.getByText('The server limits each connection').waitFor()
    await panel.getByRole('img', { name: /^On average/ }).waitFor()

    await row(longshore, 'big.bin').getByRole('button', { name: 'Pause' }).click()
    await panel.getByRole('tab', { name: 'Log' }).click()
    await panel.getByText(/^Paused by you at/).waitFor()
    await panel.getByText(/answered: size 200 MiB, continues downloads/).waitFor()
    await panel.getByRole('tab', { name: 'Server' }).click()
    await panel.getByText('content-range').waitFor()
    expect(await violations(longshore.window)).toEqual([])

    // By keyboard: closed with Escape, opened again with Enter on the row.
    await panel.getByRole('tab', { name: 'Server' }).press('Escape')
    await panel.waitFor({ state: 'detached' })
    await longshore.window.keyboard.press('Enter')
    await panel.getByText('content-range').waitFor()
  })

  it('say what a failure means, and follow the keyboard', async () => {
    const gone = stage.server.file('/gone.bin', { size: 10, status: 404 })
    const good = stage.server.file('/good.bin', { size: 10 })
    const longshore = await stage.start()
    await add(longshore, [gone.url, good.url])
    await row(longshore, 'gone.bin').getByText('Failed').waitFor()
    await row(longshore, 'good.bin').getByText('Completed').waitFor()
    await row(longshore, 'gone.bin').click()
    await longshore.window.keyboard.press('i')
    const panel = details(longshore)
    await panel.getByText(/^HTTP_404:/).waitFor()
    await longshore.window.keyboard.press('ArrowDown')
    await panel.getByRole('heading', { name: 'good.bin' }).waitFor()
    await expect.poll(() => panel.textContent()).toContain(good.url)
    expect(await violations(longshore.window)).toEqual([])
  })
})

/** Press, move in steps as a hand does, release. */
async function drag({ window }: Longshore, from: Locator, to: Locator): Promise<void> {
  const start = (await from.boundingBox())!
  const end = (await to.boundingBox())!
  await window.mouse.move(start.x + 60, start.y + 20)
  await window.mouse.down()
  await window.mouse.move(start.x + 60, start.y + 5, { steps: 4 })
  await window.mouse.move(end.x + 60, end.y + 8, { steps: 8 })
  await window.mouse.up()
}
