import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tellNotices } from '../../core/notices.ts';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';

const FIRST_BLOCK = 3 * 4096;
const BLOCK = 262_144;
const PAGE = 4096;

interface Checkpoint {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly log: Buffer;
}

/** A database's file before and after a checkpoint, with the log that the checkpoint has written into it. */
async function checkpointed(path: string): Promise<Checkpoint> {
  using store = await Store.openToWrite(path);
  await store.script("set checkpoint_threshold = '1GB'; create table kept as from range(1000)");
  await store.script(
    'checkpoint; insert into kept from range(1000); create table more as select 1 as a',
  );
  const before = readFileSync(path);
  copyFileSync(`${path}.wal`, `${path}.log`);
  await store.script('checkpoint');
  return { before, after: readFileSync(path), log: readFileSync(`${path}.log`) };
}

/** The file as a kill leaves it that comes when so many pages of a block are written. */
function torn({ before, after }: Checkpoint, start: number, pages: number): Buffer {
  const file = Buffer.from(before);
  after.copy(file, start, start, start + pages * PAGE);
  return file;
}

/** Where blocks start that the checkpoint has written in their place. */
function rewritten({ before, after }: Checkpoint): number[] {
  const starts = [];
  for (let start = FIRST_BLOCK; start + BLOCK <= before.length; start += BLOCK) {
    const end = start + BLOCK;
    if (before.compare(after, start, end, start, end) !== 0) starts.push(start);
  }
  return starts;
}

test('a database is opened whatever part of a block was written when its process was killed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'w.duckdb');
  const checkpoint = await checkpointed(path);
  const starts = rewritten(checkpoint);
  let refused = 0;
  const notices: string[] = [];
  tellNotices((text) => notices.push(text));

  for (const start of starts) {
    for (const pages of [1, 2, 3, 5, 40]) {
      writeFileSync(path, torn(checkpoint, start, pages));
      writeFileSync(`${path}.wal`, checkpoint.log);
      const reading = await Store.openToRead(path).then(
        (store) => store.close(),
        (error: Error) => error.message,
      );
      if (reading !== undefined) {
        refused += 1;
        expect(reading).toBe(`A process was killed while it wrote to the database '${path}'.`);
      }
      using store = await Store.openToAdd(path);
      await store.hold(async () => {
        expect(await store.rows('select count(*) as rows from kept')).toEqual([{ rows: 2000 }]);
        expect(await store.rows('select a from more')).toEqual([{ a: 1 }]);
      });
    }
  }

  // Otherwise nothing was torn.
  expect(refused).toBeGreaterThan(0);
  expect(notices.length).toBeGreaterThanOrEqual(refused);
  expect(new Set(notices)).toEqual(
    new Set([
      `A process was killed while it wrote to '${path}'; the checksum of one block was made anew, and nothing is lost.`,
    ]),
  );
});

test('a block that is damaged otherwise is refused, and the file is as it was', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'w.duckdb');
  const { before, log } = await checkpointed(path);
  const damaged = Buffer.from(before);
  damaged.fill(0xff, FIRST_BLOCK + 8, FIRST_BLOCK + 3 * PAGE);
  writeFileSync(path, damaged);

  // Without a log nothing was being written.
  await expect(Store.openToWrite(path)).rejects.toThrow(/checksum/);
  expect(readFileSync(path).equals(damaged)).toBe(true);
  writeFileSync(`${path}.wal`, log);
  await expect(Store.openToWrite(path)).rejects.toThrow(/checksum/);
  expect(readFileSync(path).equals(damaged)).toBe(true);
});

test('who finds another mending waits', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'w.duckdb');
  const checkpoint = await checkpointed(path);
  const [start = 0] = rewritten(checkpoint);
  writeFileSync(path, torn(checkpoint, start, 1));
  writeFileSync(`${path}.wal`, checkpoint.log);
  writeFileSync(`${path}.mending`, '');
  setTimeout(() => rmSync(`${path}.mending`), 200);

  using store = await Store.openToWrite(path);

  expect(await store.rows('select a from more')).toEqual([{ a: 1 }]);
});
