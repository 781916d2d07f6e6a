import { expect, test } from 'vitest';
import { sparingly } from '../../store/sparing.ts';
import { Store } from '../../store/store.ts';

const SHORT = new Error('Out of Memory Error: failed to pin block of size 256.0 KiB');

const THREADS = "select current_setting('threads') as threads";

/** Work that needs more memory than so many threads leave it; says with how many each attempt was made. */
function workFor(atMost: number, given: number | undefined) {
  const attempts: (number | undefined)[] = [];
  let threads = given;
  const work = async (): Promise<string> => {
    attempts.push(threads);
    if ((threads ?? 2) > atMost) throw SHORT;
    return 'done';
  };
  const setThreads = async (wanted: number | undefined): Promise<void> => {
    threads = wanted;
  };
  return { attempts, work, setThreads, threadsNow: () => threads };
}

test('what two threads have no memory for is done by one', async () => {
  const { attempts, work, setThreads, threadsNow } = workFor(1, undefined);

  expect(await sparingly(work, setThreads, undefined)).toBe('done');
  expect(attempts).toEqual([undefined, 1]);
  expect(threadsNow()).toBe(undefined);
});

test('what one thread has no memory for either fails with what was said first', async () => {
  const { attempts, work, setThreads, threadsNow } = workFor(0, 4);

  await expect(sparingly(work, setThreads, 4)).rejects.toBe(SHORT);
  expect(attempts).toEqual([4, 1]);
  expect(threadsNow()).toBe(4);
});

test('what one thread was given is not tried again', async () => {
  const { attempts, work, setThreads } = workFor(0, 1);

  await expect(sparingly(work, setThreads, 1)).rejects.toBe(SHORT);
  expect(attempts).toEqual([1]);
});

test('a statement of ours for which memory is short says what to do', async () => {
  using store = await Store.inMemory();
  const before = await store.rows(THREADS);
  await store.script("set memory_limit = '40MB'");
  const sql =
    'select count(*) as n from (select array_agg(range::varchar) as a from range(20_000_000)) where len(a) > 0';
  const file = { path: 'a/large.sql', sql, header: {}, params: [], columns: [] };

  await expect(store.query(file)).rejects.toMatchObject({
    code: 'memory_short',
    message: 'Memory ran short in a/large.sql; nothing was changed.',
  });
  expect(await store.rows(THREADS)).toEqual(before);
});
