import { expect, test } from 'vitest';
import type { Row } from '../../store/store.ts';
import { ingesting } from './ingested.ts';

const REQUEST = {
  Type: 'ApiManagementGatewayLogs',
  TimeGenerated: '2026-11-20T10:00:00Z',
  CorrelationId: 'c-1',
  ApiId: 'weather',
  Method: 'POST',
  ResponseCode: 200,
  IsRequestSuccess: true,
  TotalTime: 120,
  BackendTime: 100,
  RequestSize: 10,
};
const line = (record: object): string => JSON.stringify(record);
const stream = (fields: object): string =>
  line({ type: 'mcp.gateway_request', timestamp: '2026-11-20T10:00:00Z', ...fields });
const app = (fields: object): string =>
  line({ Type: 'AppRequests', TimeGenerated: '2026-11-20T10:00:00Z', OperationId: 't', ...fields });
const diagnostic = (properties: object): string =>
  line({
    type: 'Microsoft.ApiManagement/service/diagnostics',
    id: '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/a/diagnostics/x',
    properties,
  });
const agent = (expirationDateTime: string | null): string =>
  line({
    '@odata.type': '#microsoft.graph.agentIdentity',
    id: '7f1d0c52-6a0e-4a39-8f0b-2f6f1f8f0a01',
    lifecycle: { expirationDateTime },
  });

