import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findElectron } from '../../scripts/electron.mjs'
import { root } from '../../scripts/paths.mjs'
import { Process, runCli } from '../integration/processes'
import { sha256 } from '../integration/rig'
import { Stage } from './stage'

const mebibyte = 1024 * 1024
let stage: Stage
let running: Process[] = []
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(async () => {
  for (const each of running) await each[Symbol.asyncDispose]()
  running = []
  await stage.end()
})

function command(...args: string[]): Process {
  const env = { XDG_DOWNLOAD_DIR: stage.folder }
  const started = runCli([...args, '--user-data-dir', stage.userData], { cwd: stage.root, env })
  running.push(started)
  return started
}
const states = async () => {
  const { stdout } = await command('list', '--json').ended
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { state: string }).state]))
}

/**
 * Starts the application, not by Playwright, which would be too late for its first dialog: each is answered with one of its
 * buttons, and noted.
 */
async function application(button: number, ...args: string[]) {
  const file = path.join(stage.root, 'answer.cjs')
  const notes = path.join(stage.root, 'asked')
  await writeFile(
    file,
    `const { appendFileSync } = require('node:fs'), { isMainThread } = require('node:worker_threads')
     const note = (what) => appendFileSync(${JSON.stringify(notes)}, JSON.stringify(what) + '\\n')
     if (isMainThread) setImmediate(() => {
       const { dialog } = require('electron')
       dialog.showMessageBox = async (options) => (note(options), { response: ${button}, checkboxChecked: false })
       dialog.showErrorBox = (...texts) => note(texts)
     })`,
  )
  const electron = await findElectron(() => {})
  const env = { NODE_OPTIONS: `--require ${file}` }
  const started = new Process(
    electron.path,
    [...electron.args, root, `--user-data-dir=${stage.userData}`, '--lang=en', ...args],
    { env },
  )
  running.push(started)
  return { started, asked: () => readFile(notes, 'utf8').catch(() => '') }
}

it('the application takes a running daemon’s downloads over, and a daemon leaves them to the application', async () => {
  const file = stage.server.file('/data.bin', { size: 8 * mebibyte, stall: { after: 4 * mebibyte } })
  const daemon = command('daemon')
  await daemon.until(({ stderr }) => stderr.includes('running as process'))
  expect((await command('add', '-x', '1', file.url).ended).code).toBe(0)
  await file.waitForBytesSent(2 * mebibyte)

  const { started, asked } = await application(0)
  expect(await daemon.ended).toMatchObject({ code: 0 })
  expect(await asked()).toContain('Longshore is running without a window')
  file.release()
  await expect.poll(states).toEqual(['done'])
  expect(await sha256(stage.path('data.bin'))).toBe(file.sha256())

  const second = await command('daemon').ended
  expect(second.code).toBe(9)
  expect(second.stderr).toMatch(/process \d+ has .* open[^]*longshore add/)
  const stop = await command('daemon', '--stop').ended
  expect(stop.code).toBe(9)
  expect(stop.stderr).toContain('ends with its window')
  expect(started.child.exitCode).toBe(null)
})

it('the application leaves a daemon alone when the user says so, and at login', async () => {
  const daemon = command('daemon')
  await daemon.until(({ stderr }) => stderr.includes('running as process'))
  const first = await application(1)
  await first.started.ended
  const said = await first.asked()
  expect(said).toContain('End It and Go On Here')
  const atLogin = await application(0, '--hidden')
  await atLogin.started.ended
  expect(await atLogin.asked()).toBe(said)
  expect(daemon.child.exitCode).toBe(null)
  expect(await states()).toEqual([])
})
