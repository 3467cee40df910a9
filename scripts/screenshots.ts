// `npm run screenshots`: the real window in its states, light and dark, in English, Japanese and Chinese, for
// docs/screenshots.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Language } from '../src/shared/languages'
import type { Longshore } from '../test/e2e/electron'
import { Stage } from '../test/e2e/stage'
import { openForm, row } from '../test/e2e/window'
import { completed, storedDownload, writeStore } from '../test/stored-downloads'
import { root } from './paths.mjs'
import { picturesOfViews } from './screenshots-views'

const mebibyte = 1024 * 1024
const pictures = join(root, 'docs', 'screenshots')
await mkdir(pictures, { recursive: true })
const stage = await Stage.create()
const many = await Stage.create()
const views = await Stage.create()
const { server } = stage

/** Adds addresses through the form, with what stands beside them. */
async function add(longshore: Longshore, urls: readonly string[], fields: Readonly<Record<string, string>> = {}) {
  const form = await openForm(longshore, stage.folder)
  await form.getByRole('textbox', { name: 'URLs' }).fill(urls.join('\n'))
  for (const [name, value] of Object.entries(fields)) await form.getByRole('textbox', { name }).fill(value)
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await form.waitFor({ state: 'detached' })
}

/** Waits until there are rows wherever one sees the list. */
async function listCovers(window: Page): Promise<void> {
  await window.waitForFunction(() => {
    const scroller = document.querySelector('.grid-scroller')
    if (!scroller) return false
    const { top, bottom } = scroller.getBoundingClientRect()
    const rows = [...scroller.querySelectorAll('.row')].map((row) => row.getBoundingClientRect())
    const [above, below] = [Math.min(...rows.map((row) => row.top)), Math.max(...rows.map((row) => row.bottom))]
    return above <= top && below >= bottom
  })
}

/** The window over 10,000 downloads, most of them done. */
async function picturesOfMany(): Promise<void> {
  const names = [
    'survey',
    '港湾測量データ',
    'minutes-of-the-harbour-board',
    'tide-gauge',
    '潮位表',
    'northern-quay-photographs',
  ]
  const kinds = ['tar.gz', 'zip', 'pdf', 'csv', 'iso', 'mp4', 'flac']
  const records = Array.from({ length: 10_000 }, (_, n) => {
    const name = `${names[n % names.length] ?? ''}-${2000 + (n % 27)}-${String(n).padStart(5, '0')}.${kinds[n % kinds.length] ?? ''}`
    const url = `https://mirror${n % 40}.example.org/pub/${encodeURIComponent(name)}`
    const at = 1_790_000_000_000 + n * 60_000
    // Of completed ones the list shows the latest 5,000 only.
    const done = n >= 6000 ? completed(at, (1 + (n % 977)) * mebibyte) : {}
    return storedDownload({ url, folder: many.folder, name, addedAt: at }, { position: n, ...done })
  })
  writeStore(join(many.userData, 'longshore.db'), records)
  const { window } = await many.start()
  await window.getByRole('button', { name: /^All ?10,000$/ }).waitFor()
  await window.locator('.grid-scroller').evaluate((scroller) => scroller.scrollTo(0, 54 * 5995))
  await listCovers(window)
  for (const appearance of ['light', 'dark'] as const) {
    await window.emulateMedia({ colorScheme: appearance })
    const path = join(pictures, `many-${appearance}.png`)
    await window.screenshot({ path, animations: 'disabled' })
    console.log(path)
  }
}

