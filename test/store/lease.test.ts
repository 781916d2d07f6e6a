import { hostname } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lease } from '../../store/lease.ts';
import { Store } from '../../store/store.ts';

const AT = new Date('2026-11-20T12:00:00Z');
const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1000);
const alive = (pid: number) => ({ pid, isRunning: () => true });
const dead = (pid: number) => ({ pid, isRunning: () => false });

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

test('a second process is told who holds the lease, and since when', async () => {
  await Lease.take(store, 'ingest event-hubs stream', alive(7), AT);

  await expect(Lease.take(store, 'ingest files', alive(8), later(10))).rejects.toMatchObject({
    code: 'store_busy',
    message: `'ingest event-hubs stream', process 7 on ${hostname()}, adds to the database ':memory:' since 2026-11-20T12:00:00Z.`,
    fix: 'Wait until it is done or stop it; or add to another file with --db.',
  });
});

test('what is released, and what a dead process left, is free', async () => {
  const first = await Lease.take(store, 'a', alive(7), AT);
  await first.release();
  await Lease.take(store, 'b', alive(8), AT);

  await Lease.take(store, 'c', dead(9), later(1));

  expect(await store.rows('select purpose from ingest_lease')).toEqual([{ purpose: 'c' }]);
});

test('a holder of another machine that has not renewed for a minute is taken for gone', async () => {
  await Lease.take(store, 'a', alive(7), AT);
  await store.script("update ingest_lease set host = 'elsewhere'");

  await expect(Lease.take(store, 'b', dead(8), later(59))).rejects.toMatchObject({
    code: 'store_busy',
  });
  await Lease.take(store, 'b', dead(8), later(61));
});

test('who has lost the lease cannot commit any more', async () => {
  const first = await Lease.take(store, 'first', alive(7), AT);
  await first.renew(store, later(5));
  await Lease.take(store, 'second', dead(8), later(120));

  const commit = store.transaction(async () => {
    await store.script("insert into loaded_files values ('f', 'prices', 'h')");
    await first.renew(store, later(121));
  });

  await expect(commit).rejects.toMatchObject({
    code: 'store_busy',
    message: expect.stringMatching(/^'second', process 8 on /),
  });
  expect(await store.rows('select count(*) as rows from loaded_files')).toEqual([{ rows: 0 }]);
});
