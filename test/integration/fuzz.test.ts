import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Lane } from './fuzz/lane'
import { programs, type Program } from './fuzz/program'

/**
 * No server can make us write a wrong byte: random servers, seeded and shrinking.
 *
 *     LONGSHORE_FUZZ_RUNS=10000 LONGSHORE_FUZZ_SEED=1 npx vitest run --project integration fuzz
 *     LONGSHORE_FUZZ_PROGRAM='{"size":…}' npx vitest run --project integration fuzz      # one counterexample again
 */
const {
  LONGSHORE_FUZZ_RUNS,
  LONGSHORE_FUZZ_SEED,
  LONGSHORE_FUZZ_LANES,
  LONGSHORE_FUZZ_SHRINK,
  LONGSHORE_FUZZ_PROGRAM,
} = process.env
const seed = Number(LONGSHORE_FUZZ_SEED ?? Date.now() % 1_000_000)
const lanes = Number(LONGSHORE_FUZZ_LANES ?? 4)
/** Without a number: as many as there is time for. */
const runs = LONGSHORE_FUZZ_RUNS === undefined ? null : Number(LONGSHORE_FUZZ_RUNS)
const timeLimit = 22_000

const tally = new Map<string, number>()
const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)

async function fuzz(number: number): Promise<void> {
  await using stack = new AsyncDisposableStack()
  let lane: Lane | null = null
  const details = await fc.check(
    fc.asyncProperty(programs, async (program) => {
      const used = (lane ??= stack.use(await Lane.create()))
      lane = null // not used again after a failure
      const { done, failed, codes } = await used.run(program)
      lane = used
      for (let n = 0; n < done; n++) count('done')
      for (let n = 0; n < failed; n++) count('failed')
      for (const code of codes) count(code)
    }),
    {
      seed: seed + number,
      endOnFailure: LONGSHORE_FUZZ_SHRINK === '0',
      numRuns: runs === null ? 300 : Math.ceil(runs / lanes),
      ...(runs === null ? { interruptAfterTimeLimit: timeLimit, markInterruptAsFailure: false } : {}),
    },
  )
  for (let n = 0; n < details.numRuns; n++) count('runs')
  if (!details.failed) return
  const [program] = details.counterexample ?? []
  const cause = details.errorInstance
  throw new Error(
    [
      `LONGSHORE_FUZZ_SEED=${seed} LONGSHORE_FUZZ_LANES=${lanes}, lane ${number}, path ${details.counterexamplePath}`,
      `LONGSHORE_FUZZ_PROGRAM='${JSON.stringify(program)}'`,
      cause instanceof Error ? cause.message : String(cause),
    ].join('\n'),
    { cause },
  )
}

describe('random servers', () => {
  afterAll(() => console.log(`fuzz: seed ${seed}, ${JSON.stringify(Object.fromEntries([...tally].sort()))}`))

  it.skipIf(LONGSHORE_FUZZ_PROGRAM !== undefined)(
    'never yield a completed file with a wrong byte',
    async () => {
      const results = await Promise.allSettled(Array.from({ length: lanes }, (_, number) => fuzz(number)))
      const failures = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as Error).message] : [],
      )
      expect(failures.join('\n\n')).toBe('')
    },
    runs === null ? 120_000 : 24 * 60 * 60 * 1000,
  )

  it.runIf(LONGSHORE_FUZZ_PROGRAM !== undefined)(
    'do what LONGSHORE_FUZZ_PROGRAM says',
    async () => {
      await using lane = await Lane.create()
      for (let n = 0; n < (runs ?? 20); n++) await lane.run(JSON.parse(LONGSHORE_FUZZ_PROGRAM ?? '') as Program)
    },
    600_000,
  )
})
