import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPrices } from '../../../ingest/config/prices.ts';
import { Store } from '../../../store/store.ts';
import { written } from './written-files.ts';

/** One price a line of the file, after the first line. */
function priceFile(...rows: readonly string[]): string {
  const text = `prices:\n${rows.map((row) => `  - { ${row} }\n`).join('')}`;
  return join(written({ 'prices.yaml': text }), 'prices.yaml');
}

const TOKENS = 'meter: input_tokens, currency: USD, from: 2026-01-01';

test('the rows of the manual reach the table', async () => {
  using store = await Store.inMemory();
  const file = priceFile(
    'meter: input_tokens, model: gpt-4.1-mini, unit: "1M tokens", currency: USD, price: "0.40", from: 2026-01-01',
    'meter: tool_call, server: billing-mcp, tool: "*", unit: "1 call", currency: USD, price: "0.002", from: 2026-01-01, to: 2026-07-01',
    'meter: fixed, name: apim-gateway, unit: "1 month", currency: USD, price: "700", from: 2026-01-01, allocate_by: calls',
  );

  await loadPrices(store, [file], join(file, '..'));

  expect(await store.rows('from prices order by position')).toEqual([
    {
      origin: 'prices.yaml',
      position: 0,
      meter: 'input_tokens',
      name: null,
      model: 'gpt-4.1-mini',
      server_id: null,
      tool_pattern: null,
      currency: 'USD',
      unit: '1M tokens',
      unit_price: '0.000000400000',
      allocate_by: null,
      valid_from: '2026-01-01T00:00:00Z',
      valid_to: null,
    },
    expect.objectContaining({
      server_id: 'billing-mcp',
      tool_pattern: '*',
      unit_price: '0.002000000000',
      valid_to: '2026-07-01T00:00:00Z',
    }),
    expect.objectContaining({
      name: 'apim-gateway',
      unit_price: '700.000000000000',
      allocate_by: 'calls',
    }),
  ]);
  expect(await store.rows('select origin, kind from loaded_files')).toEqual([
    { origin: 'prices.yaml', kind: 'prices' },
  ]);
});

const exact = {
  'a million tokens, price as text': ['1M tokens', '"0.40"', '0.000000400000'],
  'a price that YAML reads as a number': ['1M tokens', '0.40', '0.000000400000'],
  'digits that a float would lose': [
    '1 token',
    '123456789012.123456789012',
    '123456789012.123456789012',
  ],
  'a number with an exponent': ['1 token', '4e-7', '0.000000400000'],
  'a thousand tokens with a letter': ['1K tokens', '"0.06"', '0.000060000000'],
  'a thousand tokens with digits': ['1000 tokens', '"0.06"', '0.000060000000'],
  'a billion tokens': ['1B tokens', '"400"', '0.000000400000'],
  'half a million tokens': ['0.5M tokens', '"0.20"', '0.000000400000'],
  'a price of nothing': ['1M tokens', '0', '0.000000000000'],
  'the smallest unit price': ['1M tokens', '"0.000001"', '0.000000000001'],
} as const;

test.each(Object.entries(exact))('%s is exact', async (_, [unit, price, unitPrice]) => {
  using store = await Store.inMemory();

  await loadPrices(store, [priceFile(`${TOKENS}, unit: "${unit}", price: ${price}`)]);

  expect(await store.rows('select unit_price from prices')).toEqual([{ unit_price: unitPrice }]);
});

const UNIT = 'unit: "1M tokens", price: "0.40"';
const OVERLAP = [
  "3: A price of 'input_tokens' in USD for the same thing and time is already given at FILE:2.",
  "Remove one of the two, or give them 'from' and 'to' that do not overlap.",
] as const;

