import { afterEach, beforeEach, expect, it } from 'vitest'
import { Stage } from './stage'
import { addDownload, row } from './window'
import type { Longshore } from './electron'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

/** What a file's row says in Japanese. The grid's name is translated too, so the row is found by its own. */
const japaneseRow = ({ window }: Longshore, name: string) =>
  window.getByRole('grid', { name: 'ダウンロード一覧' }).getByRole('row', { name, exact: true })

const documentLanguage = ({ window }: Longshore) => window.evaluate(() => document.documentElement.lang)

it('speaks another language at once, keeps it after a restart, and goes back', async () => {
  const good = stage.server.file('/港湾.zip', { size: 1000 })
  const gone = stage.server.file('/gone.pdf', { size: 1000, status: 404 })
  const first = await stage.start({ args: ['--lang=en-US'] })
  await addDownload(first, { url: good.url, folder: stage.folder })
  await addDownload(first, { url: gone.url, folder: stage.folder })
  await row(first, '港湾.zip').getByText('Completed').waitFor()
  await row(first, 'gone.pdf').getByText('Failed').waitFor()
  expect(await documentLanguage(first)).toBe('en')

  await first.window.getByRole('button', { name: 'Settings' }).click()
  const chooser = first.window.getByRole('combobox', { name: 'Language' })
  expect(await chooser.locator('option').allTextContents()).toEqual(['System', 'English', '日本語', '简体中文'])
  await chooser.focus()
  await chooser.selectOption('日本語')
  // At once, and the dialog with the chooser stays as it is.
  const settings = first.window.getByRole('dialog', { name: '設定' })
  await settings.waitFor()
  expect(
    await settings.getByRole('combobox', { name: '言語 / Language' }).evaluate((e) => e === document.activeElement),
  ).toBe(true)
  expect(await documentLanguage(first)).toBe('ja')
  await settings.getByRole('button', { name: '閉じる', exact: true }).click()
  await japaneseRow(first, '港湾.zip').getByText('完了').waitFor()
  const failed = japaneseRow(first, 'gone.pdf')
  await failed.getByText('失敗').waitFor()
  await failed.getByRole('button', { name: '詳細' }).click()
  for (const text of [
    'サーバーにそのファイルはありません',
    'アドレスのつづりが違うか、ファイルが移動または削除されました。',
    'アドレスを確かめてください。ウェブサイトのリンクだった場合は、そこで新しいリンクを探してください。',
  ]) {
    await expect.poll(() => first.window.getByRole('region', { name: '詳細' }).textContent()).toContain(text)
  }
  await first.close()

  const second = await stage.start({ args: ['--lang=en-US'] })
  await japaneseRow(second, '港湾.zip').getByText('完了').waitFor()
  expect(await documentLanguage(second)).toBe('ja')
  // The dialogs of the system are in the same language.
  await second.app.evaluate(({ dialog }) => {
    const asked: unknown[] = []
    Object.assign(globalThis, { asked })
    const answer = (_parent: unknown, options: unknown) => (asked.push(options), Promise.resolve({ response: 0 }))
    dialog.showMessageBox = answer as unknown as typeof dialog.showMessageBox
  })
  const program = stage.server.file('/setup.sh', { size: 10 })
  await second.app.evaluate(({ app }, folder) => app.setPath('downloads', folder), stage.folder)
  await second.window.getByRole('button', { name: 'ダウンロードを追加' }).click()
  const form = second.window.getByRole('dialog', { name: 'ダウンロードを追加' })
  await form.getByText(stage.folder).waitFor()
  await form.getByRole('textbox', { name: 'URL' }).fill(program.url)
  await form.getByRole('button', { name: '追加', exact: true }).click()
  await japaneseRow(second, 'setup.sh').getByRole('button', { name: '開く' }).click()
  await expect
    .poll(() => second.app.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked))
    .toMatchObject([{ message: '「setup.sh」を実行しますか？', buttons: ['キャンセル', '実行'] }])

  await second.window.getByRole('button', { name: '設定' }).click()
  await second.window.getByRole('combobox', { name: '言語 / Language' }).selectOption('English')
  await second.window.getByRole('dialog', { name: 'Settings' }).getByRole('button', { name: 'Done' }).click()
  await row(second, '港湾.zip').getByText('Completed').waitFor()
  expect(await documentLanguage(second)).toBe('en')
})

it('follows the system as long as nothing else is chosen', async () => {
  const longshore = await stage.start({ args: ['--lang=zh-CN'], env: { LANGUAGE: 'zh_CN', LANG: 'zh_CN.UTF-8' } })
  await longshore.window.getByRole('button', { name: '添加下载' }).waitFor()
  expect(await documentLanguage(longshore)).toBe('zh-CN')
})
