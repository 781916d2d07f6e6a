import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

const BOOK = [
  { meter: 'input_tokens', model: 'gpt-4.1-mini', unit_price: '0.0000004' },
  { meter: 'cached_input_tokens', model: 'gpt-4.1-mini', unit_price: '0.0000001' },
  { meter: 'output_tokens', model: 'gpt-4.1-mini', unit_price: '0.0000016' },
  { meter: 'input_tokens', model: 'gpt-4o', unit_price: '0.0000025' },
];

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

async function prices(rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  await insert(
    store,
    'prices',
    rows.map((row, position) => ({
      origin: 'prices.yaml',
      position,
      currency: 'USD',
      unit: '1',
      valid_from: '2026-01-01T00:00:00Z',
      ...row,
    })),
  );
}

function modelCall(n: number, fields: Readonly<Record<string, unknown>>) {
  return {
    event_id: uuid(n),
    timestamp: '2026-11-10T10:00:00Z',
    agent_id: 'a-1',
    model: 'gpt-4.1-mini',
    weight: 1,
    ...fields,
  };
}

async function charges(window = NOVEMBER): Promise<Row[]> {
  return store.query('queries/finops/charges.sql', window);
}

const brief = (rows: readonly Row[]) =>
  rows.map((row) => [row['meter'], Number(row['quantity']), row['amount'], row['basis']]);

describe('model tokens', () => {
  beforeEach(() => prices(BOOK));

  const cases = {
    'a million input tokens of gpt-4.1-mini cost 0.40': [
      { input_tokens: 1_000_000, cached_input_tokens: 0 },
      [['input_tokens', 1_000_000, '0.400000000000', 'measured']],
    ],
    'cached tokens are taken from the input and priced apart': [
      { input_tokens: 1_000_000, cached_input_tokens: 250_000, output_tokens: 1_000 },
      [
        ['cached_input_tokens', 250_000, '0.025000000000', 'measured'],
        ['input_tokens', 750_000, '0.300000000000', 'measured'],
        ['output_tokens', 1_000, '0.001600000000', 'measured'],
      ],
    ],
    'where cached tokens are not known the cost is an upper bound': [
      { input_tokens: 10 },
      [['input_tokens', 10, '0.000004000000', 'upper_bound']],
    ],
    'cached tokens without a price of their own are priced as input, an upper bound': [
      { model: 'gpt-4o', input_tokens: 100, cached_input_tokens: 40 },
      [
        ['cached_input_tokens', 40, '0.000100000000', 'upper_bound'],
        ['input_tokens', 60, '0.000150000000', 'measured'],
      ],
    ],
    'a sampled record counts for all it stands for': [
      { input_tokens: 100, cached_input_tokens: 0, weight: 5 },
      [['input_tokens', 500, '0.000200000000', 'measured']],
    ],
    'more cached than input is no negative charge': [
      { input_tokens: 100, cached_input_tokens: 120 },
      [['cached_input_tokens', 120, '0.000012000000', 'measured']],
    ],
    'a version of a model has its price': [
      { model: 'GPT-4.1-mini-2025-04-14', input_tokens: 10, cached_input_tokens: 0 },
      [['input_tokens', 10, '0.000004000000', 'measured']],
    ],
    'another model whose name begins alike has not': [
      { model: 'gpt-4o-mini', input_tokens: 10, cached_input_tokens: 0 },
      [['input_tokens', 10, null, 'unpriced']],
    ],
    'the deployment stands in for a model that is not named': [
      { model: null, deployment: 'gpt-4o', input_tokens: 10, cached_input_tokens: 0 },
      [['input_tokens', 10, '0.000025000000', 'measured']],
    ],
    'no tokens known is a charge without a price': [{}, [['model_call', 1, null, 'unpriced']]],
  } as const;

  test.each(Object.entries(cases))('%s', async (_, [fields, expected]) => {
    await insert(store, 'model_calls', [modelCall(1, fields)]);

    expect(brief(await charges())).toEqual(expected);
  });

  test('a new price holds from its first moment', async () => {
    await prices([
      { meter: 'output_tokens', model: 'o', unit_price: '1', valid_to: '2026-11-10T10:00:00Z' },
      { meter: 'output_tokens', model: 'o', unit_price: '2', valid_from: '2026-11-10T10:00:00Z' },
    ]);
    await insert(store, 'model_calls', [
      modelCall(1, { model: 'o', output_tokens: 1, timestamp: '2026-11-10T09:59:59.999999Z' }),
      modelCall(2, { model: 'o', output_tokens: 1 }),
    ]);

    expect((await charges()).map((row) => Number(row['amount']))).toEqual([1, 2]);
  });

  test('the longest name that fits wins, and a glob comes after names', async () => {
    await prices([
      { meter: 'output_tokens', model: 'gpt-*', unit_price: '9', position: 10 },
      { meter: 'output_tokens', model: 'gpt-4', unit_price: '3', position: 11 },
      { meter: 'output_tokens', model: 'gpt-4-1', unit_price: '5', position: 12 },
    ]);
    const models = ['gpt-4-1-2025', 'gpt-4-0613', 'gpt-4-1', 'gpt-x', 'other'];
    await insert(
      store,
      'model_calls',
      models.map((model, n) => modelCall(n, { model, output_tokens: 1 })),
    );

    const priced = (await charges()).map((row) => [row['model'], row['unit_price']]);
    expect(priced.map(([model, price]) => [model, price && Number(price)])).toEqual([
      ['gpt-4-1-2025', 5],
      ['gpt-4-0613', 3],
      ['gpt-4-1', 5],
      ['gpt-x', 9],
      ['other', null],
    ]);
  });
});

