import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { correlate } from '../../correlate/correlate.ts';
import { ingesting } from '../ingest/ingested.ts';

const FOLDER = join(packageRoot, 'test/ingest/fixtures');
const BESIDE = [
  'aad_agent_risk_events',
  'aad_risky_agents',
  'app_gen_ai_content',
  'app_metrics',
  'app_service_authentication_logs',
  'app_service_http_logs',
  'container_app_http_logs',
  'function_app_logs',
  'microsoft_graph_activity_logs',
];
const fixturesOf = (stems: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    stems
      .flatMap((stem) => globSync(`${FOLDER}/${stem}.*`))
      .map((path) => [basename(path), readFileSync(path, 'utf8')]),
  );

const trace = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const request = {
  Type: 'AppRequests',
  TimeGenerated: '2026-11-20T10:00:02Z',
  OperationId: trace,
  Id: '00f067aa0ba902b7',
  Name: 'POST /mcp',
  AppRoleName: 'weather-mcp',
  ResultCode: '200',
  Success: true,
  DurationMs: 20,
  Properties: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'get_tides' },
};
const record = { message: 'mcp.tool_call', tool_name: 'get_tides', caller_identity: 'ana' };
const line = {
  Type: 'ContainerAppConsoleLogs',
  TimeGenerated: '2026-11-20T10:00:02.010Z',
  ContainerAppName: 'weather-mcp',
  Log: JSON.stringify({ ...record, trace_id: trace, span_id: request.Id }),
};
const logged = {
  Type: 'AppTraces',
  TimeGenerated: '2026-11-20T10:00:02.010Z',
  OperationId: trace,
  ParentId: request.Id,
  AppRoleName: 'weather-mcp',
  Message: record.message,
  Properties: record,
};
const lines = (...records: readonly object[]): string =>
  records.map((each) => `${JSON.stringify(each)}\n`).join('');

test('evidence beside the calls is stored, and no call, attempt, sign-in or cost is made of it', async () => {
  using run = await ingesting(fixturesOf(BESIDE));
  const { stored } = await run.ingest();
  expect(stored).toBeGreaterThan(20);

  await correlate(run.store);

  for (const table of ['tool_calls', 'auth_attempts', 'model_calls', 'sign_ins', 'agents']) {
    expect(await run.store.rows(`select * from ${table}`), table).toEqual([]);
  }
});

test('of usage records only those with the id of a request are model calls, once beside the gateway', async () => {
  const log = {
    Type: 'ApiManagementGatewayLlmLog',
    TimeGenerated: '2026-11-20T10:00:00Z',
    CorrelationId: '0b6f7a10-0000-4000-8000-000000000009',
    PromptTokens: 15_000,
    CompletionTokens: 5_000,
    TotalTokens: 20_000,
    ModelName: 'gpt-35-turbo',
  };
  using run = await ingesting({ ...fixturesOf(['apim_usage_records']), 'llm.ndjson': lines(log) });
  await run.ingest();

  await correlate(run.store);

  expect(
    await run.store.rows(
      'select correlation_id, input_tokens, output_tokens from model_calls order by correlation_id',
    ),
  ).toEqual([
    { correlation_id: log.CorrelationId, input_tokens: 15_000, output_tokens: 5_000 },
    {
      correlation_id: '0b6f7a10-0000-4000-8000-00000000000a',
      input_tokens: 5,
      output_tokens: 2,
    },
  ]);
});

test("the tokens of an agent's run are those of its model requests, once", async () => {
  using run = await ingesting(fixturesOf(['foundry_spans']));
  await run.ingest();

  await correlate(run.store);

  expect(await run.store.rows('select input_tokens, output_tokens from model_calls')).toEqual([
    { input_tokens: 900, output_tokens: 80 },
  ]);
  expect(
    await run.store.rows('select tool_name, agent_id, agent_id_source from tool_calls'),
  ).toEqual([{ tool_name: 'get_tides', agent_id: 'Supervisor:68', agent_id_source: 'otel' }]);
});

test.each([
  ['alone', [request, line]],
  ['beside its copy in Application Insights', [request, line, logged]],
])('a line of a console %s lends to one call', async (_, records) => {
  using run = await ingesting({ 'records.ndjson': lines(...records) });
  await run.ingest();

  await correlate(run.store);

  expect(await run.store.rows('select tool_name, caller_identity from tool_calls')).toEqual([
    { tool_name: 'get_tides', caller_identity: 'ana' },
  ]);
});
