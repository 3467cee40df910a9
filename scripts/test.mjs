// `npm test`: everything, one step after the other, also after a failure. The last line counts the tests.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, tool } from './paths.mjs'

const LEVELS = ['unit', 'integration', 'e2e']
const reports = join(root, 'test-results')
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)

let passed = 0
/** @type {string[]} */
const failures = []

for (const script of ['check', 'build']) {
  console.log(`\nnpm run ${script}`)
  // A shell finds npm on every system.
  const { status } = spawnSync(`npm run --silent ${script}`, { cwd: root, stdio: 'inherit', shell: true })
  if (status !== 0) failures.push(`npm run ${script}`)
}
for (const level of LEVELS) {
  console.log(`\n${level} tests`)
  const report = join(reports, `${level}.json`)
  const args = ['run', '--project', level, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = spawnSync(process.execPath, [tool('vitest'), ...args], { cwd: root, stdio: 'inherit' })
  const result = read(report)
  passed += result.passed
  failures.push(...result.failures)
  // Something outside every test: an import that fails, an error nobody caught.
  if (status !== 0 && result.failures.length === 0) failures.push(`${level} tests`)
}

for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

/**
 * @param {string} report
 * @returns {{ passed: number, failures: string[] }}
 */
function read(report) {
  /** @type {{ testResults: { assertionResults: { status: string, fullName: string }[] }[] }} */
  let json
  try {
    json = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failures: [] }
  }
  const tests = json.testResults.flatMap((file) => file.assertionResults)
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failures: tests.filter((test) => test.status === 'failed').map((test) => test.fullName),
  }
}
