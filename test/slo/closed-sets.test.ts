import { afterAll, beforeAll, expect, test } from 'vitest';
import { wordsOf } from '../../slo/closed-sets.ts';
import { relationSql } from '../../slo/columns.ts';
import { findSource, initialsOf, sourceNames } from '../../slo/sources.ts';
import { Store } from '../../store/store.ts';
import { type Fleet, makeFleet } from '../cli/fleet.ts';

let fleet: Fleet;
let store: Store;
beforeAll(async () => {
  fleet = await makeFleet();
  store = await Store.openToRead(fleet.db);
});
afterAll(() => {
  store.close();
  fleet.remove();
});

test.each(sourceNames())('%s holds no other word than those that it may', async (name) => {
  const source = findSource(name);
  const file = {
    path: name,
    sql: `select * from ${relationSql(source)}`,
    header: {},
    params: [],
    columns: [],
  };
  const window = { from_at: '2026-10-22T00:00:00Z', to_at: '2026-11-21T00:00:00Z' };
  const rows = await store.query(file, { ...initialsOf(source), ...window });

  const wrong = rows.flatMap((row) =>
    Object.entries(row).filter(([column, value]) => {
      const words = wordsOf(name, column);
      return words !== undefined && value !== null && !words.includes(String(value));
    }),
  );

  expect(wrong).toEqual([]);
});
