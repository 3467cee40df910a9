import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'
import { violations } from './axe'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, openForm, row } from './window'

const mebibyte = 1024 * 1024

let stage: Stage
let longshore: Longshore
let window: Page
beforeAll(async () => {
  stage = await Stage.create()
  longshore = await stage.start()
  window = longshore.window
  await window.getByRole('button', { name: 'Add download' }).waitFor()
})
afterAll(() => stage.end())
// Whatever a test before left open.
beforeEach(async () => {
  await window.evaluate(() => localStorage.clear())
  await window.reload()
  await window.getByRole('button', { name: 'Add download' }).waitFor()
})

/** In both colour schemes, which differ in colours alone; animations are over before axe looks at them. */
async function clean(): Promise<void> {
  for (const [colorScheme, what] of [
    ['light', 'everything'],
    ['dark', 'colours'],
  ] as const) {
    await window.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await window.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
    )
    expect(await violations(window, what), colorScheme).toEqual([])
  }
}
/** Resolves when the window has drawn itself in its new size. */
const resize = async (width: number, height: number) => {
  await longshore.app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size), [
    width,
    height,
  ] as const)
  await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width)
  await window.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
}

/**
 * Elements that are wider than what they stand in, when every text is 40 % longer, as a translation may be. Names that
 * are meant to be cut are left out.
 */
