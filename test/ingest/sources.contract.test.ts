import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { BatchMapper } from '../../ingest/batch.ts';
import { givenBy } from '../../ingest/shapes.ts';
import { listSources, sourceOfTable } from '../../ingest/sources.ts';
import { Store } from '../../store/store.ts';

const sources = listSources();

/** What ingest itself puts beside the columns of a source. */
const COMPUTED = ['origin', 'record_no', 'event_id', 'content_hash', 'is_dirty', 'source_table'];

let store: Store;
let allowed: ReadonlyMap<string, string>;
beforeAll(async () => {
  store = await Store.inMemory();
  await BatchMapper.prepare(store, { key: 'k', apis: [] });
  const columns = await columnsOf('select * from evidence');
  allowed = new Map(columns.filter(([name]) => !COMPUTED.includes(name)));
});
afterAll(() => store.close());

describe.each(sources)('$stem', ({ stem, table, file, recognitions }) => {
  test('gives only columns that ingest takes, in their types', async () => {
    const columns = await columnsOf(`${givenBy(file.sql)} select * from given`);

    expect(columns.filter(([name, type]) => allowed.get(name) !== type)).toEqual([]);
  });

  test('gives what every event needs', async () => {
    const names = (await columnsOf(`${givenBy(file.sql)} select * from given`)).map(
      ([name]) => name,
    );

    expect(names).toEqual(
      expect.arrayContaining([
        'record_id',
        'item_no',
        'natural_key',
        'source_rank',
        'reject_reason',
        'layer',
        'kind',
        'occurred_at',
        'weight',
      ]),
    );
  });

  test('says in its header what it reads', () => {
    expect(Object.keys(file.header)).toEqual(
      expect.arrayContaining(['source', 'purpose', 'docs', 'grain', 'key', 'recognised']),
    );
    expect(file.header['purpose']).toMatch(/^[A-Z].{10,}\.$/);
    expect(file.header['docs']).toMatch(/^https:\/\/(learn\.microsoft\.com|opentelemetry\.io)\//);
    expect(recognitions.length).toBeGreaterThan(0);
  });

  test('is what --table means by its name', () => {
    expect(sourceOfTable(stem).stem).toBe(stem);
    expect(sourceOfTable(table.toUpperCase()).table).toBe(table);
  });
});

test('no record is told by two sources', () => {
  const ways = sources.flatMap(({ recognitions }) =>
    recognitions.map(({ way, name, provider }) => `${way} ${name} ${provider}`),
  );

  expect(ways.filter((way, index) => ways.indexOf(way) !== index)).toEqual([]);
});

test('only what may tell of the same thing shares its events with another source', () => {
  const tables = sources.map(({ table }) => table);
  const shared = tables.filter((table, index) => tables.indexOf(table) !== index);

  expect(shared).toEqual([
    'ApiManagementGatewayLogs', // our policy
    'ApiManagementGatewayLogs', // the legacy table
    'OTelSpans', // of a table, or of OTLP
    'OTelSpans', // of OTelTraces
  ]);
});

test.each([
  ['requests', 'app_requests'],
  ['Traces', 'app_traces'],
  ['customEvents', 'app_events'],
  ['dependencies', 'app_dependencies'],
  ['exceptions', 'app_exceptions'],
  ['ApiManagementGatewayLogs', 'api_management_gateway_logs'],
  ['AzureDiagnostics', 'azure_diagnostics_gateway_logs'],
  ['otel_spans', 'otel_spans'],
  ['customMetrics', 'app_metrics'],
  ['ContainerAppConsoleLogs_CL', 'container_app_console_logs'],
  ['OTelTracesAgent', 'otel_traces'],
])('--table %s is read by %s', (name, stem) => {
  expect(sourceOfTable(name).stem).toBe(stem);
});

test('a table that no source reads is refused, with those that are read', () => {
  expect(() => sourceOfTable('SigninLogs')).toThrow(
    expect.objectContaining({
      code: 'usage_invalid',
      message: "No source reads the table 'SigninLogs'.",
      fix: expect.stringMatching(/^Use one of: AADAgentRisk.*, OTelSpans\.$/),
    }),
  );
});

async function columnsOf(select: string): Promise<[string, string][]> {
  const described = await store.rows(`describe ${select}`);
  return described.map((column) => [String(column['column_name']), String(column['column_type'])]);
}

test('what is read as a type is read by the macros that count what they cannot read', () => {
  const files = globSync('ingest/{sources,shapes}/*.sql', { cwd: packageRoot }).sort();
  const casts = files.flatMap((file) => {
    const found = readFileSync(join(packageRoot, file), 'utf8').match(/try_cast\(/g) ?? [];
    return found.length === 0 ? [] : [`${file}: ${found.length}`];
  });

  expect(casts).toEqual([
    'ingest/shapes/app_insights_records.sql: 1', // a weight, which sets its record aside
    'ingest/shapes/span_records.sql: 1', // a weight too
    'ingest/sources/api_management_gateway_llm_log.sql: 2', // a part of the id, which sets its record aside
    'ingest/sources/api_management_gateway_mcp_log.sql: 1', // digits that a pattern found
    'ingest/sources/app_metrics.sql: 1', // a number that may be too large, which sets its record aside
    'ingest/sources/graph_agent_identity.sql: 1', // an end, which is kept as it is written and counted where it is no time
  ]);
});
