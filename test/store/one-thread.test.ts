import { expect, test } from 'vitest';
import { sparingly } from '../../store/one-thread.ts';
import { Store } from '../../store/store.ts';

const SHORT = new Error('Out of Memory Error: failed to pin block of size 256.0 KiB');

async function threadsOf(store: Store): Promise<unknown> {
  const [row] = await store.rows("select current_setting('threads') as threads");
  return Number(row?.['threads']);
}

/** Work that fails with more threads than so many; it notes with how many it was tried. */
function workFor(store: Store, atMost: number) {
  const tries: unknown[] = [];
  const work = async (): Promise<string> => {
    const threads = await threadsOf(store);
    tries.push(threads);
    if (Number(threads) > atMost) throw SHORT;
    return 'done';
  };
  return { tries, work };
}

test('what several threads have no memory for is done by one', async () => {
  using store = await Store.inMemory();
  await store.script('set threads = 3');
  const { tries, work } = workFor(store, 1);

  expect(await sparingly(store, work)).toBe('done');
  expect(tries).toEqual([3, 1]);
  expect(await threadsOf(store)).toBe(3);
});

test.each([
  { what: 'what one thread has no memory for either', given: 3, tried: [3, 1] },
  { what: 'what one thread was given', given: 1, tried: [1] },
])('$what fails with what was said first', async ({ given, tried }) => {
  using store = await Store.inMemory();
  await store.script(`set threads = ${given}`);
  const { tries, work } = workFor(store, 0);

  await expect(sparingly(store, work)).rejects.toBe(SHORT);
  expect(tries).toEqual(tried);
  expect(await threadsOf(store)).toBe(given);
});

test('a statement of ours for which memory is short says what to do', async () => {
  using store = await Store.inMemory();
  await store.script("set memory_limit = '40MB'");
  const sql =
    'select count(*) as n from (select array_agg(range::varchar) as a from range(20_000_000)) where len(a) > 0';
  const file = { path: 'a/large.sql', sql, header: {}, params: [], columns: [] };

  await expect(store.query(file)).rejects.toMatchObject({
    code: 'memory_short',
    message: 'Memory ran short in a/large.sql; nothing was changed.',
  });
});

test('a store has as many threads after what its forks did as before', async () => {
  using store = await Store.inMemory();
  await store.script('set threads = 3');

  const meanwhile = await store.withForks(1, ([fork]) => threadsOf(fork as Store));
  expect(meanwhile).toBe(1);
  expect(await threadsOf(store)).toBe(3);
});
