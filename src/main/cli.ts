/**
 * `longshore …` under plain Node: the engine without a window, in the main thread. Older versions of Node crash when
 * they load SQLite's binary, so everything else is imported after the check.
 */
const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  process.stderr.write(
    `longshore: Node ${process.versions.node} is too old, 22 or newer is needed. In a checkout: node_modules/.bin/node\n`,
  )
  process.exitCode = 1
} else {
  const { main } = await import('./cli/main')
  process.exitCode = await main(process.argv.slice(2), new URL('./digest.js', import.meta.url))
}

export {}
