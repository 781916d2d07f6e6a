import { expect, test } from 'vitest';
import { Store } from '../../store/store.ts';

const LONG = 'select sum(hash(a.range, b.range)) from range(100000) a, range(1000000) b';

test('a store that is closed under a statement stops it, and closes behind it', async () => {
  for (let no = 0; no < 20; no += 1) {
    const store = await Store.inMemory();
    const running = store.rows(LONG);
    store.close();
    await expect(running).rejects.toThrow(/Interrupt/);
    await expect(store.rows('select 1')).rejects.toThrow(/is closed/);
  }
});

test('work that fails on one fork waits for the statement of the other', async () => {
  using store = await Store.inMemory();
  for (let no = 0; no < 20; no += 1) {
    const others: Promise<unknown>[] = [];
    const work = store.withForks(2, async ([one, other]) => {
      others.push(other?.rows(LONG).catch(String) ?? Promise.resolve());
      return one?.rows('select from');
    });
    await expect(work).rejects.toThrow(/Parser Error/);
    expect(await Promise.all(others)).toEqual([expect.stringContaining('Interrupt')]);
  }
});
