import { homedir } from 'node:os'
import path from 'node:path'

/** Where a profile keeps what. */
export function profileFiles(folder: string) {
  return {
    database: path.join(folder, 'longshore.db'),
    /** The command line's own downloads: the window must not take them over while they run. */
    commandLineDatabase: path.join(folder, 'command-line.db'),
    windowPlace: path.join(folder, 'window.json'),
    /** Tells commands how to reach the program that runs. */
    control: path.join(folder, 'control.json'),
    locks: path.join(folder, 'locks'),
    log: path.join(folder, 'logs', 'longshore.log'),
  }
}

/** The folder for downloads where nobody knows what the system calls it. */
export function downloadsFolder(): string {
  return process.env['XDG_DOWNLOAD_DIR'] ?? path.join(homedir(), 'Downloads')
}

/** The profile's folder, where Electron puts it for this application (`app.getPath('userData')`). */
export function profileFolder(): string {
  const home = homedir()
  switch (process.platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Longshore')
    case 'win32':
      return path.join(process.env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Longshore')
    default:
      return path.join(process.env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), 'Longshore')
  }
}

/** Where the system wants what can be made again. */
export function cacheFolder(): string {
  const home = homedir()
  switch (process.platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Caches', 'Longshore')
    case 'win32':
      return path.join(process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'Longshore', 'Cache')
    default:
      return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'longshore')
  }
}
