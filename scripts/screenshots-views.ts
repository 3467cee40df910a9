// Part of `npm run screenshots`: groups, dialogs and forms, each as it is, in Japanese and narrow.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallInput } from '../src/shared/contract'
import { ask } from '../test/e2e/bridge'
import type { Longshore } from '../test/e2e/electron'
import type { Stage } from '../test/e2e/stage'
import { openForm } from '../test/e2e/window'
import { root } from './paths.mjs'

const mebibyte = 1024 * 1024
/** Pictures to be looked at and not kept: Japanese, narrow, high contrast, twice as large. */
const passing = join(root, 'out', 'screenshots')
const kept = join(root, 'docs', 'screenshots')

/** A view, and how one gets there. */
type Views = Readonly<Record<string, () => Promise<unknown>>>

function viewsOf({ window }: Longshore): Views {
  const key = async (name: string | RegExp, pressed: string) => {
    await window.getByRole('row', { name }).first().click()
    await window.keyboard.press(pressed)
  }
  const choose = async (name: string, index: number) => {
    await window.getByRole('row', { name }).first().click({ button: 'right' })
    await window.locator(`[role=menuitem][data-key="${['', 'limit', 'appoint'][index] ?? ''}"]`).click()
    await window.getByRole('dialog').waitFor()
  }
  const settings = async (section: number) => {
    await window.locator('header .button-icon').last().click()
    await window.getByRole('dialog').getByRole('navigation').getByRole('button').nth(section).click()
  }
  return {
    groups: async () => {
      await window
        .getByRole('row', { name: /northern-quay|Files from|のファイル/ })
        .first()
        .click()
    },
    'group-details': async () => {
      await key(/Files from|のファイル/, 'i')
      await window.getByRole('region').locator('.panel-body').waitFor()
    },
    'details-server': async () => {
      await key('harbour-survey-2026.tar', 'i')
      await window.getByRole('tab').nth(4).click()
    },
    queues: async () => {
      await window.locator('.filters .filter:has(.lucide-list-plus)').last().click()
      await window.getByRole('dialog').waitFor()
    },
    'queue-form': async () => {
      await window.locator('.filters .filter:has(.lucide-list-plus)').last().click()
      await window.getByRole('dialog').getByRole('group').nth(1).getByRole('button').nth(1).click()
      await window.getByRole('form').waitFor()
    },
    history: async () => {
      await window.locator('.filters .filter:has(.lucide-history)').click()
      await window.getByRole('dialog').getByText('tide-gauges.csv').first().waitFor()
    },
    rules: async () => {
      await settings(3)
      await window.getByRole('button', { name: /^(Add rule…|ルールを追加…)$/ }).click()
      await window.getByRole('form').waitFor()
    },
    limit: () => choose('harbour-survey-2026.tar', 1),
    times: () => choose('harbour-survey-2026.tar', 2),
    shortcuts: () => key('harbour-survey-2026.tar', '?'),
    remove: async () => {
      await key(/Files from|のファイル/, 'Delete')
      await window.getByRole('alertdialog').waitFor()
    },
    'new-link': async () => {
      await key('minutes-2024-03.pdf', 'e')
      await window.getByRole('dialog').waitFor()
    },
    slow: async () => {
      await ask(window, 'speed.setSlow', { on: true })
      await window.locator('.button[aria-pressed=true]').waitFor()
    },
    undo: async () => {
      await ask(window, 'speed.setSlow', { on: false })
      await key('debian-12.11.0-amd64-DVD-1.iso', 'Alt+Home')
      await window.locator('.toast').waitFor()
    },
  }
}

export async function picturesOfViews(stage: Stage, only = /./): Promise<void> {
  await mkdir(passing, { recursive: true })
  const { server } = stage
  const longshore = await stage.start()
  const { window, app } = longshore
  const shoot = async (folder: string, name: string) => {
    await window.mouse.move(0, 0)
    const path = join(folder, `${name}.png`)
    await window.screenshot({ path, animations: 'disabled' })
    console.log(path)
  }
  const again = async () => {
    await window.evaluate(() => localStorage.clear())
    await window.reload()
    await window.locator('.row').first().waitFor()
    await window.locator('.grid-scroller').evaluate((scroller) => scroller.scrollTo(0, 0))
  }
  const resize = (width: number, height: number) =>
    app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setSize(...size), [
      width,
      height,
    ] as const)

  const done = server.file('/tide-gauges.csv', { size: 14 * mebibyte })
  const survey = server.file('/harbour-survey-2026.tar', { size: 900 * mebibyte, rate: 3 * mebibyte })
  const gone = server.file('/minutes-2024-03.pdf', { size: 1000, status: 404 })
  const image = server.file('/debian-12.11.0-amd64-DVD-1.iso', { size: 420 * mebibyte, rate: mebibyte })
  const photographs = Array.from({ length: 24 }, (_, n) =>
    server.file(`/northern-quay/${String(n + 1).padStart(4, '0')}.jpg`, {
      size: (4 + (n % 5)) * mebibyte,
      ...(n > 9 ? { rate: 60 * 1024 } : {}),
      ...(n === 3 ? { status: 404 } : {}),
    }),
  )
  for (const urls of [[done.url], [survey.url, gone.url, image.url], photographs.map(({ url }) => url)]) {
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('textbox', { name: 'URLs' }).fill(urls.join('\n'))
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await form.waitFor({ state: 'detached' })
  }
  const night: CallInput<'queues.save'>['choices'] = {
    name: 'Night',
    slots: 2,
    limit: 1024 * 1024,
    schedule: { zone: null, windows: [{ days: [1, 2, 3, 4, 5], from: 22 * 60, to: 6 * 60 + 30 }] },
    stopped: false,
    startAt: null,
    stopAt: null,
  }
  await ask(window, 'queues.save', { id: null, choices: night }).catch((error: unknown) => console.log(String(error)))
  await survey.waitForBytesSent(60 * mebibyte, 60_000)

  const views = Object.entries(viewsOf(longshore)).filter(([name]) => only.test(name))
  for (const [name, open] of views) {
    await again()
    try {
      await open()
      for (const appearance of ['light', 'dark'] as const) {
        await window.emulateMedia({ colorScheme: appearance })
        await shoot(kept, `${name}-${appearance}`)
      }
      await window.emulateMedia({ colorScheme: 'light', forcedColors: 'active' })
      await shoot(passing, `contrast-${name}`)
      await window.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
      await resize(640, 620)
      await shoot(passing, `narrow-${name}`)
    } catch (error) {
      console.log(`${name}: ${String(error)}`)
    }
    await resize(1160, 740)
  }
  await again()
  await ask(window, 'settings.set', { language: 'ja' })
  for (const [name, open] of views.filter(([name]) => name !== 'undo')) {
    await again()
    await open().then(
      () => shoot(passing, `ja-${name}`),
      (error: unknown) => console.log(`ja ${name}: ${String(error)}`),
    )
  }
  // The last one ends: the countdown begins.
  await ask(window, 'downloads.pauseAll', undefined)
  await ask(window, 'settings.set', { language: 'en', whenDone: 'quit' })
  const nothing = { folder: null, name: null, connections: null, headers: '', user: '', password: '', checksum: '' }
  const { url } = server.file('/last.bin', { size: 10 })
  await ask(window, 'downloads.add', { urls: [url], ...nothing, start: true })
  await window.getByRole('alertdialog').waitFor()
  for (const appearance of ['light', 'dark'] as const) {
    await window.emulateMedia({ colorScheme: appearance })
    await shoot(kept, `countdown-${appearance}`)
  }
  await window.getByRole('button', { name: 'Stop countdown' }).click()
}
