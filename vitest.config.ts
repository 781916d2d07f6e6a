import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * They measure the memory of their process, or change what all that runs in it shares: the way to a
 * managed identity is found once in a process (msal-node keeps it in `ManagedIdentityClient`).
 */
const ALONE = [
  'test/doctor/azure.test.ts',
  'test/event-hubs/memory.test.ts',
  'test/event-hubs/rate.test.ts',
  'test/ingest/hostile-input.test.ts',
  'test/ingest/memory.test.ts',
  'test/log-analytics/bad-input.test.ts',
];
/** They need a package of their own, and a config: see test/engines/vitest.config.ts. */
const ELSEWHERE = ['**/node_modules/**', 'test/engines/**'];

export default defineConfig({
  test: {
    env: {
      // Far from UTC, so that a time that is read in the machine's zone turns a test red.
      TZ: 'Pacific/Kiritimati',
      NO_COLOR: '1',
      // The program is started some hundred times, from TypeScript.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node', import.meta.url)),
    },
    // A machine of two cores would run one file at a time, and wait where that waits for a process.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...ELSEWHERE, ...ALONE],
          globalSetup: 'test/cli/made-once.ts',
          // To load the engine and our code anew for each file took a tenth of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
