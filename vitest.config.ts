import { defineConfig } from 'vitest/config'
import packageJson from './package.json' with { type: 'json' }

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(packageJson.version) },
  test: {
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        // Property tests take a second or two; a machine that does something else as well must not make them fail.
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
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
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // Windows that fight for the processor make times meaningless.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: 'test/e2e/setup.ts',
          setupFiles: 'test/e2e/display.ts',
        },
      },
    ],
  },
})