function overflowing(): Promise<string[]> {
  return window.evaluate(() => {
    const root = document.querySelector('[role=dialog]') ?? document.body
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const texts: Text[] = []
    while (walker.nextNode()) texts.push(walker.currentNode as Text)
    for (const text of texts) {
      const words = text.data.trim()
      if (words === '' || text.parentElement?.closest('.ellipsis, option, textarea, kbd') !== null) continue
      text.data = `${words}${' ëxtrà'.repeat(Math.ceil((words.length * 0.4) / 6))}`
    }
    const wide = [...root.querySelectorAll<HTMLElement>('*')].filter((element) => {
      if (element.closest('.ellipsis, .visually-hidden, svg, textarea, select, .grid-scroller, .grid-head') !== null)
        return false
      if (element.clientWidth <= 1) return false // for screen readers only
      const style = getComputedStyle(element)
      // What is cut says so itself; filters and lists scroll, and the user makes columns wider.
      if (style.textOverflow === 'ellipsis' || (root === document.body && style.overflowX !== 'visible')) return false
      return element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline'
    })
    return wide.map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`)
  })
}

/** Kept to be looked at. */
async function picture(name: string): Promise<void> {
  await window.screenshot({ path: join(root, 'out', 'longer-texts', `${name.replaceAll(/\W+/g, '-')}.png`) })
}

/** Views and how one gets there; the list has busy.iso, done.csv and gone.pdf. */
const menuItem = async (name: string, item: string) => {
  await row(longshore, name).click({ button: 'right' })
  await window.getByRole('menuitem', { name: item }).click()
  await window.getByRole('dialog').waitFor()
}
const key = async (name: string, pressed: string) => {
  await row(longshore, name).click()
  await window.keyboard.press(pressed)
}
const tab = (name: string) => async () => {
  await key('busy.iso', 'i')
  await window.getByRole('tab', { name }).click()
  await window.getByRole('tabpanel').waitFor()
}
const views: Readonly<Record<string, () => Promise<unknown>>> = {
  'the details: overview': tab('Overview'),
  'the details: connections': tab('Connections'),
  'the details: speed': tab('Speed'),
  'the details: log': tab('Log'),
  'the details: server': tab('Server'),
  'the menu of a row': async () => {
    await row(longshore, 'gone.pdf').click({ button: 'right' })
    await window.getByRole('menu').waitFor()
  },
  'a new link': () => menuItem('gone.pdf', 'New link…'),
  'what can be changed later': async () => {
    await key('gone.pdf', 'F2')
    await window.getByRole('textbox', { name: 'Mirrors' }).waitFor()
  },
  'a limit of speed': () => menuItem('busy.iso', 'Limit…'),
  'start and stop times': () => menuItem('busy.iso', 'Start and stop times…'),
  'the sheet of keys': async () => {
    await key('done.csv', '?')
    await window.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  },
  'the queues': async () => {
    await window.getByRole('button', { name: 'Manage queues…' }).click()
    await window.getByRole('dialog').waitFor()
  },
  'the form with an address that is in the list': async () => {
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('textbox', { name: 'URLs' }).fill(stage.server.url('/done.csv'))
    await form.getByText('is in the list already').waitFor()
    await form.getByText('goes on after a break').waitFor()
  },
  'a category': async () => {
    await window.getByRole('button', { name: 'Settings' }).click()
    await window.getByRole('button', { name: 'Edit Videos' }).click()
    await window.getByRole('form', { name: 'Category' }).waitFor()
  },
  'a rule for servers': async () => {
    await window.getByRole('button', { name: 'Settings' }).click()
    await window.getByRole('button', { name: 'Add rule…' }).click()
    await window.getByRole('form').waitFor()
  },
  'a menu below the menu of a row': async () => {
    await row(longshore, 'gone.pdf').click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Category' }).click()
    await window.getByRole('menuitem', { name: 'By name and server' }).waitFor()
  },
  'what can be undone, in slow mode': async () => {
    const slow = window.getByRole('button', { name: 'Slow mode' })
    if ((await slow.getAttribute('aria-pressed')) === 'false') await slow.click()
    // Wherever it stands, one of the two moves it.
    await key('busy.iso', 'Alt+Home')
    await window.keyboard.press('Alt+End')
    await window.getByRole('log', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).waitFor()
  },
  'a search that finds nothing': async () => {
    await window.getByRole('searchbox', { name: 'Search downloads' }).fill('nowhere')
    await window.getByText('Nothing matches “nowhere”').waitFor()
  },
}

describe('axe finds nothing wrong with', () => {
  it('the empty list, which says what to do', async () => {
    await window.getByRole('heading', { name: 'Nothing to download yet' }).waitFor()
    await clean()
  })

  it('a list with downloads in several states', async () => {
    const busy = stage.server.file('/busy.iso', { size: 60 * mebibyte, rate: 20 * 1024 })
    const done = stage.server.file('/done.csv', { size: 1000 })
    const gone = stage.server.file('/gone.pdf', { size: 1000, status: 404 })
    for (const file of [busy, done, gone]) await addDownload(longshore, { url: file.url, folder: stage.folder })
    await row(longshore, 'done.csv').getByText('Completed').waitFor()
    await row(longshore, 'gone.pdf').getByText('Failed').waitFor()
    await row(longshore, 'busy.iso').getByText('Downloading').waitFor()
    await clean()
  })

  it('the form, folded, unfolded and with errors', async () => {
    const form = await openForm(longshore, stage.folder)
    await clean()
    await form.getByRole('button', { name: 'Advanced' }).click()
    await form.getByRole('textbox', { name: 'URLs' }).fill('https://a.example/[1-9].zip\nnonsense')
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await clean()
    await form.getByRole('button', { name: 'Cancel' }).click()
  })

  it('the settings', async () => {
    await window.getByRole('button', { name: 'Settings' }).click()
    await clean()
    await window.keyboard.press('Escape')
  })

  it('the queues, one of them being changed, and the history', async () => {
    await window.getByRole('button', { name: 'Manage queues…' }).click()
    const dialog = window.getByRole('dialog', { name: 'Queues' })
    await dialog.getByRole('button', { name: 'Edit queue Default queue' }).click()
    await dialog.getByRole('combobox', { name: 'Runs' }).selectOption('At certain times only')
    await clean()
    // What is being changed is not lost without a question.
    await window.keyboard.press('Escape')
    const question = window.getByRole('alertdialog', { name: 'Discard what you typed?' })
    await question.waitFor()
    await clean()
    await question.getByRole('button', { name: 'Discard' }).click()
    await dialog.waitFor({ state: 'detached' })
    await window.getByRole('button', { name: 'History…' }).click()
    await window.getByRole('dialog', { name: 'History' }).getByText('done.csv', { exact: true }).waitFor()
    await clean()
    await window.keyboard.press('Escape')
  })

  it('a Metalink document and a partial file to go on with', async () => {
    const choose = async (item: string, file: string) => {
      await longshore.app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
      }, file)
      await window.getByRole('button', { name: 'More', exact: true }).click()
      await window.getByRole('menuitem', { name: item }).click()
      await window.getByRole('dialog').waitFor()
    }
    await writeFile(
      stage.path('some.meta4'),
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${'long name '.repeat(12)}.iso"><url>https://a.example/x</url></file></metalink>`,
    )
    await choose('Open Metalink document…', stage.path('some.meta4'))
    await window.getByText('It describes 1 file.').waitFor()
    await clean()
    await window.keyboard.press('Escape')
    await choose('Go on with a partial file…', stage.path('done.csv'))
    await clean()
    await window.keyboard.press('Escape')
  })

  it.each(Object.entries(views))('%s', async (_, open) => {
    await open()
    await clean()
  })

  it('the question before something is removed', async () => {
    await row(longshore, 'gone.pdf').getByRole('button', { name: 'Remove' }).click()
    await window.getByRole('alertdialog').waitFor()
    await clean()
    await window.keyboard.press('Escape')
  })
})

