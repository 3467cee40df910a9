// `node scripts/with-display.mjs COMMAND ARGUMENTS`: runs a command that opens windows, with a display or without.
import './plain-errors.mjs'
import { ensureDisplay } from './display.mjs'
import { run } from './process.mjs'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('Which command?')
const endDisplay = await ensureDisplay()
process.exitCode = await run(command, args)
endDisplay()
