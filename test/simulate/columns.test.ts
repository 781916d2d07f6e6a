import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyFolder, type Json, linesOf, recordsOf, simulateInto } from './fleet-files.ts';
import { PUBLISHED_COLUMNS } from './published-columns.ts';

const folder = emptyFolder(true);
beforeAll(async () => {
  await simulateInto(folder, { calls: 3_000 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const tables = {
  ApiManagementGatewayLogs: 'telemetry/gateway/contoso-apim-weu.ndjson',
  ApiManagementGatewayMCPLog: 'telemetry/mcp/contoso-apim-weu.ndjson',
  ApiManagementGatewayLlmLog: 'telemetry/llm/contoso-apim-weu.ndjson',
  AppRequests: 'telemetry/appinsights/app_requests.ndjson',
  AppDependencies: 'telemetry/appinsights/app_dependencies.ndjson',
  AppTraces: 'telemetry/appinsights/app_traces.ndjson',
  AppEvents: 'telemetry/appinsights/app_events.ndjson',
  AADManagedIdentitySignInLogs: 'telemetry/entra/managed_identity_sign_ins.json.gz',
  AADNonInteractiveUserSignInLogs: 'telemetry/entra/user_sign_ins.ndjson',
  AgentsInfo: 'telemetry/agents/agents_info.ndjson',
} as const;

test.each(Object.entries(tables))('%s has only columns that its table has', (table, name) => {
  // The file also holds a broken line that is JSON, and no telemetry.
  const records = recordsOf(folder, name).filter((record) => record['Type'] !== undefined);

  expect(records.length).toBeGreaterThan(5);
  expect(new Set(records.map((record) => record['Type']))).toEqual(new Set([table]));
  const published = PUBLISHED_COLUMNS[table];
  expect(columnsOf(records).filter((column) => !published?.includes(column))).toEqual([]);
});

test('the exceptions are a portal export: known columns, the time with its zone in the header', () => {
  const [header = '', ...rows] = linesOf(folder, 'telemetry/appinsights/app_exceptions.csv.gz');
  const columns = header.split(',').map((column) => column.slice(1, -1));

  expect(columns[0]).toBe('TimeGenerated [UTC]');
  expect(
    columns.slice(1).filter((column) => !PUBLISHED_COLUMNS['AppExceptions']?.includes(column)),
  ).toEqual([]);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows[0]).toMatch(/^"\d{1,2}\/\d{1,2}\/2026, \d{1,2}:\d\d:\d\d\.\d{3} [AP]M",/);
});

/** Top-level fields of the streams, from real records. */
const streams = {
  'gateway logs': {
    name: 'telemetry/gateway/contoso-apim-neu.eventhub.ndjson',
    fields:
      'DeploymentVersion Level Sku callerIpAddress category correlationId durationMs isRequestSuccess location operationName properties resourceId resultType time truncated',
  },
  'MCP logs': {
    name: 'telemetry/mcp/contoso-apim-neu.eventhub.ndjson',
    fields: 'Level category correlationId location operationName properties resourceId time',
  },
  'service principal sign-ins': {
    name: 'telemetry/entra/service_principal_sign_ins.eventhub.json',
    fields:
      'Level callerIpAddress category correlationId durationMs location operationName operationVersion properties resourceId resultDescription resultSignature resultType tenantId time',
  },
} as const;

test.each(Object.entries(streams))('the stream of %s has the fields of a stream', (_, stream) => {
  const records = recordsOf(folder, stream.name);
  const known = stream.fields.split(' ');

  expect(records.length).toBeGreaterThan(5);
  expect(columnsOf(records).filter((field) => !known.includes(field))).toEqual([]);
  for (const record of records) {
    expect(record['time']).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  }
});

test('Application Insights streams have the columns of the tables, and time instead of TimeGenerated', () => {
  const records = recordsOf(folder, 'telemetry/appinsights/crm-mcp.eventhub.json');

  expect(new Set(records.map((record) => record['Type']))).toEqual(
    new Set(['AppRequests', 'AppDependencies', 'AppEvents', 'AppExceptions']),
  );
  for (const record of records) {
    const published = PUBLISHED_COLUMNS[String(record['Type'])] ?? [];
    expect(Object.keys(record).filter((column) => !published.includes(column))).toEqual([
      'time',
      'resourceId',
      ...(published.includes('ResourceGUID') ? [] : ['ResourceGUID']),
    ]);
    expect(record['resourceId']).toBe(String(record['resourceId']).toUpperCase());
    expect(record['Properties']).toBeTypeOf('object');
  }
});

test('spans carry the MCP conventions, with times as text in nanoseconds', () => {
  const [line = ''] = linesOf(folder, 'telemetry/otlp/search-mcp.jsonl');
  const request = JSON.parse(line) as {
    resourceSpans: [{ scopeSpans: [{ spans: { attributes: { key: string }[] }[] }] }];
  };
  const [span] = request.resourceSpans[0].scopeSpans[0].spans;

  expect(span).toMatchObject({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    kind: 2,
    startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
  });
  expect(span?.attributes.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['mcp.method.name', 'gen_ai.tool.name', 'jsonrpc.request.id']),
  );
});

function columnsOf(records: readonly Json[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}
