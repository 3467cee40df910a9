import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
/** A terminal sends Ctrl+C to every process, and npm sends it once more. */
const SAME_SIGNAL_MS = 1_000

/**
 * Runs a command in this terminal until it ends, and passes signals on to it, each once: for Chromium a second Ctrl+C
 * means "now", and the application would lose its time to save.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, noise?: RegExp }} [options] `noise`: lines of standard error to leave out
 * @returns {Promise<number>} the exit code, as a shell would tell it
 */
export function run(command, args, { env = process.env, noise } = {}) {
  const child = spawn(command, args, {
    env,
    stdio: ['inherit', 'inherit', noise === undefined ? 'inherit' : 'pipe'],
    // A process group of its own, so that the terminal's signals arrive through us only.
    detached: process.platform !== 'win32',
  })
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (noise?.test(line) !== true) process.stderr.write(`${line}\n`)
    })
  }
  let passedAt = 0
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (Date.now() - passedAt < SAME_SIGNAL_MS) return
    passedAt = Date.now()
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const name of SIGNALS) process.off(name, pass)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
