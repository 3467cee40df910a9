import { afterEach, beforeEach, expect, it } from 'vitest'
import { violations } from './axe'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { openForm } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

const tree = ({ window }: Longshore) => window.getByRole('treegrid', { name: 'Downloads' })
const line = (longshore: Longshore, name: string | RegExp) =>
  tree(longshore).getByRole('row', { name, exact: typeof name === 'string' })

async function addMany(longshore: Longshore, urls: readonly string[], start: boolean): Promise<void> {
  const form = await openForm(longshore, stage.folder)
  await form.getByRole('textbox', { name: 'URLs' }).fill(urls.join('\n'))
  if (!start) await form.getByRole('checkbox', { name: 'Start immediately' }).uncheck()
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await form.waitFor({ state: 'detached' })
}

it('a batch is one row that folds by mouse and keys, remembers it, and is paused, resumed and removed as one', async () => {
  const files = Array.from({ length: 12 }, (_, n) => stage.server.file(`/part-${n}.bin`, { size: mebibyte / 4 }))
  const name = /^Files from 127\.0\.0\.1/
  let longshore = await stage.start()
  await addMany(
    longshore,
    files.map(({ url }) => url),
    false,
  )
  const group = () => line(longshore, name)
  await group().getByText('0 of 12 done').waitFor()
  expect(await group().getAttribute('aria-expanded')).toBe('true')
  expect(await group().getAttribute('aria-level')).toBe('1')
  expect(await line(longshore, 'part-3.bin').getAttribute('aria-level')).toBe('2')
  expect(await line(longshore, 'part-3.bin').getAttribute('aria-posinset')).toBe('4')
  expect(await line(longshore, 'part-3.bin').getAttribute('aria-setsize')).toBe('12')
  expect(await group().getAttribute('aria-setsize')).toBe('1')
  expect(await violations(longshore.window)).toEqual([])

  await group().getByRole('button', { name: 'Details' }).click()
  const panel = longshore.window.getByRole('region', { name: 'Details' })
  await panel.getByRole('heading', { name }).waitFor()
  await panel.getByText('0% · 0 of 12 done').waitFor()
  await panel.getByText(stage.folder).waitFor()
  await panel.getByText(new URL(files[0]?.url ?? '').host, { exact: true }).waitFor()
  expect(await violations(longshore.window)).toEqual([])
  await longshore.window.keyboard.press('Escape')
  await group().click()
  await longshore.window.keyboard.press('i')
  await panel.waitFor({ state: 'detached' })

  await group().getByRole('button', { name: 'Fold', exact: true }).click()
  await line(longshore, 'part-3.bin').waitFor({ state: 'detached' })
  expect(await group().getAttribute('aria-expanded')).toBe('false')
  expect(await violations(longshore.window)).toEqual([])
  // Keys of a tree: to the right it opens, to the left a member leads to it, and it folds.
  await group().click()
  await longshore.window.keyboard.press('ArrowRight')
  await line(longshore, 'part-0.bin').waitFor()
  await longshore.window.keyboard.press('ArrowDown')
  await expect.poll(() => line(longshore, 'part-0.bin').evaluate((row) => row === document.activeElement)).toBe(true)
  await longshore.window.keyboard.press('ArrowLeft')
  await expect.poll(() => group().evaluate((row) => row === document.activeElement)).toBe(true)
  await longshore.window.keyboard.press('ArrowLeft')
  await line(longshore, 'part-0.bin').waitFor({ state: 'detached' })

  await longshore.close()
  longshore = await stage.start()
  await group().waitFor()
  expect(await group().getAttribute('aria-expanded')).toBe('false')
  await group().getByRole('button', { name: 'Resume', exact: true }).click()
  await group().getByText('12 of 12 done').waitFor()
  await group().getByText('Completed', { exact: true }).waitFor()
  expect(await group().getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100')

  await group().click()
  await longshore.window.keyboard.press('Delete')
  const question = longshore.window.getByRole('alertdialog', { name: 'Remove download?' })
  await question.getByText('12').first().waitFor()
  await question.getByRole('button', { name: 'Remove', exact: true }).click()
  await group().waitFor({ state: 'detached' })
  // Pausing and resuming can be undone too.
  const removed = longshore.window.locator('.toast', { hasText: '12 downloads removed' })
  await removed.getByRole('button', { name: 'Undo' }).click()
  await group().getByText('12 of 12 done').waitFor()
})

it('says how many failed, and tries those again alone', async () => {
  const good = Array.from({ length: 10 }, (_, n) => stage.server.file(`/good-${n}.bin`, { size: 1000 }))
  const bad = stage.server.file('/bad.bin', { size: 1000, status: 404 })
  const longshore = await stage.start()
  await addMany(
    longshore,
    [...good, bad].map(({ url }) => url),
    true,
  )
  const group = line(longshore, /^Files from/)
  await group.getByText('10 of 11 done').waitFor()
  await group.getByText('1 failed').waitFor()
  await group.getByText('Failed', { exact: true }).waitFor()
  bad.unset('status')
  await group.getByRole('button', { name: 'Retry', exact: true }).click()
  await group.getByText('11 of 11 done').waitFor()
  // What is searched for is shown, folded or not; and the group with it.
  await group.getByRole('button', { name: 'Fold', exact: true }).click()
  await longshore.window.getByRole('searchbox').fill('good-7')
  await line(longshore, 'good-7.bin').waitFor()
  expect(await tree(longshore).getByRole('row').count()).toBe(3)
})
