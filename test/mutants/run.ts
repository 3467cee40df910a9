/**
 * `npm run mutants [-- WORD…]`: breaks each validation rule in turn, in a copy of this checkout, and tells whether the
 * tests notice. Words choose rules by their names. Ends with 1 when a rule can be broken unnoticed. Takes some minutes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mutants, type Mutant } from './mutants'

const root = path.resolve(import.meta.dirname, '../..')
const words = process.argv.slice(2)
const chosen = mutants.filter(({ rule }) => words.length === 0 || words.some((word) => rule.includes(word)))

const copy = mkdtempSync(path.join(tmpdir(), 'longshore-mutants-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
for (const file of files.toString().split('\0')) {
  const from = path.join(root, file)
  if (lstatSync(from, { throwIfNoEntry: false })?.isFile()) cpSync(from, path.join(copy, file))
}
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
if (existsSync(path.join(root, 'out'))) symlinkSync(path.join(root, 'out'), path.join(copy, 'out'))

const results = chosen.map((mutant) => {
  const result = judge(mutant)
  console.log(`${result.padEnd(8)} ${mutant.rule}`)
  return result
})
const caught = results.filter((result) => result === 'caught').length
console.log(`${caught} of ${results.length} caught`)
process.exitCode = caught === results.length ? 0 : 1

/** `stale`: the text is not there any more; `red`: its tests fail without it, too; `missed`: they pass with it. */
function judge(mutant: Mutant): 'caught' | 'missed' | 'stale' | 'red' {
  const file = path.join(copy, 'src/main/engine', mutant.file)
  const right = readFileSync(file, 'utf8')
  if (right.split(mutant.from).length !== 2) return 'stale'
  if (!passes(mutant)) return 'red'
  writeFileSync(
    file,
    right.replace(mutant.from, () => mutant.to),
  )
  try {
    return passes(mutant) ? 'missed' : 'caught'
  } finally {
    writeFileSync(file, right)
  }
}

function passes({ tests, named }: Mutant): boolean {
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs')
  const args = [
    'run',
    '--project',
    'unit',
    '--project',
    'integration',
    '--reporter',
    'json',
    '--outputFile',
    'result.json',
  ]
  const which = [...tests.map((test) => `test/${test}`), ...(named === '' ? [] : ['-t', named])]
  spawnSync(process.execPath, [vitest, ...args, ...which], { cwd: copy, stdio: 'ignore' })
  const { numTotalTests, numPassedTests, numPendingTests, success } = JSON.parse(
    readFileSync(path.join(copy, 'result.json'), 'utf8'),
  ) as { numTotalTests: number; numPassedTests: number; numPendingTests: number; success: boolean }
  if (numPassedTests === 0 && numPendingTests === numTotalTests) throw new Error(`no test is named ${named}`)
  return success
}
