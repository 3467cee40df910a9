import { spawn } from 'node:child_process'

/**
 * Starts Xvfb, a screen in memory, when this machine has no display, and points DISPLAY at it.
 * @param {(line: string) => void} [say]
 * @returns {Promise<() => void>} ends it
 */
export async function ensureDisplay(say = (line) => console.log(line)) {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return () => {}

  // Xvfb takes the first free number and writes it to descriptor 3. By default it starts anew when its last client has
  // gone, and the next client finds no server meanwhile: hence -noreset.
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-noreset', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // Ctrl+C in the terminal must reach the application first: it still draws while it saves.
    detached: true,
  })
  const stop = () => void xvfb.kill()
  process.once('exit', stop)
  const numbers = /** @type {import('node:net').Socket} */ (xvfb.stdio[3])
  /** @type {string} */
  const number = await new Promise((resolve, reject) => {
    xvfb.once('error', () => reject(new Error('There is no display and no Xvfb. Debian: apt-get install xvfb xauth')))
    xvfb.once('exit', (code) => reject(new Error(`Xvfb ended (${code}) before it had a display`)))
    // Not before the line is complete: until then Xvfb ends when nobody reads.
    let line = ''
    numbers.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      line += text
      if (line.endsWith('\n')) resolve(line.trim())
    })
  })
  // This process may end while Xvfb runs.
  xvfb.unref()
  numbers.unref()
  process.env.DISPLAY = `:${number}`
  say(`No display here: the window opens in Xvfb, display :${number}`)
  return stop
}
