import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench, Case } from '../bench'
import { figure, ratio, type Figure } from '../figures'
import { makeProfile } from '../profiles'
import { electron, startApp, untilList } from './app'
import { cpuOfTree, memoryByType, total, type ByType } from './processes'

const count = 100_000
/** s in a row in which nothing was done until the program counts as idle. */
const calm = 3
const longestWait = 45

interface Idle {
  readonly memory: ByType
  /** CPU seconds of all processes over `seconds`. */
  readonly cpu: number
  readonly seconds: number
}

/** What the application takes while it has nothing to do. */
export const idle: Case = {
  name: 'app-idle',
  title: 'the application idle: memory of all processes (PSS), CPU',
  async run(bench) {
    const { version } = await electron()
    const folder = await mkdtemp(join(bench.disk, 'idle-'))
    const settings = { tray: true, closeToTray: true }
    const empty = makeProfile(join(folder, 'empty'), { settings })
    const finished = makeProfile(join(folder, 'finished'), { finished: count, settings })
    const states = {
      'open, empty': await measure(bench, empty, 'open'),
      'open, 100,000': await measure(bench, finished, 'open'),
      'in the tray, empty': await measure(bench, empty, 'tray'),
      'in the tray, 100,000': await measure(bench, finished, 'tray'),
    }
    await rm(folder, { recursive: true })
    const pss = (state: keyof typeof states) => [total(states[state].memory, 'pss')]
    const memory = (state: keyof typeof states, than: keyof typeof states) =>
      ratio(`memory ${state}`, 'MiB', pss(state), { name: than, values: pss(than) }, { most: 1.2 })
    const cpu = Object.entries(states).map(([state, one]): Figure => {
      return figure(`CPU ${state}`, '%', [(100 * one.cpu) / one.seconds], { most: 0.1 })
    })
    return {
      figures: [
        figure('memory open, empty', 'MiB', pss('open, empty')),
        memory('open, 100,000', 'open, empty'),
        figure('memory in the tray, empty', 'MiB', pss('in the tray, empty')),
        memory('in the tray, 100,000', 'in the tray, empty'),
        ...cpu,
      ],
      notes: [
        `Electron ${version}; PSS (RSS) by process, MiB`,
        ...Object.entries(states).map(([state, one]) => `${state}: ${words(one.memory)}`),
      ],
    }
  },
}

async function measure(bench: Bench, profile: string, how: 'open' | 'tray'): Promise<Idle> {
  const app = await startApp(profile, how === 'tray')
  try {
    await untilList(app)
    if (how === 'tray') {
      const main = await app.main()
      // The window is kept for a minute; nobody needs to wait for that here.
      await main.evaluate(
        `const later = setTimeout; setTimeout = (act, ms) => later(act, ms === 60000 ? 0 : ms); undefined`,
      )
      await main.evaluate(`require('electron').BrowserWindow.getAllWindows()[0].close()`)
      main.close()
    }
    let still = 0
    for (let waited = 0; still < calm && waited < longestWait; waited++) {
      const before = cpuOfTree(app.pid)
      await delay(1000)
      still = cpuOfTree(app.pid) - before <= 0.01 ? still + 1 : 0
    }
    const seconds = bench.quick ? 10 : 20
    const before = cpuOfTree(app.pid)
    await delay(seconds * 1000)
    return { cpu: cpuOfTree(app.pid) - before, seconds, memory: memoryByType(app.pid) }
  } finally {
    await app.quit()
  }
}

function words(types: ByType): string {
  return Object.entries(types)
    .map(([type, { pss, rss, count: processes }]) => {
      return `${processes > 1 ? `${processes} × ` : ''}${type} ${pss.toFixed(0)} (${rss.toFixed(0)})`
    })
    .join(', ')
}
