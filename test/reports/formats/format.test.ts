import { expect, test } from 'vitest';
import { FORMAT_NAMES, formatListing } from '../../../reports/formats/format.ts';
import type { Column, Listing } from '../../../reports/listing.ts';

const columns: readonly Column[] = [
  { name: 'tool_name', type: 'varchar', unit: '-' },
  { name: 'calls', type: 'bigint', unit: 'calls' },
  { name: 'latency_ms', type: 'double', unit: 'ms' },
  { name: 'amount', type: 'decimal(38,12)', unit: 'USD' },
  { name: 'is_known', type: 'boolean', unit: '-' },
];

const listing: Listing = {
  title: 'Calls by tool',
  columns,
  rows: [
    {
      tool_name: 'get_weather',
      calls: 1204,
      latency_ms: 12.3456789,
      amount: '0.400000000000',
      is_known: true,
    },
    { tool_name: '天気', calls: -5, latency_ms: null, amount: '-12.5', is_known: null },
  ],
  window: { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' },
  coverage: { calls: 2, matched_ratio: 0.5 },
};

const expected: Readonly<Record<string, string>> = {
  table: [
    'Calls by tool',
    '',
    'tool_name    calls  latency_ms  amount  is_known',
    '───────────  ─────  ──────────  ──────  ────────',
    'get_weather   1204        12.3    0.40  true',
    '天気            -5           -  -12.50  -',
    '2 rows',
    '',
  ].join('\n'),
  ndjson: [
    '{"tool_name":"get_weather","calls":1204,"latency_ms":12.3456789,"amount":"0.400000000000","is_known":true}',
    '{"tool_name":"天気","calls":-5,"latency_ms":null,"amount":"-12.5","is_known":null}',
    '',
  ].join('\n'),
  csv: [
    'tool_name,calls,latency_ms,amount,is_known',
    'get_weather,1204,12.3456789,0.400000000000,true',
    '天気,-5,,-12.5,',
    '',
  ].join('\n'),
  md: [
    '## Calls by tool',
    '',
    '| tool_name | calls | latency_ms | amount | is_known |',
    '| --- | ---: | ---: | ---: | --- |',
    '| get_weather | 1204 | 12.3456789 | 0.400000000000 | true |',
    '| 天気 | -5 |  | -12.5 |  |',
    '',
  ].join('\n'),
};

test.each(Object.entries(expected))('%s is written as it is read', (format, text) => {
  expect(formatListing(format, listing)).toBe(text);
});

test('json is one object with schemaVersion, window, coverage and rows', () => {
  const text = formatListing('json', listing);

  expect(JSON.parse(text)).toEqual({
    schemaVersion: 1,
    window: listing.window,
    coverage: listing.coverage,
    rows: listing.rows,
  });
  expect(Object.keys(JSON.parse(text) as object)).toEqual([
    'schemaVersion',
    'window',
    'coverage',
    'rows',
  ]);
});

test('a window and a coverage that nobody gave are null in json, not left out', () => {
  const text = formatListing('json', { columns: [], rows: [] });

  expect(JSON.parse(text)).toEqual({ schemaVersion: 1, window: null, coverage: null, rows: [] });
});

test('an integer beyond 2^53 keeps its digits in every format', () => {
  const big = { columns: [{ name: 'n', type: 'bigint' }], rows: [{ n: 9007199254740993n }] };

  for (const format of FORMAT_NAMES) {
    expect(formatListing(format, big), format).toContain('9007199254740993');
  }
});

test('no rows are said in words where people read, and are no lines where machines read', () => {
  const empty = { columns, rows: [] };

  expect(formatListing('table', empty)).toMatch(/\n0 rows\n$/);
  expect(formatListing('md', empty)).toBe('No rows.\n');
  expect(formatListing('ndjson', empty)).toBe('');
  expect(formatListing('csv', empty)).toBe('tool_name,calls,latency_ms,amount,is_known\n');
});

test('columns keep the declared order, whatever the order of a row', () => {
  const rows = [{ b: 1, a: 2 }];
  const text = formatListing('ndjson', {
    columns: [
      { name: 'a', type: 'bigint' },
      { name: '__proto__', type: 'bigint' },
      { name: 'b', type: 'bigint' },
    ],
    rows,
  });

  expect(text).toBe('{"a":2,"__proto__":null,"b":1}\n');
});

test.each(['yaml', 'constructor', ''])("a format '%s' is refused with those there are", (name) => {
  expect(() => formatListing(name, listing)).toThrow(
    expect.objectContaining({
      code: 'usage_invalid',
      message: `There is no format named '${name}'.`,
      fix: 'Use one of: table, json, ndjson, csv, md.',
    }),
  );
});
