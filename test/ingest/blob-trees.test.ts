import { expect, test } from 'vitest';
import { ingesting, reasonsOf } from './ingested.ts';

const SERVICE = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim';
const WORKSPACE =
  '/subscriptions/s/resourcegroups/r/providers/microsoft.operationalinsights/workspaces/w';
const exported = (table: string, name = 'PT05M.json', minute = '05'): string =>
  `am-${table}/WorkspaceResourceId=${WORKSPACE}/y=2026/m=11/d=20/h=10/m=${minute}/${name}`;
const HOURLY = `insights-logs-gatewaylogs/resourceId=${SERVICE.toUpperCase()}/y=2026/m=11/d=20/h=10/m=00/PT1H.json`;

/** A row as data export writes it: the columns of the table. */
const row = (no: number): string =>
  JSON.stringify({
    TenantId: 't',
    TimeGenerated: `2026-11-20T10:05:0${no}.1234567Z`,
    Type: 'ApiManagementGatewayLogs',
    CorrelationId: `c-${no}`,
    ApiId: 'weather-mcp',
    Method: 'POST',
    ResponseCode: 200,
    TotalTime: 12,
    _ResourceId: SERVICE,
  });

/** The same request as a diagnostic setting writes it. */
const record = (no: number): string =>
  JSON.stringify({
    time: `2026-11-20T10:05:0${no}.1234567Z`,
    category: 'GatewayLogs',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    resourceId: SERVICE.toUpperCase(),
    correlationId: `c-${no}`,
    durationMs: 12,
    properties: { apiId: 'weather-mcp', method: 'POST', responseCode: 200 },
  });

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');

test('the trees of data export and of diagnostic settings hold one event each, however often they tell of it', async () => {
  using run = await ingesting({
    [exported('apimanagementgatewaylogs')]: lines(row(1), row(2)),
    [exported('apimanagementgatewaylogs', 'PT05M_1.json')]: lines(row(3)),
    [exported('apimanagementgatewaylogs', 'PT05M.json', '10')]: lines(row(3), row(4)),
    [HOURLY]: lines(record(2), record(5)),
  });

  expect(await run.ingest()).toMatchObject({ received: 7, stored: 5, duplicate: 2, rejected: 0 });
  expect(
    await run.store.rows(
      'select correlation_id, source_table, source_rank, latency_ms from events order by correlation_id',
    ),
  ).toEqual(
    // What comes from the diagnostic setting is the better copy.
    [2, 1, 2, 2, 1].map((source_rank, index) => ({
      correlation_id: `c-${index + 1}`,
      source_table: 'ApiManagementGatewayLogs',
      source_rank,
      latency_ms: 12,
    })),
  );
});

test('a blob that grows is read again; a line that was cut comes when it is whole', async () => {
  const blob = exported('apimanagementgatewaylogs');
  using run = await ingesting({ [blob]: lines(row(1)) + row(2).slice(0, 60) });

  expect(await run.ingest()).toMatchObject({ received: 2, stored: 1, duplicate: 0, rejected: 1 });
  expect(await reasonsOf(run.store)).toEqual(['not valid JSON']);

  run.write({ [blob]: lines(row(1), row(2), row(3)) });
  expect(await run.ingest()).toMatchObject({ received: 3, stored: 2, duplicate: 1, rejected: 0 });
  expect(await run.ingest()).toMatchObject({ received: 3, stored: 0, duplicate: 3, rejected: 0 });
});