try {
  const longshore = await stage.start()
  const { window, app } = longshore
  /** Chosen as a user does, by the names that the window has at the time. */
  const speak = async (language: Language) => {
    const button = window.locator('header .button-icon').last()
    await button.click()
    await window.getByRole('dialog').locator('select:has(option[value="zh-CN"])').selectOption(language)
    await window.keyboard.press('Escape')
    await window.getByRole('dialog').waitFor({ state: 'detached' })
  }
  const picture = async (name: string) => {
    await window.mouse.move(0, 0)
    for (const appearance of ['light', 'dark'] as const) {
      await window.emulateMedia({ colorScheme: appearance })
      const path = join(pictures, `${name}-${appearance}.png`)
      await window.screenshot({ path, animations: 'disabled' })
      console.log(path)
    }
  }

  await window.getByRole('button', { name: 'Add download' }).waitFor()
  await picture('empty')

  const survey = server.file('/harbour-survey-2026.tar', { size: 900 * mebibyte, rate: 3 * mebibyte })
  const image = server.file('/debian-12.11.0-amd64-DVD-1.iso', { size: 420 * mebibyte, rate: mebibyte })
  const gone = server.file('/minutes-2024-03.pdf', { size: 1000, status: 404 })
  const done = server.file('/tide-gauges.csv', { size: 14 * mebibyte })
  const long = server.file(`/${'observations-of-the-northern-quay-'.repeat(5)}final-v2.parquet`, { size: 3 * mebibyte })
  const japanese = server.file('/港湾測量データ_2026年度_第三四半期.zip', { size: 60 * mebibyte, rate: 2 * mebibyte })
  const stream = server.file('/radio.ogg', { size: 90 * mebibyte, rate: mebibyte, ranges: false, framing: 'close' })

  await add(longshore, [done.url], { Checksum: `sha-256=${done.sha256()}` })
  await add(longshore, [survey.url, gone.url, image.url, long.url, japanese.url, stream.url])
  await row(longshore, 'tide-gauges.csv').getByText('Completed').waitFor()
  await row(longshore, 'minutes-2024-03.pdf').getByText('Failed').waitFor()
  await survey.waitForBytesSent(250 * mebibyte, 60_000)
  await row(longshore, 'debian-12.11.0-amd64-DVD-1.iso').getByRole('button', { name: 'Pause' }).click()
  await row(longshore, 'debian-12.11.0-amd64-DVD-1.iso').getByText('Paused').waitFor()
  await picture('list')

  await row(longshore, 'harbour-survey-2026.tar').click()
  await window.keyboard.press('i')
  for (const tab of ['Overview', 'Connections', 'Speed', 'Log']) {
    await window.getByRole('tab', { name: tab }).click()
    await picture(`details-${tab.toLowerCase()}`)
  }
  await row(longshore, 'harbour-survey-2026.tar').click({ button: 'right' })
  await picture('menu')
  await window.keyboard.press('Escape')
  await window.getByRole('button', { name: 'Close details' }).click()
  await window.getByRole('button', { name: /^Completed/ }).click()
  await picture('filter')
  await window.getByRole('button', { name: /^All/ }).click()

  const form = await openForm(longshore, stage.folder)
  await form
    .getByRole('textbox', { name: 'URLs' })
    .fill(server.file('/tide-tables-2027.pdf', { size: 31 * mebibyte }).url)
  await form.getByText('31.0 MiB').waitFor()
  await picture('add')
  await form.getByRole('textbox', { name: 'URLs' }).fill(survey.url)
  await form.getByText('is in the list already').waitFor()
  await form.getByText('goes on after a break').waitFor()
  await picture('add-again')
  await form.getByRole('button', { name: 'Cancel' }).click()

  await window.getByRole('button', { name: 'Settings' }).click()
  await picture('settings')
  await window.getByRole('dialog').getByRole('navigation').getByRole('button', { name: 'Categories' }).click()
  await picture('categories')
  await window.keyboard.press('Escape')

  await row(longshore, 'minutes-2024-03.pdf').click()
  await window.keyboard.press('F2')
  await window.getByRole('textbox', { name: 'Mirrors' }).waitFor()
  await picture('edit')
  await window.keyboard.press('Escape')

  const resize = (width: number, height: number) =>
    app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setSize(...size), [
      width,
      height,
    ] as const)

  await speak('ja')
  await picture('ja-list')
  await window.getByRole('row', { name: 'harbour-survey-2026.tar' }).click()
  await window.keyboard.press('i')
  await picture('ja-details')
  await window.getByRole('tab', { name: '接続' }).click()
  await picture('ja-connections')
  await window.getByRole('button', { name: '詳細を閉じる' }).click()
  await window.getByRole('button', { name: 'ダウンロードを追加' }).click()
  await window.getByRole('dialog').getByRole('button', { name: '詳細設定' }).click()
  await picture('ja-add')
  await window.getByRole('button', { name: 'キャンセル' }).click()
  await window.getByRole('button', { name: '設定' }).click()
  await picture('ja-settings')
  await window.keyboard.press('Escape')
  await resize(640, 620)
  await picture('ja-narrow')
  await resize(1160, 740)
  await speak('zh-CN')
  await picture('zh-list')
  await window.getByRole('row', { name: 'harbour-survey-2026.tar' }).click()
  await window.keyboard.press('i')
  await picture('zh-details')
  await window.getByRole('region').getByRole('button').last().click()
  await speak('en')

  await resize(640, 620)
  await picture('narrow')

  await longshore.close()
  await picturesOfMany()
  await picturesOfViews(views)
} finally {
  await stage.end()
  await many.end()
  await views.end()
}