/** A record of each kind, and the columns that it cannot fill. */
const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a word for a latency': [line({ ...REQUEST, TotalTime: 'abc' }), ['latency_ms']],
  'a latency below zero': [line({ ...REQUEST, TotalTime: -1 }), ['latency_ms']],
  'a boolean for a number': [line({ ...REQUEST, RequestSize: true }), ['request_bytes']],
  'a word for a status': [line({ ...REQUEST, ResponseCode: 'xx' }), ['http_status']],
  'a word for a status that would tell success': [
    line({ ...REQUEST, ResponseCode: 'xx', IsRequestSuccess: null }),
    ['http_status'],
  ],
  'a number for a boolean': [line({ ...REQUEST, IsRequestSuccess: 17 }), ['is_success']],
  'an object for a number': [line({ ...REQUEST, BackendTime: { ms: 5 } }), ['backend_latency_ms']],
  'several in one record': [
    line({ ...REQUEST, TotalTime: 'a', BackendTime: 'b' }),
    ['backend_latency_ms', 'latency_ms'],
  ],
  'placeholders are absent': [
    line({ ...REQUEST, TotalTime: 'n/a', BackendTime: '-', RequestSize: '', ResponseCode: '0' }),
    [],
  ],
  'numbers as text are numbers': [
    line({ ...REQUEST, TotalTime: '120', ResponseCode: '200.0', RequestSize: '10' }),
    [],
  ],
  'another record of the gateway': [
    stream({ correlation_id: 'c-2', latency_ms: '5s', authorization_mode: 'magic' }),
    ['authorization_mode', 'latency_ms'],
  ],
  'tokens that are no number': [
    line({
      Type: 'ApiManagementGatewayLlmLog',
      TimeGenerated: '2026-11-20T10:00:00Z',
      CorrelationId: 'c-3',
      PromptTokens: 'many',
      CompletionTokens: 5,
      TotalTokens: 9,
    }),
    ['input_tokens'],
  ],
  'what a server says of an approval': [
    app({ Id: 's-1', ResultCode: 'OK', Properties: { approval_required: 'perhaps' } }),
    ['approval_required', 'http_status'],
  ],
  'a decision that is none': [
    line({
      Type: 'AppEvents',
      TimeGenerated: '2026-11-20T10:00:00Z',
      Name: 'mcp.approval',
      Properties: { approval_id: 'a', approval_result: 'maybe', decided_at: 'yesterday' },
    }),
    ['approval_decided_at', 'approval_result'],
  ],
  'a decision that is still open': [
    line({
      Type: 'AppEvents',
      TimeGenerated: '2026-11-20T10:00:00Z',
      Name: 'mcp.approval',
      Properties: { approval_id: 'b', approval_result: 'pending' },
    }),
    [],
  ],
  'the result of a call to something that is no HTTP is a word': [
    line({
      Type: 'AppDependencies',
      TimeGenerated: '2026-11-20T10:00:00Z',
      Id: 'd-1',
      OperationId: 't',
      ResultCode: 'Canceled',
    }),
    [],
  ],
  'times and numbers of a span': [
    line({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  name: 'tools/call x',
                  startTimeUnixNano: '1763632800000000000',
                  endTimeUnixNano: 'later',
                  attributes: [
                    { key: 'http.response.status_code', value: { stringValue: 'fine' } },
                    { key: 'rpc.response.status_code', value: { stringValue: 'UNAVAILABLE' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
    ['http_status', 'latency_ms'],
  ],
  'properties with half of a surrogate pair': [
    app({ Id: 's-2', Properties: '{"mcp.session.id": "s", "emoji": "\\ud83d"}' }),
    ['properties'],
  ],
  'properties with a key twice': [
    app({ Id: 's-3', Properties: '{"a": 1, "a": 2}' }),
    ['properties'],
  ],
  'properties that were cut': [app({ Id: 's-4', Properties: '{"a": 1, "b": "tw' }), ['properties']],
  'properties of Python, and none': [app({ Id: 's-5', Properties: "{'a': 1}" }), []],
  'properties that are text': [app({ Id: 's-6', Properties: 'none of it' }), []],
  'headers that were cut': [
    line({ ...REQUEST, RequestHeaders: '{"Mcp-Session-Id": "s", "traceparent": "00-4b' }),
    ['requestheaders'],
  ],
  'headers as a list of names and values': [
    line({ ...REQUEST, RequestHeaders: [{ name: 'x-agent-id', value: 'invoice-clerk' }] }),
    ['requestheaders'],
  ],
  'a list of no headers': [line({ ...REQUEST, RequestHeaders: [] }), []],
  'headers that are lists of one': [
    line({ ...REQUEST, RequestHeaders: { 'x-agent-id': ['invoice-clerk'], Accept: ['a', 'b'] } }),
    [],
  ],
  'headers that are several, none and an object': [
    line({
      ...REQUEST,
      RequestHeaders: {
        'x-agent-id': ['invoice-clerk', 'helpdesk-bot'],
        'mcp-session-id': [],
        'mcp-name': { name: 'get_tides' },
        'x-mcp-userid': [{}],
        'user-agent': [1],
        traceparent: ['', ''],
      },
    }),
    ['agent_id', 'caller_identity', 'client_name', 'mcp_session_id', 'operation_id', 'tool_name'],
  ],
  'a bag within properties that was cut': [
    app({ Id: 's-7', Properties: { custom_dimensions: '{"agent_id": "a' } }),
    ['custom_dimensions'],
  ],
  'headers within the properties of a stream that were cut': [
    line({
      category: 'GatewayLogs',
      operationName: 'Microsoft.ApiManagement/GatewayLogs',
      time: '2026-11-20T10:00:00Z',
      correlationId: 'c-4',
      resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A',
      properties: {
        method: 'POST',
        url: 'https://a.azure-api.net/crm/mcp',
        responseCode: 200,
        requestHeaders: '{"Mcp-Session-Id": "s',
      },
    }),
    ['requestheaders'],
  ],
  'sampling that is no object': [diagnostic({ sampling: '50%' }), ['tags']],
  'sampling as a number': [diagnostic({ sampling: { percentage: '50' } }), []],
  'a side of a setting that is no object': [
    diagnostic({ frontend: 'x', backend: { response: null } }),
    ['response_body_logged_bytes', 'tags'],
  ],
  'a body of a setting that is no object': [
    diagnostic({ backend: { response: { body: 512 } } }),
    ['tags'],
  ],
  'an end of an agent that is no time': [agent('sometime'), ['tags']],
  'an end of an agent': [agent('9999-12-31T23:59:59Z'), []],
  'an agent without an end': [agent(null), []],
  'a setting': [diagnostic({ sampling: { percentage: 'all' } }), ['tags']],
};

const COUNTS =
  'select parse_filename(source) as file, column_name, unreadable from unreadable_values order by all';

test('a value of a wrong type is left out and counted, and the rest of its record is stored', async () => {
  const names = Object.keys(cases);
  const files = Object.fromEntries(
    Object.values(cases).map(([record], no) => {
      // One request after another, not one again and again.
      return [`${no}.json`, record.replaceAll('"c-1"', `"c-1-${no}"`)];
    }),
  );
  using run = await ingesting(files);

  const summary = await run.ingest();

  const rows = await run.store.rows(COUNTS);
  const columnsOf = (no: number): unknown[] =>
    rows.filter((row) => row['file'] === `${no}.json`).map((row) => row['column_name']);
  expect(Object.fromEntries(names.map((name, no) => [name, columnsOf(no)]))).toEqual(
    Object.fromEntries(names.map((name) => [name, cases[name]?.[1]])),
  );
  expect(rows.every((row) => row['unreadable'] === 1)).toBe(true);
  expect(summary).toMatchObject({
    received: names.length,
    stored: names.length,
    unreadable: rows.length,
    isPartial: true,
  });
});

test('what is stored is the same but for that value, and a value that comes again is counted once', async () => {
  const broken = line({ ...REQUEST, TotalTime: 'abc' });
  const whole = line({ ...REQUEST, CorrelationId: 'c-2' });
  using run = await ingesting({ 'a.ndjson': `${broken}\n${whole}\n${broken}` });
  await run.ingest();
  const again = await run.ingest();

  const shown = 'correlation_id, latency_ms, backend_latency_ms, http_status';
  expect(await run.store.rows(`select ${shown} from events order by all`)).toEqual([
    { correlation_id: 'c-1', latency_ms: null, backend_latency_ms: 100, http_status: 200 },
    { correlation_id: 'c-2', latency_ms: 120, backend_latency_ms: 100, http_status: 200 },
  ]);
  const counts: Row[] = await run.store.rows(COUNTS);
  expect(counts).toEqual([{ file: 'a.ndjson', column_name: 'latency_ms', unreadable: 1 }]);
  expect(again).toMatchObject({ stored: 0, duplicate: 3, unreadable: 0, isPartial: false });
});

test('a header that came as a list of one is that one, and of several none', async () => {
  const header = (id: string, agent: unknown): string =>
    line({ ...REQUEST, CorrelationId: id, RequestHeaders: { 'x-agent-id': agent } });
  using run = await ingesting({
    'a.ndjson': [header('c-1', ['invoice-clerk']), header('c-2', ['a', 'b'])].join('\n'),
  });

  await run.ingest();

  expect(await run.store.rows('select agent_id as id from events order by correlation_id')).toEqual(
    [{ id: 'invoice-clerk' }, { id: null }],
  );
});

test('what a setting says and nobody can read is neither nothing nor everything', async () => {
  const settings = [
    {},
    { sampling: { samplingType: 'fixed' } },
    { sampling: { percentage: 50 } },
    { sampling: { percentage: 'fifty' } },
    { sampling: '50%', frontend: 'x' },
    { frontend: { response: { body: { bytes: 'lots' } } } },
    { frontend: { response: null } },
  ];
  using run = await ingesting(
    Object.fromEntries(settings.map((each, no) => [`${no}.json`, diagnostic(each)])),
  );

  await run.ingest();

  const rows = await run.store.rows(
    `select tags ->> 'sampling_percent' as sampling, tags ->> 'response_body_bytes' as bytes
     from events inner join ingest_batches using (batch_id) order by parse_filename(source)`,
  );
  expect(rows.map(({ sampling, bytes }) => [sampling, bytes])).toEqual([
    [null, '0'],
    [null, '0'],
    ['50.0', '0'],
    ['0.0', '0'],
    ['0.0', null],
    [null, null],
    [null, '0'],
  ]);
});

test('what an id or a weight would be is no value to leave out: the record is set aside', async () => {
  using run = await ingesting({
    'a.ndjson': [
      line({ ...REQUEST, TimeGenerated: 'now' }),
      app({ Id: 's-1', ItemCount: 'some' }),
      line({
        Type: 'ApiManagementGatewayLlmLog',
        TimeGenerated: '2026-11-20T10:00:00Z',
        CorrelationId: 'c-3',
        SequenceNumber: 'last',
      }),
    ].join('\n'),
  });
  expect(await run.ingest()).toMatchObject({ stored: 0, rejected: 3, unreadable: 0 });
  expect(await run.store.rows('select reason from rejected_records order by record_no')).toEqual([
    { reason: 'no usable time' },
    { reason: 'an ItemCount that is no number' },
    { reason: 'a SequenceNumber that is no number' },
  ]);
});

test('a number that no record can mean is set aside: a sum over it would be none', async () => {
  const use = { TimeGenerated: '2026-11-20T10:00:00Z', Type: 'ApiManagementGatewayLlmLog' };
  using run = await ingesting({
    'a.ndjson': [
      app({ Id: 's-1', ItemCount: 9_000_000_000_000_000 }),
      line({ ...use, CorrelationId: 'c-1', PromptTokens: 9_000_000_000_000_000, TotalTokens: 1 }),
      line({ ...use, CorrelationId: 'c-2', PromptTokens: 1, CompletionTokens: -1 }),
      line({ ...use, CorrelationId: 'c-3', PromptTokens: 2_000_000, CompletionTokens: 1 }),
    ].join('\n'),
  });
  expect(await run.ingest()).toMatchObject({ stored: 1, rejected: 3, unreadable: 0 });
  expect(await run.store.rows('select reason from rejected_records order by record_no')).toEqual([
    { reason: 'an ItemCount that no sampling gives' },
    { reason: 'more tokens than a request has' },
    { reason: 'a negative number of tokens' },
  ]);
});

test('what only a broken object could have shown to be evidence is set aside, and not left out', async () => {
  const event = (fields: object): string =>
    line({
      TimeGenerated: '2026-11-20T10:00:00Z',
      AppRoleName: 'crm',
      OperationId: 't',
      ...fields,
    });
  using run = await ingesting({
    'a.ndjson': [
      event({
        Type: 'AppEvents',
        Name: 'tool_invoked',
        Properties: '{"tool_name": "x", "z": "\\ud83d"}',
      }),
      event({ Type: 'AppMetrics', Name: 'mcp.tool.calls', Sum: 1, Properties: '{"gen_ai.tool' }),
      event({ Type: 'AppTraces', Message: 'Started', Properties: '{"category": "host"}' }),
      event({
        Type: 'ContainerAppConsoleLogs',
        ContainerAppName: 'crm',
        Log: '{"message": "mcp.tool_call", "to',
      }),
      event({ Type: 'ContainerAppConsoleLogs', ContainerAppName: 'crm', Log: '{ starting' }),
    ].join('\n'),
  });

  expect(await run.ingest()).toMatchObject({ stored: 0, rejected: 3, excluded: 2, unreadable: 0 });
  const why = 'an object in it is no JSON, and nothing else says whether it is evidence: ';
  expect(await run.store.rows('select reason from rejected_records order by record_no')).toEqual([
    { reason: `${why}properties` },
    { reason: `${why}properties` },
    { reason: `${why}log` },
  ]);
});
