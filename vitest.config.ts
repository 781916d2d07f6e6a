import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a package of their own, and a config: see test/engines/vitest.config.ts.
    exclude: ['**/node_modules/**', 'test/engines/**'],
    // Far from UTC, so that a time that is read in the machine's zone turns a test red.
    env: { TZ: 'Pacific/Kiritimati', NO_COLOR: '1' },
    // A machine of two cores would run one file at a time, and wait where that waits for a process.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
