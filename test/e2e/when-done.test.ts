import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CallInput } from '../../src/shared/contract'
import { ask } from './bridge'
import type { Longshore } from './electron'
import { Stage } from './stage'
import { addDownload, row } from './window'

const mebibyte = 1024 * 1024
let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

const set = ({ window }: Longshore, change: CallInput<'settings.set'>) => ask(window, 'settings.set', change)
const chosen = async ({ window }: Longshore) => (await ask(window, 'settings.get', undefined)).whenDone

/** Commands of the system that note what they were asked, before the real ones on the path. */
async function recording(commands: Readonly<Record<string, string>>) {
  const folder = path.join(stage.root, 'bin')
  await mkdir(folder)
  for (const [name, answer] of Object.entries(commands)) {
    const file = path.join(folder, name)
    await writeFile(file, `#!/bin/sh\necho "${name} $*" >> '${folder}/asked'\n${answer}\n`)
    await chmod(file, 0o755)
  }
  return {
    folder,
    env: { PATH: `${folder}:${process.env.PATH ?? ''}` },
    asked: () => readFile(path.join(folder, 'asked'), 'utf8').catch(() => ''),
  }
}

it.runIf(process.platform === 'linux')(
  'all done: a countdown that can be stopped, then the system’s own command',
  async () => {
    const system = await recording({ systemctl: 'exit 0' })
    const longshore = await stage.start({ env: system.env })
    const { window } = longshore
    await set(longshore, { whenDone: 'sleep' })
    const { url } = stage.server.file('/a.bin', { size: mebibyte })
    await addDownload(longshore, { url, folder: stage.folder })
    const countdown = window.getByRole('alertdialog', { name: 'All downloads are done' })
    await countdown.getByText(/^The computer goes to sleep in (\d+ s|1 min)\.$/).waitFor()
    await countdown.getByRole('button', { name: 'Stop countdown' }).click()
    await countdown.waitFor({ state: 'detached' })
    expect(await system.asked()).toBe('')
    await expect.poll(() => chosen(longshore)).toBe('nothing')

    await set(longshore, { whenDone: 'sleep' })
    const again = stage.server.file('/b.bin', { size: mebibyte })
    await addDownload(longshore, { url: again.url, folder: stage.folder })
    await countdown.getByRole('button', { name: 'Sleep now' }).click()
    await expect.poll(system.asked).toBe('systemctl suspend\n')
    await expect.poll(() => chosen(longshore)).toBe('nothing')

    await set(longshore, { whenDone: 'shutdown' })
    const last = stage.server.file('/c.bin', { size: mebibyte })
    await addDownload(longshore, { url: last.url, folder: stage.folder })
    await countdown.getByRole('button', { name: 'Shut down now' }).click()
    await expect.poll(system.asked).toBe('systemctl suspend\nsystemctl poweroff\n')
  },
)

it.runIf(process.platform === 'linux')('a metered network holds downloads while the setting says so', async () => {
  const system = await recording({ busctl: 'cat "$(dirname "$0")/metered"' })
  await writeFile(path.join(system.folder, 'metered'), 'u 1\n')
  const longshore = await stage.start({ env: system.env })
  const { url } = stage.server.file('/a.bin', { size: 20 * mebibyte, rate: mebibyte })
  await addDownload(longshore, { url, folder: stage.folder })
  await row(longshore, 'a.bin').getByText('Downloading').waitFor()
  await set(longshore, { pauseOnMetered: true })
  await row(longshore, 'a.bin').getByText('not on a metered network').waitFor()
  expect(await system.asked()).toContain('Metered')
  await writeFile(path.join(system.folder, 'metered'), 'u 2\n')
  await row(longshore, 'a.bin').getByText('Downloading').waitFor()
})
