import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from '../cli/fleet.ts';

const READERS = 4;
const READER = packagePath('test', 'store', 'restless-reader.ts');

test('readers that come and go without a pause do not keep a writer out', async () => {
  const db = join(temporaryFolder(), 'w.duckdb');
  (await Store.openToWrite(db)).close();
  const readers = Array.from({ length: READERS }, () =>
    spawn(process.execPath, [READER, db], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const haveRead = () => Promise.all(readers.map(({ stdout }) => once(stdout, 'data')));
  await haveRead();

  for (let time = 0; time < 5; time += 1) (await Store.openToWrite(db)).close();

  expect(existsSync(`${db}.waiting`)).toBe(false);
  await haveRead();
  for (const { stdin } of readers) stdin.end();
  const ended = await Promise.all(readers.map((reader) => once(reader, 'exit')));
  expect(ended).toEqual(readers.map(() => [0, null]));
});
