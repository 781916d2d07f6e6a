import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindParameters, listQueries } from '../../queries/catalogue.ts';
import { Store } from '../../store/store.ts';
import { NOVEMBER, uuid } from './evidence.ts';
import { insertFleet } from './fleet.ts';

let store: Store;
let reversed: Store;
beforeAll(async () => {
  [store, reversed] = [await Store.inMemory(), await Store.inMemory()];
  await insertFleet(store);
  await insertFleet(reversed, { reversed: true });
});
afterAll(() => {
  store.close();
  reversed.close();
});

const GIVEN: Readonly<Record<string, string>> = {
  ...NOVEMBER,
  id: '203.0.113.2',
  call: uuid(7),
  after_at: NOVEMBER.from_at,
};

test.each(listQueries().map((query) => [query.name, query] as const))(
  '%s answers the same whatever order the evidence came in',
  async (name, query) => {
    const given = Object.entries(GIVEN).filter(([key]) => query.params.some((p) => p.name === key));
    const params = bindParameters(query, Object.fromEntries(given));
    const rows = await store.query(query.file, params);

    expect(await reversed.query(query.file, params)).toEqual(rows);
    if (name !== 'soc/events_of_call') expect(rows).not.toEqual([]);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size, 'rows that differ').toBe(
      rows.length,
    );
  },
);
