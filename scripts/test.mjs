// `npm test`: everything, also after a failure. The last lines tell how long the steps and the slowest tests took, and
// count the tests. Tests in a real Electron wait as often as they compute, and so do those of the engine: on two
// processors the one fills what the other leaves.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, tool } from './paths.mjs'

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

const began = performance.now()
// The others test what it makes.
await script('build')
await Promise.all([checked(), level('e2e')])

console.log(`\nsteps: ${steps.join(', ')}, all ${seconds(performance.now() - began)}`)
const slowest = times.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
for (const { name, ms } of slowest) console.log(`slow: ${seconds(ms)} ${name}`)
for (const failure of failures) console.log(`failed: ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1

async function checked() {
  await script('check')
  await level('unit')
  await level('integration')
}

/** @param {string} name a script of package.json that passes or fails as a whole */
async function script(name) {
  // A shell finds npm on every system.
  if ((await step(name, `npm run --silent ${name}`, [], { shell: true })) !== 0) failures.push(`npm run ${name}`)
}

/** @param {string} name of a project of vitest */
async function level(name) {
  const report = join(reports, `${name}.json`)
  const args = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const status = await step(`${name} tests`, process.execPath, [tool('vitest'), ...args], {})
  const result = read(report)
  passed += result.passed
  failures.push(...result.failures)
  times.push(...result.times.map(({ name: test, ms }) => ({ name: `${name}: ${test}`, ms })))
  // Something outside every test: an import that fails, an error nobody caught, tests that were not found.
  if ((status !== 0 || result.passed === 0) && result.failures.length === 0) failures.push(`${name} tests`)
}

/**
 * Runs a command and shows what it says, whole lines of it, since two run at a time.
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ shell?: boolean }} options
 * @returns {Promise<number | null>} its exit code
 */
async function step(name, command, args, options) {
  console.log(`\n${name}`)
  const since = performance.now()
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const child = spawn(command, args, {
    ...options,
    cwd: root,
    env: { ...process.env, ...colour },
    stdio: ['inherit', 'pipe', 'pipe'],
  })
  createInterface({ input: child.stdout }).on('line', (line) => process.stdout.write(`${line}\n`))
  createInterface({ input: child.stderr }).on('line', (line) => process.stderr.write(`${line}\n`))
  const [status] = /** @type {[number | null]} */ (await once(child, 'close'))
  steps.push(`${name} ${seconds(performance.now() - since)}`)
  return status
}

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
