import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By how long they take, which a clean clone does not know: a long one that starts last has no others beside it. */
const LONGEST_FIRST = [
  'commands',
  'shared-sql',
  'cluster',
  'incremental',
  'two-shards',
  'sources',
  'grants',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST_FIRST.indexOf(basename(moduleId, '.test.ts'));
      return at === -1 ? LONGEST_FIRST.length : at;
    };
    return files.sort((a, b) => place(a) - place(b));
  }
}

/** What needs chdb, and so the package in this folder: `npm ci --prefix test/engines` first. */
export default defineConfig({
  test: {
    include: ['test/engines/*.test.ts'],
    env: { TZ: 'Pacific/Kiritimati', NO_COLOR: '1' },
    // A machine of two cores would run one file at a time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
