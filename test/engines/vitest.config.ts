import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const IN_MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
const ROOM_BYTES = 4 * 1024 ** 3;

/** Of each temporary table the engine makes and removes a dozen files: where these are on a disk, it takes a tenth longer. */
function temporaryFolder(): string {
  if (!existsSync(IN_MEMORY)) return tmpdir();
  const { type, bavail, bsize } = statfsSync(IN_MEMORY);
  return type === TMPFS && bavail * bsize >= ROOM_BYTES ? IN_MEMORY : tmpdir();
}

/** What needs chdb, and so the package in this folder: `npm ci --prefix test/engines` first. */
export default defineConfig({
  test: {
    include: ['test/engines/*.test.ts'],
    env: { TZ: 'Pacific/Kiritimati', NO_COLOR: '1', TMPDIR: temporaryFolder() },
    // A machine of two cores would run one file at a time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