describe('the layout holds', () => {
  it.each([
    ['as it opens', 1080, 720],
    ['narrow', 640, 420],
  ])('with longer texts, %s', async (_, width, height) => {
    await resize(width, height)
    const form = await openForm(longshore, stage.folder)
    await form.getByRole('button', { name: 'Advanced' }).click()
    expect(await overflowing()).toEqual([])
    await window.reload()
    await window.getByRole('button', { name: 'Settings' }).click()
    await window.getByRole('dialog', { name: 'Settings' }).waitFor()
    expect(await overflowing()).toEqual([])
    await window.reload()
    await window.getByRole('button', { name: 'Manage queues…' }).click()
    const queues = window.getByRole('dialog', { name: 'Queues' })
    await queues.getByRole('button', { name: 'Edit queue Default queue' }).click()
    await queues.getByRole('combobox', { name: 'Runs' }).selectOption('At certain times only')
    expect(await overflowing()).toEqual([])
    await window.reload()
    await window.getByRole('button', { name: 'History…' }).click()
    await window.getByRole('dialog', { name: 'History' }).waitFor()
    expect(await overflowing()).toEqual([])
  })

  it.each(Object.entries(views))('with longer texts, narrow: %s', async (name, open) => {
    await resize(1080, 720)
    await open()
    await resize(640, 480)
    expect(await overflowing()).toEqual([])
    await picture(name)
    // What is in front of the list stands in the window, and can be scrolled where it is longer.
    const beyond = await window.locator('[role=dialog], .menu-popover, .toast').evaluateAll(
      (boxes) =>
        boxes.filter((box) => {
          const { top, left, right, bottom } = box.getBoundingClientRect()
          return top < 0 || left < 0 || right > innerWidth + 1 || bottom > innerHeight + 1
        }).length,
    )
    expect(beyond).toBe(0)
  })

  it('in the narrowest window', async () => {
    await resize(400, 360)
    const out = await window
      .locator('header, nav, main, footer, .toolbar, [role=row], [role=row] button')
      .evaluateAll((boxes) =>
        boxes
          .filter((box) => box.getClientRects().length > 0 && box.getBoundingClientRect().right > innerWidth + 1)
          .map((box) => `${box.tagName} ${box.className} ${box.getAttribute('aria-label')}`),
      )
    expect(out).toEqual([])
    await picture('narrowest')
    const form = await openForm(longshore, stage.folder)
    await picture('narrowest-form')
    expect(await form.evaluate((box) => box.getBoundingClientRect().right <= innerWidth)).toBe(true)
    expect(await overflowing()).toEqual([])
  })

  it('at 200 %, where everything can still be reached', async () => {
    await resize(1080, 720)
    await longshore.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2))
    const form = await openForm(longshore, stage.folder)
    const add = form.getByRole('button', { name: 'Add', exact: true })
    const within = () =>
      add.evaluate((button) => {
        const { bottom, right, top } = button.getBoundingClientRect()
        return top >= 0 && bottom <= innerHeight && right <= innerWidth
      })
    expect(await within()).toBe(true)
    expect(await window.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await clean()
    await form.getByRole('button', { name: 'Cancel' }).click()
    await longshore.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1))
  })

  it('without motion, for those who asked for none', async () => {
    const moving = () =>
      window.evaluate(() =>
        [...document.querySelectorAll('*')].flatMap((element) =>
          [getComputedStyle(element), getComputedStyle(element, '::before'), getComputedStyle(element, '::after')]
            .filter(({ animationName, animationDuration, transitionDuration }) => {
              const long = (durations: string) => durations.split(', ').some((each) => parseFloat(each) > 0)
              return (animationName !== 'none' && long(animationDuration)) || long(transitionDuration)
            })
            .map(() => element.className),
        ),
      )
    // Otherwise there is some: the test can fail.
    await window.emulateMedia({ reducedMotion: 'no-preference' })
    expect(await moving()).not.toEqual([])
    await window.emulateMedia({ reducedMotion: 'reduce' })
    expect(await moving()).toEqual([])
    await key('busy.iso', 'i')
    await window.getByRole('tabpanel').waitFor()
    expect(await moving()).toEqual([])
    await window.getByRole('button', { name: 'Settings' }).click()
    await window.getByRole('dialog').waitFor()
    expect(await moving()).toEqual([])
  })

  it('in high contrast, where what is chosen and what has the focus are seen', async () => {
    await window.emulateMedia({ forcedColors: 'active' })
    await key('busy.iso', 'i')
    const slow = window.getByRole('button', { name: 'Slow mode' })
    if ((await slow.getAttribute('aria-pressed')) === 'false') await slow.click()
    const outlined = (selector: string) =>
      window.locator(selector).evaluateAll((elements) => elements.map((each) => getComputedStyle(each).outlineStyle))
    for (const chosen of ['.row[aria-selected=true]', '.filter[aria-pressed=true]', '.button[aria-pressed=true]'])
      expect(await outlined(chosen), chosen).toEqual(['solid'])
    const edges = await window
      .getByRole('tab')
      .evaluateAll((tabs) => tabs.map((tab) => [tab.ariaSelected, getComputedStyle(tab).borderBottomColor] as const))
    const selected = edges.filter(([is]) => is === 'true').map(([, colour]) => colour)
    const others = new Set(edges.filter(([is]) => is !== 'true').map(([, colour]) => colour))
    expect(others.has(selected[0] ?? '')).toBe(false)
    await slow.click()
    await window.getByRole('button', { name: 'Settings' }).focus()
    await window.keyboard.press('Shift+Tab')
    const outline = await window.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body)
      return { style: style.outlineStyle, width: parseFloat(style.outlineWidth) }
    })
    expect(outline.style).not.toBe('none')
    expect(outline.width).toBeGreaterThan(0)
    await window.emulateMedia({ forcedColors: 'none' })
  })
})

it('everything in the form is reached by the keyboard alone', async () => {
  await window.keyboard.press('ControlOrMeta+n')
  const form = window.getByRole('dialog', { name: 'Add download' })
  await form.waitFor()
  const names = new Set<string>()
  for (let step = 0; step < 40; step++) {
    names.add(
      await window.evaluate(() => {
        const { activeElement } = document
        const label = (activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent
        return label ?? activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? ''
      }),
    )
    await window.keyboard.press('Tab')
  }
  const wanted = 'URLs,Choose folder…,File name,Connections,Advanced,Headers,Cookies,User name,Password,Checksum'
  for (const name of [...wanted.split(','), 'Start immediately', 'Cancel', 'Add']) expect([...names]).toContain(name)
  await window.keyboard.press('Escape')
  await form.waitFor({ state: 'detached' })
})
