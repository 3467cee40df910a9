// `npm test`: everything, one step after the other, also after a failure. The last lines tell how long the steps and
// the slowest tests took, and count the tests.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, tool } from './paths.mjs'

const LEVELS = ['unit', 'integration', 'e2e']
/** Tests whose durations are shown. */
const SLOWEST = 10
const reports = join(root, 'test-results')
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)

let passed = 0
/** @type {string[]} */
const failures = []
/** @type {string[]} */
const steps = []
/** @type {{ name: string, ms: number }[]} */
const times = []

/**
 * @template T
 * @param {string} name
 * @param {() => T} run
 * @returns {T}
 */
function step(name, run) {
  const began = performance.now()
  const result = run()
  steps.push(`${name} ${seconds(performance.now() - began)}`)
  return result
}

for (const script of ['check', 'build']) {
  console.log(`\nnpm run ${script}`)
  // A shell finds npm on every system.
  const command = `npm run --silent ${script}`
  const { status } = step(script, () => spawnSync(command, { cwd: root, stdio: 'inherit', shell: true }))
  if (status !== 0) failures.push(`npm run ${script}`)
}
for (const level of LEVELS) {
  console.log(`\n${level} tests`)
  const report = join(reports, `${level}.json`)
  const args = ['run', '--project', level, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = step(level, () =>
    spawnSync(process.execPath, [tool('vitest'), ...args], { cwd: root, stdio: 'inherit' }),
  )
  const result = read(report)
  passed += result.passed
  failures.push(...result.failures)
  times.push(...result.times.map(({ name, ms }) => ({ name: `${level}: ${name}`, ms })))
  // Something outside every test: an import that fails, an error nobody caught, tests that were not found.
  if ((status !== 0 || result.passed === 0) && result.failures.length === 0) failures.push(`${level} tests`)
}

console.log(`\nsteps: ${steps.join(', ')}`)
const slowest = times.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
for (const { name, ms } of slowest) console.log(`slow: ${seconds(ms)} ${name}`)
for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

/**
 * @param {string} report
 * @returns {{ passed: number, failures: string[], times: { name: string, ms: number }[] }}
 */
function read(report) {
  /** @type {{ testResults: { assertionResults: { status: string, fullName: string, duration?: number | null }[] }[] }} */
  let json
  try {
    json = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failures: [], times: [] }
  }
  const tests = json.testResults.flatMap((file) => file.assertionResults)
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failures: tests.filter((test) => test.status === 'failed').map((test) => test.fullName),
    times: tests.map(({ fullName, duration }) => ({ name: fullName, ms: duration ?? 0 })),
  }
}
