import { expect, test } from 'vitest';
import { breakdownListing } from '../../reports/breakdown.ts';

const group = (value: string, bad: number) => ({
  value,
  isOther: false,
  state: 'met',
  reason: 'because',
  inScope: 10,
  good: 10 - bad,
  bad,
  goodRatio: (10 - bad) / 10,
  shareOfBad: 0.5,
  shareOfBudget: 2,
  lookbacks: [{ lookback: '1h', burnRate: 3 }],
});

test('what went quiet of a promise about slices has no state either', () => {
  const { rows } = breakdownListing([
    {
      kind: 'objective',
      slo: 'auth',
      displayName: 'Auth',
      unit: 'slices',
      breakdown: {
        dimension: 'agent_id',
        groups: [],
        vanished: [{ value: 'gone', inScopeBefore: 7, lastSeenAt: '2026-11-01T00:00:00Z' }],
      },
    },
  ]);

  expect(rows).toMatchObject([{ value: 'gone', state: null }]);
});

test('a row for each group, under its objective; what was not broken down has none', () => {
  const named = { kind: 'objective', slo: 'auth', displayName: 'Auth' };
  const { rows, columns, brief } = breakdownListing([
    {
      ...named,
      breakdown: {
        dimension: 'agent_id',
        groups: [group('a', 2), group('(unknown)', 1)],
        vanished: [{ value: 'gone', inScopeBefore: 7, lastSeenAt: '2026-11-01T00:00:00Z' }],
      },
    },
    { ...named, slo: 'other', breakdown: null },
    { kind: 'control', slo: 'zero', displayName: 'Zero' },
  ]);

  expect(
    rows.map(({ slo, value, bad, burn_1h, burn_6h }) => [slo, value, bad, burn_1h, burn_6h]),
  ).toEqual([
    ['auth', 'a', 2, 3, null],
    ['auth', '(unknown)', 1, 3, null],
    ['auth', 'gone', 0, null, null],
  ]);
  const names = columns.map(({ name }) => name);
  expect(Object.keys(rows[0] ?? {}).sort()).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining([...(brief ?? [])]));
});
