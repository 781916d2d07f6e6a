import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnreadFiles } from '../../ingest/transports/unread-files.ts';
import { temporaryFolder } from '../cli/fleet.ts';

test('a file is read once, and again where it could not be or has changed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.ndjson');
  writeFileSync(path, '{}');
  const unread = new UnreadFiles();
  const read = () => unread.among([folder], async (files) => files);

  const failed = unread.among([folder], () => Promise.reject(new Error('somebody else adds')));
  await expect(failed).rejects.toThrow('somebody else adds');
  expect(await read()).toEqual([path]);
  expect(await read()).toEqual([]);
  writeFileSync(path, '{"more":1}');
  expect(await read()).toEqual([path]);
});
