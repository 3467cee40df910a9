// `npm run check`: types, lint, format and imports, all of them also after a failure. Each runs on one processor, so two
// go at a time: the linter takes as long as the others together.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root, tool } from './paths.mjs'

const LANES = [
  [{ name: 'eslint', command: [tool('eslint'), '.'] }],
  [
    { name: 'tsc', command: [tool('typescript', 'tsc'), '--build'] },
    { name: 'prettier', command: [tool('prettier'), '--check', '--log-level', 'warn', '.'] },
    { name: 'depcruise', command: [tool('dependency-cruiser', 'depcruise'), 'src'] },
  ],
]

await Promise.all(
  LANES.map(async (lane) => {
    for (const { name, command } of lane) {
      // What each says stays together.
      const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
      const [status] = await once(child, 'close')
      if (said !== '') process.stdout.write(said)
      if (status === 0) continue
      console.error(`${name} failed`)
      process.exitCode = 1
    }
  }),
)