describe('tool calls', () => {
  test('a price holds from its first moment to before its last', async () => {
    await prices([
      {
        meter: 'tool_call',
        server_id: 'weather',
        tool_pattern: '*',
        unit_price: '1',
        valid_to: '2026-11-10T10:02:00Z',
      },
      {
        meter: 'tool_call',
        server_id: 'weather',
        tool_pattern: '*',
        unit_price: '2',
        valid_from: '2026-11-10T10:02:00Z',
        valid_to: '2026-11-10T10:04:00Z',
      },
    ]);
    await insert(
      store,
      'correlated_calls',
      [1, 2, 3, 4].map((n) => call(n)),
    );

    expect((await charges()).map((row) => [row['amount'], row['basis']])).toEqual([
      ['1.000000000000', 'measured'],
      ['2.000000000000', 'measured'],
      ['2.000000000000', 'measured'],
      [null, 'unpriced'],
    ]);
  });

  test('the server beats any server, an exact tool beats a glob, then the first row', async () => {
    await prices([
      { meter: 'tool_call', unit_price: '1' },
      { meter: 'tool_call', server_id: 'weather', tool_pattern: 'get_*', unit_price: '2' },
      { meter: 'tool_call', server_id: 'weather', tool_pattern: 'g*', unit_price: '9' },
      { meter: 'tool_call', server_id: 'weather', tool_pattern: 'get_map', unit_price: '3' },
    ]);
    await insert(store, 'correlated_calls', [
      call(1),
      call(2, { tool_name: 'get_map' }),
      call(3, { server_id: 'billing' }),
      call(4, { server_id: null, tool_name: null }),
      call(5, { weight: 10 }),
    ]);

    expect((await charges()).map((row) => Number(row['amount']))).toEqual([2, 3, 1, 1, 20]);
  });
});

