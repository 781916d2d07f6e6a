import { expect, test } from 'vitest';
import { ingesting } from './ingested.ts';

const TIME = '2026-11-20T10:00:00Z';
const LATER = '2026-11-20T10:00:01Z';
const RECORDS: Readonly<Record<string, object>> = {
  gateway: { Type: 'ApiManagementGatewayLogs', TimeGenerated: TIME, ApiId: 'a', TotalTime: 1 },
  legacy: {
    Type: 'AzureDiagnostics',
    TimeGenerated: TIME,
    Category: 'GatewayLogs',
    apiId_s: 'a',
    DurationMs: 2,
  },
  policy: { type: 'mcp.gateway_request', timestamp: TIME, server_id: 'a', latency_ms: 3 },
  mcp: { Type: 'ApiManagementGatewayMCPLog', TimeGenerated: TIME, ServerName: 'a', Method: 'ping' },
  model: { Type: 'ApiManagementGatewayLlmLog', TimeGenerated: TIME, PromptTokens: 4 },
  request: { Type: 'AppRequests', TimeGenerated: TIME, OperationId: 't', DurationMs: 5 },
  dependency: { Type: 'AppDependencies', TimeGenerated: TIME, OperationId: 't', DurationMs: 6 },
  'sign-in': {
    Type: 'AADServicePrincipalSignInLogs',
    CreatedDateTime: TIME,
    ResultType: '0',
    AppId: '7',
  },
  access: { Type: 'ContainerAppHTTPLogs', TimeGenerated: TIME, Path: '/mcp', StatusCode: 200 },
  graph: { Type: 'MicrosoftGraphActivityLogs', TimeGenerated: TIME, RequestUri: 'https://x/y' },
};

test('a record without an id of its own is told by all that is read of it', async () => {
  const records = Object.values(RECORDS);
  const lines = (more: object): string =>
    records.map((record) => JSON.stringify({ ...record, ...more })).join('\n');
  using run = await ingesting({
    'a.ndjson': lines({}),
    'again.ndjson': lines({ TenantId: 't', _BilledSize: 7, PartitionId: 3 }),
    'other.ndjson': lines({ TimeGenerated: LATER, timestamp: LATER, CreatedDateTime: LATER }),
  });

  expect(await run.ingest()).toMatchObject({
    stored: 2 * records.length,
    duplicate: records.length,
  });
});
