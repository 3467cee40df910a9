import { defineConfig } from 'vitest/config'
import packageJson from './package.json' with { type: 'json' }
import { patience } from './test/patience.ts'

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(packageJson.version) },
  test: {
    passWithNoTests: true,
    expect: { poll: { timeout: patience } },
    // Longer than any of its conditions: it is they that say what did not happen.
    testTimeout: 3 * patience,
    hookTimeout: 3 * patience,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // A use of memory after it was given back shows as wrong bytes.
          env: { LONGSHORE_POISON_SLABS: '1' },
          // They wait most of the time; one worker, which is what two processors get, would take half as long again.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // Windows that fight for the processor make times meaningless.
          fileParallelism: false,
          globalSetup: 'test/e2e/setup.ts',
          setupFiles: 'test/e2e/display.ts',
        },
      },
    ],
  },
})
