import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Store } from '../../store/store.ts';
import { temporaryFolder } from './fleet.ts';
import { cpuSeconds, run, start, until } from './program.ts';
import { requests } from './requests.ts';

const COUNT = ['query', '--sql', 'select count(*) as events from events', '--format', 'csv'];

/** Guarantee 11. */
test('another process can query while an ingest runs', async () => {
  const folder = temporaryFolder();
  const db = join(folder, 'w.duckdb');
  mkdirSync(join(folder, 'in'));
  for (let n = 0; n < 8; n += 1) {
    const lines = requests(60_000, n * 60_000);
    writeFileSync(join(folder, 'in', `${n}.ndjson`), lines);
  }
  (await Store.openToWrite(db)).close();

  const ingest = start(['ingest', 'files', join(folder, 'in'), '--db', db]);
  const seen: number[] = [];
  while (ingest.child.exitCode === null) {
    const { code, out, err } = await run([...COUNT, '--db', db]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    if (ingest.child.exitCode === null) seen.push(Number(out.split('\n')[1]));
  }

  expect((await ingest.ended).code).toBe(0);
  expect(seen.length, 'questions that were answered meanwhile').toBeGreaterThan(0);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect((await run([...COUNT, '--db', db])).out).toBe('events\n480000\n');
});

test('who holds the file is waited for, on either side', async () => {
  const db = join(temporaryFolder(), 'w.duckdb');
  using store = await Store.openToAdd(db);
  const order: string[] = [];

  const slow =
    'select count(*) as n from range(60000) as a, range(60000) as b where a.range <> b.range';
  const reading = start(['query', '--sql', slow, '--db', db]);
  const read = reading.ended.then(({ code }) => order.push(`read ${code}`));
  await until(reading, () => cpuSeconds(reading.child.pid ?? 0) > 0.8);
  let waiting: Promise<unknown> = Promise.resolve();
  await store.hold(async () => {
    order.push('held');
    const asking = start([...COUNT, '--db', db]);
    waiting = asking.ended.then(({ code }) => order.push(`answered ${code}`));
    await until(asking, () => cpuSeconds(asking.child.pid ?? 0) > 0.4);
    order.push('let go');
  });
  await Promise.all([read, waiting]);

  // When a process has let go of the file is not when its end is told here.
  expect(order.filter((what) => what !== 'read 0')).toEqual(['held', 'let go', 'answered 0']);
  expect(order).toContain('read 0');
});
