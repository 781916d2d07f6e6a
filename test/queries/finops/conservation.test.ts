import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER } from '../evidence.ts';
import { insertFleet } from '../fleet.ts';

const GROUPINGS = ['agent', 'server', 'tool', 'model', 'cost_center'].map((by) => `cost_by_${by}`);

let store: Store;

beforeAll(async () => {
  store = await Store.inMemory();
  await insertFleet(store);
});
afterAll(() => store.close());

/** Decimals have twelve digits after the point, so without it they are exact integers. */
function sumOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  column: string,
  currency: string,
): bigint {
  return rows
    .filter((row) => row['currency'] === currency && row[column] !== null)
    .reduce((sum, row) => sum + BigInt(String(row[column]).replace('.', '')), 0n);
}

const ask = (name: string) => store.query(`queries/finops/${name}.sql`, NOVEMBER);

describe.each(GROUPINGS)('%s', (name) => {
  test.each(['USD', 'EUR'])('adds up to all charges in %s, to the last digit', async (currency) => {
    const total = sumOf(await ask('charges'), 'amount', currency);
    const groups = await ask(name);

    expect(total).toBeGreaterThan(0n);
    expect(sumOf(groups, 'amount', currency)).toBe(total);
    const parts = ['model_amount', 'tool_call_amount', 'fixed_amount'];
    expect(parts.reduce((sum, part) => sum + sumOf(groups, part, currency), 0n)).toBe(total);
  });

  test('counts every charge without a price, and every call once', async () => {
    const [all, groups] = [await ask('charges'), await ask(name)];
    const unpriced = all.filter(({ basis }) => basis === 'unpriced').length;

    const total = (column: string) => groups.reduce((sum, row) => sum + Number(row[column]), 0);
    expect(unpriced).toBeGreaterThan(0);
    expect(total('unpriced_items')).toBe(unpriced);
    expect(total('calls')).toBe(
      Array.from({ length: 97 }, (_, n) => 1 + (n % 3)).reduce((a, b) => a + b),
    );
  });
});

test('the fixed cost of the month is allocated whole', async () => {
  expect(
    sumOf(
      (await ask('charges')).filter(({ meter }) => meter === 'fixed'),
      'amount',
      'USD',
    ),
  ).toBe(700_010_000_000_000n);
});

test('what no agent can be named for is a row of its own, and is explained', async () => {
  const groups = await ask('cost_by_agent');
  const row = groups.find(
    ({ agent, currency }) => agent === '(unattributed)' && currency === 'USD',
  );
  const explained = await ask('unattributed');

  expect(row).toMatchObject({ agent_id: null, agent_owner: null });
  expect(sumOf(explained, 'amount', 'USD')).toBe(BigInt(String(row?.['amount']).replace('.', '')));
});

test('labels say what is missing', async () => {
  const first = async (name: string, column: string) => (await ask(name)).map((row) => row[column]);
  expect(await first('cost_by_agent', 'agent')).toContain('helpdesk');
  expect(await first('cost_by_server', 'server')).toContain('(no server)');
  expect(await first('cost_by_tool', 'tool')).toContain('(no tool)');
  expect(new Set(await first('cost_by_model', 'model'))).toEqual(
    new Set(['m', 'n', '(no model)', '(unknown model)']),
  );
  expect(new Set(await first('cost_by_cost_center', 'cost_center'))).toEqual(
    new Set(['CC-1', 'CC-2', 'CC-3', '(unattributed)']),
  );
});

test('what has no price is listed as what to add to the price file', async () => {
  const unpriced = await ask('unpriced');
  const charged = (await ask('charges')).filter(({ basis }) => basis === 'unpriced');

  expect(unpriced.reduce((sum, row) => sum + Number(row['items']), 0)).toBe(charged.length);
  expect(unpriced.map(({ meter, model }) => [meter, model])).toContainEqual(['input_tokens', 'n']);
  expect(unpriced.some(({ server_id }) => server_id === 's-1')).toBe(false);
});

test('a price file with nothing in it leaves every call unpriced, and no error', async () => {
  using empty = await Store.inMemory();
  await insert(empty, 'correlated_calls', [call(1), call(2)]);

  expect(await empty.query('queries/finops/cost_by_agent.sql', NOVEMBER)).toMatchObject([
    {
      agent: 'a-1',
      currency: null,
      amount: null,
      calls: 2,
      cost_per_call: null,
      unpriced_items: 2,
    },
  ]);
});

test('of two currencies each costs a share of every call, and what has no price is in neither', async () => {
  using two = await Store.inMemory();
  await insert(
    two,
    'correlated_calls',
    [1, 2, 3, 4].map((no) => ({ ...call(no), tool_name: no === 4 ? 'other' : 'search' })),
  );
  const price = { unit: '1', origin: 'prices.yaml', valid_from: '2026-01-01T00:00:00Z' };
  await insert(two, 'prices', [
    { ...price, position: 1, meter: 'fixed', name: 'apim', unit_price: '30', currency: 'EUR' },
    {
      ...price,
      position: 2,
      meter: 'tool_call',
      server_id: '*',
      tool_pattern: 'search',
      unit_price: '2',
      currency: 'USD',
    },
  ]);

  const rows = await two.query('queries/finops/cost_by_agent.sql', NOVEMBER);

  expect(rows).toMatchObject([
    { currency: 'EUR', amount: '30.000000000000', calls: 0, cost_per_call: '7.500000000000' },
    { currency: 'USD', amount: '6.000000000000', calls: 3, cost_per_call: '1.500000000000' },
    { currency: null, amount: null, calls: 1, cost_per_call: null, unpriced_items: 1 },
  ]);
});
