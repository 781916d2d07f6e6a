import { beforeAll, expect, test } from 'vitest';
import type { Row } from '../../store/store.ts';
import { eventsOf, ingesting } from './ingested.ts';
import { shapesOfOneRecord } from './one-record.ts';

let shapes: Readonly<Record<string, string | Uint8Array>>;
let expected: Row[];
beforeAll(async () => {
  shapes = await shapesOfOneRecord();
  expected = await eventsAfter([Object.keys(shapes)]);
});

test('four records in all shapes are four events', () => {
  expect(expected.map(({ source_table: table }) => table).sort()).toEqual([
    'ApiManagementGatewayLogs',
    'ApiManagementGatewayMCPLog',
    'AppRequests',
    'AppTraces',
  ]);
});

test.each([
  'table.ndjson',
  'text.ndjson',
  'array.json',
  'stream.json',
  'streams.json',
  'packed.ndjson.gz',
])('%s alone gives the same events', async (name) => {
  const events = await eventsAfter([[name]]);

  expect(events.map(withoutCopy)).toEqual(expected.map(withoutCopy));
});

test.each(['query-', 'portal-', '.parquet'])('%s files give the same events', async (part) => {
  const events = await eventsAfter([Object.keys(shapes).filter((name) => name.includes(part))]);

  expect(events.map(withoutCopy)).toEqual(expected.map(withoutCopy));
});

const orders = {
  'the other way round': (names: readonly string[]) => names.toReversed().map((name) => [name]),
  'the stream last': (names: readonly string[]) => [
    names.filter((name) => !name.startsWith('stream')),
    names.filter((name) => name.startsWith('stream')),
  ],
  'everything twice': (names: readonly string[]) => [names, names.toReversed()],
} as const;

test.each(Object.entries(orders))('%s keeps the same copies', async (_, order) => {
  expect(await eventsAfter(order(Object.keys(shapes)))).toEqual(expected);
});

test('a record that stands twice in one file is one event', async () => {
  const line = `${shapes['table.ndjson']}\n`;
  using run = await ingesting({ 'twice.ndjson': line + line });

  expect(await run.ingest()).toMatchObject({ received: 8, stored: 4, duplicate: 4 });
  expect((await eventsOf(run.store)).map(({ event_id: id }) => id)).toEqual(
    expected.map(({ event_id: id }) => id),
  );
});

/** What names a field is its name, wherever it stands and however it is written. */
test("fields in another order or case than the first record's are the same fields", async () => {
  const [first = ''] = String(shapes['table.ndjson']).split('\n');
  const fields = Object.entries(JSON.parse(first) as Row).filter(
    ([name]) => name !== 'CorrelationId',
  );
  const written = {
    'as the first one': fields,
    'the other way round': fields.toReversed(),
    'in lower case': fields.map(([name, value]) => [name.toLowerCase(), value] as const),
    'with one more': [...fields, ['Extra', 'x'] as const],
  };
  const lines = Object.values(written).map((entries, no) =>
    JSON.stringify(Object.fromEntries([...entries, ['CorrelationId', `call-${no}`]])),
  );
  using run = await ingesting({ 'orders.ndjson': lines.join('\n') });
  expect(await run.ingest()).toMatchObject({ stored: lines.length });
  const events = await eventsOf(run.store);
  const [one, ...others] = events.map(
    ({ event_id: _, content_hash: __, correlation_id: ___, record_no: ____, ...row }) => row,
  );
  expect(one).toMatchObject({ server_id: 'weather-mcp', mcp_session_id: 'sess-A' });
  expect(others).toEqual([one, one, one]);
});

async function eventsAfter(calls: readonly (readonly string[])[]): Promise<Row[]> {
  using run = await ingesting(shapes);
  for (const names of calls) {
    expect(await run.ingest({}, names)).toMatchObject({ rejected: 0, excluded: 0 });
  }
  return await eventsOf(run.store);
}

/** What a record says, whichever copy of it was kept. */
function withoutCopy({ source_rank: _, content_hash: __, ...row }: Row): Row {
  return row;
}
