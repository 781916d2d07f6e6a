import { defineConfig } from 'vitest/config';

/** What needs chdb, and so the package in this folder: `npm ci --prefix test/engines` first. */
export default defineConfig({
  test: {
    include: ['test/engines/*.test.ts'],
    env: { TZ: 'Pacific/Kiritimati', NO_COLOR: '1' },
    // A machine of two cores would run one file at a time.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