describe('fixed costs', () => {
  const fixed = { meter: 'fixed', name: 'apim', unit_price: '700', allocate_by: 'calls' };

  async function shares(window = NOVEMBER) {
    const rows = (await charges(window)).filter(({ meter }) => meter === 'fixed');
    return rows.map((row) => [row['call_id'], row['amount'], row['basis']]);
  }

  test('a month is shared by its calls to the last digit', async () => {
    await prices([fixed]);
    await insert(
      store,
      'correlated_calls',
      [1, 2, 3].map((n) => call(n)),
    );

    expect(await shares()).toEqual([
      [uuid(1), '233.333333333334', 'allocated'],
      [uuid(2), '233.333333333333', 'allocated'],
      [uuid(3), '233.333333333333', 'allocated'],
    ]);
  });

  test('a call that stands for several bears several shares', async () => {
    await prices([fixed]);
    await insert(store, 'correlated_calls', [call(1), call(2, { weight: 6 })]);

    expect((await shares()).map(([, amount]) => amount)).toEqual([
      '100.000000000000',
      '600.000000000000',
    ]);
  });

  test('a window bears its part of the month', async () => {
    await prices([fixed]);
    await insert(store, 'correlated_calls', [call(1)]);

    const threeDays = { from_at: '2026-11-09T00:00:00Z', to_at: '2026-11-12T00:00:00Z' };
    expect((await shares(threeDays)).map(([, amount]) => amount)).toEqual(['70.000000000000']);
  });

  test('a price that ends inside the month accrues until then', async () => {
    await prices([
      { ...fixed, valid_to: '2026-11-16T00:00:00Z' },
      { ...fixed, unit_price: '60', valid_from: '2026-11-16T00:00:00Z' },
    ]);
    await insert(store, 'correlated_calls', [
      call(1),
      call(2, { timestamp: '2026-11-20T00:00:00Z' }),
    ]);

    expect((await shares()).map(([, amount]) => amount)).toEqual([
      '350.000000000000',
      '30.000000000000',
    ]);
  });

  test('of two currencies at one time the row that comes first is the price', async () => {
    const dollars = { valid_from: '2026-11-11T00:00:00Z', valid_to: '2026-11-16T00:00:00Z' };
    await prices([
      { ...fixed, unit_price: '60', ...dollars },
      { ...fixed, unit_price: '300', currency: 'EUR' },
      { ...fixed, unit_price: '90', currency: 'GBP', valid_from: '2026-11-20T00:00:00Z' },
      { ...fixed, unit_price: '30', currency: 'EUR', name: 'other' },
    ]);
    await insert(store, 'correlated_calls', [
      call(1),
      call(2, { timestamp: '2026-11-12T00:00:00Z' }),
      call(3, { timestamp: '2026-11-30T00:00:00Z' }),
    ]);

    const of = (rows: readonly Row[], name: string) =>
      rows
        .filter(({ charge_id }) => String(charge_id).includes(`:fixed:${name}:`))
        .map((row) => [row['call_id'], row['amount'], row['currency']]);
    const rows = await charges();
    expect(of(rows, 'apim')).toEqual([
      [uuid(1), '100.000000000000', 'EUR'],
      [uuid(2), '10.000000000000', 'USD'],
      [uuid(3), '150.000000000000', 'EUR'],
    ]);
    expect(of(rows, 'other').map(([, amount]) => amount)).toEqual(
      Array.from({ length: 3 }, () => '10.000000000000'),
    );
  });

  test('a month without calls between months with calls is borne by nobody, and is not lost', async () => {
    await prices([fixed]);
    await insert(store, 'correlated_calls', [
      call(1, { timestamp: '2026-09-05T00:00:00Z' }),
      call(2, { timestamp: '2026-11-05T00:00:00Z' }),
    ]);

    expect(
      await shares({ from_at: '2026-09-01T00:00:00Z', to_at: '2026-12-01T00:00:00Z' }),
    ).toEqual([
      [uuid(1), '700.000000000000', 'allocated'],
      [null, '700.000000000000', 'allocated'],
      [uuid(2), '700.000000000000', 'allocated'],
    ]);
  });

  test.each([
    ['between calls', '2026-10-01', '2026-11-01', '700.000000000000'],
    ['before the first call', '2026-08-01', '2026-08-16', '338.709677419354'],
    ['before the price holds', '2025-01-01', '2025-02-01', undefined],
  ])('a window without calls, %s, has what accrued in it', async (_, from, to, amount) => {
    await prices([{ ...fixed, valid_from: '2026-01-01T00:00:00Z' }]);
    await insert(store, 'correlated_calls', [
      call(1, { timestamp: '2026-09-05T00:00:00Z' }),
      call(2, { timestamp: '2026-11-05T00:00:00Z' }),
    ]);

    expect(await shares({ from_at: `${from}T00:00:00Z`, to_at: `${to}T00:00:00Z` })).toEqual(
      amount === undefined ? [] : [[null, amount, 'allocated']],
    );
  });
});

test('charge ids are unique, and what is outside of the window is not charged', async () => {
  await prices([
    ...BOOK,
    { meter: 'fixed', name: 'a', unit_price: '1' },
    { meter: 'fixed', name: 'b', unit_price: '2' },
  ]);
  await insert(store, 'correlated_calls', [
    call(1),
    call(2),
    call(3, { timestamp: '2026-12-01T00:00:00Z' }),
  ]);
  await insert(store, 'model_calls', [modelCall(9, { input_tokens: 5, output_tokens: 5 })]);

  const ids = (await charges()).map((row) => row['charge_id']);
  expect(ids).toHaveLength(8);
  expect(new Set(ids).size).toBe(8);
});