const wrong = {
  'more than twelve decimals': [
    [`${TOKENS}, unit: "1M tokens", price: "0.0000004"`],
    "2: 0.0000004 USD for '1M tokens' is not exact with 12 decimals for one token.",
    "Write the price for another unit, such as '1M tokens', with fewer decimals.",
  ],
  'a third of a cent': [
    [`${TOKENS}, unit: "3 tokens", price: "0.01"`],
    "2: 0.01 USD for '3 tokens' is not exact with 12 decimals for one token.",
    "Write the price for another unit, such as '1M tokens', with fewer decimals.",
  ],
  'a price whose sums would be beyond what a table holds': [
    [`${TOKENS}, unit: "1K tokens", price: 1000000000001e3`],
    "2: 1000000000001e3 USD for '1K tokens' is more than 1,000,000,000,000 for one token.",
    "Correct the price, or its unit, such as '1M tokens'.",
  ],
  'no unit': [
    [`${TOKENS}, price: "1"`],
    "2: 'prices.0' must have required property 'unit'.",
    "Add 'unit'.",
  ],
  'no currency': [
    ['meter: input_tokens, unit: "1M tokens", price: "1", from: 2026-01-01'],
    "2: 'prices.0' must have required property 'currency'.",
    "Add 'currency'.",
  ],
  'no start': [
    [`meter: input_tokens, currency: USD, ${UNIT}`],
    "2: 'prices.0' must have required property 'from'.",
    "Add 'from'.",
  ],
  'a negative price': [
    [`${TOKENS}, unit: "1M tokens", price: -1`],
    '2: \'prices.0.price\' must match pattern "^[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$".',
    'Write a decimal number, such as "0.40"; it is kept exactly as written.',
  ],
  'a unit of another meter': [
    [`${TOKENS}, unit: "1 call", price: "1"`],
    "2: '1 call' is not a unit of 'input_tokens'.",
    "Write a quantity of tokens above zero, such as '1M tokens'.",
  ],
  'a unit of nothing': [
    [`${TOKENS}, unit: "0 tokens", price: "1"`],
    "2: '0 tokens' is not a unit of 'input_tokens'.",
    "Write a quantity of tokens above zero, such as '1M tokens'.",
  ],
  'a unit that counts nothing we know': [
    [`${TOKENS}, unit: per million, price: "1"`],
    '2: \'prices.0.unit\' must match pattern "^[0-9]+(\\.[0-9]+)? ?[KMB]? ?(tokens?|calls?|months?)$".',
    "Write a quantity and what is counted, such as '1M tokens', '1000 tokens', '1 call' or '1 month'.",
  ],
  'a token price for a server': [
    [`${TOKENS}, ${UNIT}, server: billing-mcp`],
    "2: a price of 'input_tokens' cannot be for a server.",
    "Remove 'server', or choose another meter; this one takes: name, model.",
  ],
  'a validity that ends before it starts': [
    [`${TOKENS}, ${UNIT}, to: 2025-01-01`],
    "2: 'to' (2025-01-01) is not after 'from' (2026-01-01).",
    "Write a later 'to' (the first moment at which the row no longer holds), or leave it out.",
  ],
  'two prices of one model at one time': [
    [`${TOKENS}, model: gpt-4.1, ${UNIT}`, `${TOKENS}, model: GPT-4.1, ${UNIT}`],
    ...OVERLAP,
  ],
  'a fixed price without a name beside one that has the name of those': [
    [
      'meter: fixed, unit: "1 month", currency: USD, price: 1, from: 2026-01-01',
      'meter: fixed, name: fixed, unit: "1 month", currency: USD, price: 2, from: 2026-01-01',
    ],
    OVERLAP[0].replace('input_tokens', 'fixed'),
    OVERLAP[1],
  ],
  'a price that starts before the other ends': [
    [
      `${TOKENS}, ${UNIT}, to: 2026-07-01`,
      `meter: input_tokens, currency: USD, ${UNIT}, from: 2026-06-30`,
    ],
    ...OVERLAP,
  ],
} as const;

test.each(Object.entries(wrong))('%s is refused with its line', async (_, [rows, problem, fix]) => {
  using store = await Store.inMemory();
  const file = priceFile(...rows);

  await expect(loadPrices(store, [file])).rejects.toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: `${file}:${problem.replace('FILE', file)}`,
      fix,
    }),
  );
  expect(await store.rows('from prices')).toEqual([]);
});

const apart = {
  'one price after another': [
    `${TOKENS}, ${UNIT}, to: 2026-07-01`,
    `meter: input_tokens, currency: USD, ${UNIT}, from: 2026-07-01`,
  ],
  'two models': [`${TOKENS}, model: a, ${UNIT}`, `${TOKENS}, model: b, ${UNIT}`],
  'two currencies': [
    `${TOKENS}, ${UNIT}`,
    `meter: input_tokens, currency: EUR, ${UNIT}, from: 2026-01-01`,
  ],
  'two fixed prices of different names': [
    'meter: fixed, name: a, unit: "1 month", currency: USD, price: 1, from: 2026-01-01',
    'meter: fixed, name: b, unit: "1 month", currency: USD, price: 1, from: 2026-01-01',
  ],
} as const;

test.each(Object.entries(apart))('%s may stand side by side', async (_, rows) => {
  using store = await Store.inMemory();

  await loadPrices(store, [priceFile(...rows)]);

  expect(await store.rows('select count(*) as found from prices')).toEqual([{ found: 2 }]);
});

test('a price of one file may not overlap that of another, and neither is loaded', async () => {
  using store = await Store.inMemory();
  const [first, second] = [priceFile(`${TOKENS}, ${UNIT}`), priceFile(`${TOKENS}, ${UNIT}`)];

  await expect(loadPrices(store, [first, second])).rejects.toThrow(
    `${second}:2: A price of 'input_tokens' in USD for the same thing and time is already given at ${first}:2.`,
  );
  expect(await store.rows('from prices')).toEqual([]);
});
