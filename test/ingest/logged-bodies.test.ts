import { expect, test } from 'vitest';
import { ingesting } from './ingested.ts';

const AT = '2026-11-20T10:00:00Z';
const gateway = { Type: 'ApiManagementGatewayLogs', TimeGenerated: AT, ApiId: 'w', Method: 'POST' };
const event = { Type: 'AppEvents', TimeGenerated: AT, Name: 'mcp.tool_call' };

/** A record of each source that may hold what was answered, and how many bytes that has. */
const cases: Readonly<Record<string, readonly [object, number | null]>> = {
  'a response body': [{ ...gateway, CorrelationId: 'c-1', ResponseBody: '{"a":1}' }, 7],
  'a body of the backend': [{ ...gateway, CorrelationId: 'c-2', BackendResponseBody: 'né' }, 3],
  'both, which are one answer': [
    { ...gateway, CorrelationId: 'c-3', ResponseBody: 'abc', BackendResponseBody: 'abcd' },
    3,
  ],
  'the body of a request': [{ ...gateway, CorrelationId: 'c-4', BackendRequestBody: 'abc' }, null],
  'the result of a tool in an event': [
    { ...event, OperationId: 'e-1', Properties: { 'gen_ai.tool.call.result': 'abcde' } },
    5,
  ],
  'a body in an event': [{ ...event, OperationId: 'e-2', Properties: { response_body: 'ab' } }, 2],
  'an event without any': [{ ...event, OperationId: 'e-3', Properties: { tool_name: 't' } }, null],
  'the result of a tool in a log line': [
    {
      ...event,
      Type: 'AppTraces',
      Message: 'done',
      Properties: { tool_name: 't', 'gen_ai.tool.call.result': 'abc' },
    },
    3,
  ],
  'the result of a tool in a request': [
    {
      ...event,
      Type: 'AppRequests',
      Id: 's-1',
      OperationId: 'r-1',
      Properties: { 'gen_ai.tool.call.result': 'abc' },
    },
    3,
  ],
  'a body in what a gateway asked of its backend': [
    {
      ...event,
      Type: 'AppDependencies',
      Id: 's-2',
      OperationId: 'r-2',
      Properties: { 'Request Id': 'c-7', 'Response-Body': 'abc' },
    },
    3,
  ],
  'the result of a tool on a console': [
    {
      Type: 'ContainerAppConsoleLogs',
      TimeGenerated: AT,
      ContainerAppName: 'w',
      Log: '{"tool_name": "t", "gen_ai.tool.call.result": "abcd"}',
    },
    4,
  ],
};

test('of every record that holds an answer its length is read', async () => {
  const names = Object.keys(cases);
  using run = await ingesting(
    Object.fromEntries(
      Object.values(cases).map(([record], no) => [`${no}.json`, JSON.stringify(record)]),
    ),
  );

  await run.ingest();

  const rows = await run.store.rows(
    `select parse_filename(source) as file, response_body_logged_bytes as bytes
     from events inner join ingest_batches using (batch_id)`,
  );
  const bytesOf = new Map(rows.map(({ file, bytes }) => [file, bytes]));
  expect(Object.fromEntries(names.map((name, no) => [name, bytesOf.get(`${no}.json`)]))).toEqual(
    Object.fromEntries(names.map((name) => [name, cases[name]?.[1]])),
  );
});
