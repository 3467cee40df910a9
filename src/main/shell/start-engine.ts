import { app, dialog } from 'electron'
import { renameSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { RequestFailure } from '../../shared/errors'
import { openControl } from '../control/client'
import type { ShellCalls } from '../thread/calls'
import { profileFiles } from '../profile/folders'
import { hiddenSwitch } from './desktop/login-item'
import { startEngine, type EngineHost, type EngineListener } from './engine-host'
import { systemDownloads } from './handlers'
import { say } from './language'

/** ms for a program that was asked to end: more than it waits for a disk that hangs. */
const endTime = 30_000

/**
 * Starts the engine over the user's profile. A store that cannot be opened is told and left as it is; a damaged one may be
 * set aside when the user says so, and a program without a window that has it open may be ended.
 * @returns `null` when the user chose to quit, or nothing else is left
 */
export async function startEngineOrAsk(shellCalls: ShellCalls, listener: EngineListener): Promise<EngineHost | null> {
  const profile = app.getPath('userData')
  /** Until when the profile is waited for, which a program gives free that was asked to end. */
  let ending = 0
  for (;;) {
    try {
      return await startEngine({ profile, downloads: systemDownloads() }, shellCalls, listener)
    } catch (error) {
      const problem = error instanceof RequestFailure ? error.error : { code: 'E_ENGINE', detail: String(error) }
      if (problem.code === 'E_DB_DAMAGED') {
        if (!(await setsAside(profileFiles(profile).database, problem.detail))) return null
      } else if (problem.code === 'E_RUNNING' && performance.now() < ending) {
        await delay(100)
      } else if (problem.code === 'E_RUNNING' && ending === 0) {
        // At login nobody asked for a window: what runs without one goes on.
        if (process.argv.includes(hiddenSwitch)) return null
        if (!(await endsOther(profileFiles(profile).control, problem.detail))) return null
        ending = performance.now() + endTime
      } else {
        const why = problem.code === 'E_DB_VERSION' ? `${say('start.newer')}\n\n` : ''
        dialog.showErrorBox(say('start.failed'), `${why}${problem.detail}`)
        return null
      }
    }
  }
}

/**
 * A program without a window has the list open, and downloads: the user may let this one go on in its place.
 * @param control where that program is reached
 * @returns whether it was asked to end
 */
async function endsOther(control: string, detail: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: say('start.running'),
    detail: `${say('start.runningText')}\n\n${detail}`,
    buttons: [say('start.takeOver'), say('start.quit')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  })
  if (response === 1) return false
  try {
    const other = await openControl(control)
    // Not to be reached: perhaps it has just ended. The next try shows it.
    await other?.call('stop', {})
    other?.close()
    return true
  } catch (error) {
    dialog.showErrorBox(say('start.failed'), error instanceof RequestFailure ? error.error.detail : String(error))
    return false
  }
}

/** @returns whether the user chose to begin with an empty list; the damaged one is kept then */
async function setsAside(database: string, detail: string): Promise<boolean> {
  const aside = `${database}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: say('start.damaged'),
    detail: say('start.damagedText', { detail, file: aside }),
    buttons: [say('start.quit'), say('start.setAside')],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  if (response === 0) return false
  for (const suffix of ['', '-wal', '-shm']) rename(database + suffix, aside + suffix)
  return true
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
