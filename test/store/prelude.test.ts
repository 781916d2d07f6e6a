import { afterAll, beforeAll, expect, test } from 'vitest';
import { Store } from '../../store/store.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

/** What a text becomes; whatever is not plainly a time or a number is unknown, not a failure. */
const cases = {
  'a time with an offset': ["x_ts('2026-11-21T10:00:00+02:00')", '2026-11-21T08:00:00Z'],
  'a day': ["x_ts('2026-11-21')", '2026-11-21T00:00:00Z'],
  'a time that never comes': ["x_ts('infinity')", null],
  'a day that is not in the calendar': ["x_ts('2026-02-30')", null],
  'a whole number': ["x_int('-42')", -42],
  'a fraction where a whole number belongs': ["x_int('5.5')", null],
  'a number of another notation': ["x_int('0x10')", null],
  'a number beyond 64 bits': ["x_int('9223372036854775808')", null],
  'a fraction': ["x_float('.5')", 0.5],
  'what is not a number': ["x_float('nan')", null],
  'a number between spaces': ["x_float(' 5 ')", null],
} as const;

test.each(Object.entries(cases))('%s', async (_, [expression, value]) => {
  expect(await store.rows(`select ${expression} as value`)).toEqual([{ value }]);
});
