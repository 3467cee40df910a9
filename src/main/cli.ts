/**
 * `longshore …` under plain Node: the engine without a window, in the main thread. Older versions of Node crash when
 * they load SQLite's binary, so everything else is imported after the check.
 */
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { cacheFolder } from './profile/folders'

const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  process.stderr.write(
    `longshore: Node ${process.versions.node} is too old, 22 or newer is needed. In a checkout: node_modules/.bin/node\n`,
  )
  process.exitCode = 1
} else {
  // Compiled code is kept between runs, as far as this Node does that.
  module.enableCompileCache?.(path.join(cacheFolder(), 'compiled'))
  // A young generation that grows to 16 MiB buys nothing here: hardly anything is allocated while bytes flow.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  const { main } = await import('./cli/main')
  process.exitCode = await main(process.argv.slice(2), {
    digestWorker: new URL('./digest.js', import.meta.url),
    launch: (profile) => [
      process.execPath,
      fileURLToPath(import.meta.url),
      'daemon',
      ...(profile === null ? [] : ['--user-data-dir', profile]),
    ],
  })
}
