import { describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import {
  dependency,
  type EventFields,
  gatewayAppRequest,
  gatewayCall,
  gatewayLog,
  ingest,
  mcpLog,
  mcpSpan,
  rowsOf,
  serverLog,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

const a = trace('a');
const b = trace('b');

/** call id, rung, and the evidence in the order of its words */
type Joined = readonly [call: string, rung: string, evidence: string];

async function join(events: readonly EventFields[]): Promise<Joined[]> {
  using store = await Store.inMemory();
  await ingest(store, events);
  const summary = await correlate(store);
  const rows = await rowsOf(
    store,
    'select call_id, match_rung, event_ids from correlated_calls',
    events.map(({ id }) => id),
  );
  expect(summary.calls).toBe(rows.length);
  expect(summary.matched + summary.gatewayOnly + summary.serverOnly).toBe(summary.calls);
  return rows
    .map(
      (row): Joined => [
        String(row['call_id']),
        String(row['match_rung']),
        String(row['event_ids']).split(',').sort().join(' '),
      ],
    )
    .sort();
}

type Cases = Readonly<Record<string, readonly [readonly EventFields[], readonly Joined[]]>>;

const withinTheGateway: Cases = {
  'a log row and an MCP row of one request are one call': [
    [gatewayLog({ id: 'g', correlation_id: 'r1' }), mcpLog({ id: 'm', correlation_id: 'r1' })],
    [['g', 'gateway_only', 'g m']],
  ],
  'a row that was also exported without its resource is one call': [
    [
      gatewayCall({ id: 'g', correlation_id: 'r1', resource_id: '/apim' }),
      gatewayCall({ id: 'c', correlation_id: 'r1' }),
      mcpLog({ id: 'm', correlation_id: 'r1', resource_id: '/apim' }),
      mcpLog({ id: 'n', correlation_id: 'r1' }),
    ],
    [['g', 'gateway_only', 'c g m n']],
  ],
  'and of the two the one counts that says what it was': [
    [
      gatewayLog({ id: 'g', correlation_id: 'r1', resource_id: '/apim' }),
      gatewayCall({ id: 'c', correlation_id: 'r1' }),
    ],
    [['c', 'gateway_only', 'c g']],
  ],
  'items of a batch are calls, with their copies': [
    [
      gatewayCall({ id: 'g0', correlation_id: 'r1', item_no: 0, resource_id: '/apim' }),
      gatewayCall({ id: 'g1', correlation_id: 'r1', item_no: 1, resource_id: '/apim' }),
      gatewayCall({ id: 'c0', correlation_id: 'r1', item_no: 0 }),
      gatewayCall({ id: 'c1', correlation_id: 'r1', item_no: 1 }),
    ],
    [
      ['g0', 'gateway_only', 'c0 g0'],
      ['g1', 'gateway_only', 'c1 g1'],
    ],
  ],
  'without any resource nothing tells a copy from an item': [
    [
      gatewayCall({ id: 'g0', correlation_id: 'r1', item_no: 0 }),
      gatewayCall({ id: 'g1', correlation_id: 'r1', item_no: 1 }),
    ],
    [
      ['g0', 'gateway_only', 'g0'],
      ['g1', 'gateway_only', 'g1'],
    ],
  ],
  'the row in Application Insights belongs to the same request': [
    [
      gatewayCall({ id: 'g', correlation_id: 'r1' }),
      gatewayAppRequest({ id: 'i', correlation_id: 'r1', operation_id: a, span_id: 'gw' }),
    ],
    [['g', 'gateway_only', 'g i']],
  ],
  'initialize, tools/list, a GET stream and a request of unknown method are no calls': [
    [
      gatewayLog({ id: 'g1', mcp_method: 'initialize' }),
      gatewayLog({ id: 'g2', mcp_method: 'tools/list' }),
      gatewayLog({ id: 'g3', http_method: 'GET' }),
      gatewayLog({ id: 'g4' }),
    ],
    [],
  ],
  'a batch of three items is three calls': [
    [0, 1, 2].map((item) =>
      gatewayCall({ id: `g${item}`, correlation_id: 'r1', item_no: item, latency_shared: true }),
    ),
    [
      ['g0', 'gateway_only', 'g0'],
      ['g1', 'gateway_only', 'g1'],
      ['g2', 'gateway_only', 'g2'],
    ],
  ],
  'a batch that only the MCP log takes apart shares its request': [
    [
      gatewayLog({ id: 'g', correlation_id: 'r1' }),
      mcpLog({ id: 'm1', correlation_id: 'r1', tool_name: 'x' }),
      mcpLog({ id: 'm2', correlation_id: 'r1', tool_name: 'y' }),
      mcpLog({ id: 'm3', correlation_id: 'r1', tool_name: 'y', at: 1 }),
    ],
    [
      ['m1', 'gateway_only', 'g m1'],
      ['m2', 'gateway_only', 'g m2'],
      ['m3', 'gateway_only', 'g m3'],
    ],
  ],
  'items of a batch meet their rows in the MCP log': [
    [
      gatewayCall({ id: 'g1', correlation_id: 'r1', item_no: 0, tool_name: 'x' }),
      gatewayCall({ id: 'g2', correlation_id: 'r1', item_no: 1, tool_name: 'y' }),
      mcpLog({ id: 'm2', correlation_id: 'r1', tool_name: 'y' }),
      mcpLog({ id: 'm1', correlation_id: 'r1', tool_name: 'x' }),
    ],
    [
      ['g1', 'gateway_only', 'g1 m1'],
      ['g2', 'gateway_only', 'g2 m2'],
    ],
  ],
  'a retry by the client is a call of its own': [
    [gatewayCall({ id: 'g1', http_status: 502 }), gatewayCall({ id: 'g2', at: 500 })],
    [
      ['g1', 'gateway_only', 'g1'],
      ['g2', 'gateway_only', 'g2'],
    ],
  ],
};

const withinTheServer: Cases = {
  'a record in a request is that call': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span q' }),
    ],
    [['r', 'server_only', 'q r']],
  ],
  'a request with a tool name needs no record': [
    [serverRequest({ id: 'q', operation_id: a, tool_name: 'get_forecast' })],
    [['q', 'server_only', 'q']],
  ],
  'a silent request alone is no call': [[serverRequest({ id: 'q', operation_id: a })], []],
  'three records in one request are three calls': [
    [
      serverRequest({ id: 'q', operation_id: a, mcp_method: 'tools/call' }),
      ...['r1', 'r2', 'r3'].map((id, at) =>
        toolCallRecord({ id, at, operation_id: a, parent_span_id: 'span q' }),
      ),
    ],
    [
      ['r1', 'server_only', 'q r1'],
      ['r2', 'server_only', 'q r2'],
      ['r3', 'server_only', 'q r3'],
    ],
  ],
  'a record inside an MCP span inside a request is one call': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      mcpSpan({ id: 's', operation_id: a, parent_span_id: 'span q' }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span s' }),
    ],
    [['r', 'server_only', 'q r s']],
  ],
  'one record written as a trace and as a custom event is one call': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span q' }),
      toolCallRecord({
        id: 'e',
        source_table: 'AppEvents',
        operation_id: a,
        parent_span_id: 'span q',
      }),
    ],
    [['e', 'server_only', 'e q r']],
  ],
  'also inside an MCP span': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      mcpSpan({ id: 's', operation_id: a, parent_span_id: 'span q' }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span s' }),
      toolCallRecord({
        id: 'e',
        source_table: 'AppEvents',
        operation_id: a,
        parent_span_id: 'span s',
      }),
    ],
    [['e', 'server_only', 'e q r s']],
  ],
  'two records of one request that differ are two calls, in two tables too': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span q', arguments_hash: 'h1' }),
      toolCallRecord({
        id: 'e',
        source_table: 'AppEvents',
        operation_id: a,
        parent_span_id: 'span q',
        arguments_hash: 'h2',
      }),
    ],
    [
      ['e', 'server_only', 'e q'],
      ['r', 'server_only', 'q r'],
    ],
  ],
  'one span told by OTLP and by Application Insights is one call': [
    [
      mcpSpan({ id: 's', operation_id: a, span_id: 'same' }),
      serverRequest({ id: 'q', operation_id: a, span_id: 'same', tool_name: 'get_forecast' }),
    ],
    [['s', 'server_only', 'q s']],
  ],
  'one request told by two exporters is one call': [
    [
      serverRequest({ id: 'q1', operation_id: a, span_id: 'same', tool_name: 'get_forecast' }),
      serverRequest({ id: 'q2', operation_id: a, span_id: 'same', tool_name: 'get_forecast' }),
    ],
    [['q2', 'server_only', 'q1 q2']],
  ],
  'a record behind a dependency span finds its request': [
    [
      serverRequest({ id: 'q', operation_id: a }),
      dependency({ id: 'd', operation_id: a, parent_span_id: 'span q' }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span d' }),
    ],
    [['r', 'server_only', 'd q r']],
  ],
  'the span of a caller lends, and is no call': [
    [
      mcpSpan({ id: 'c', operation_id: a, tags: { span_kind: 'client' } }),
      mcpSpan({ id: 's', operation_id: a, parent_span_id: 'span c' }),
    ],
    [['s', 'server_only', 'c s']],
  ],
};

const byTrace: Cases = {
  'a server request names the gateway span as its parent': [
    [
      gatewayCall({ id: 'g', operation_id: a, span_id: 'gw' }),
      serverRequest({ id: 'q', operation_id: a, parent_span_id: 'gw', tool_name: 'get_forecast' }),
    ],
    [['g', 'operation_id', 'g q']],
  ],
  'or the span of its dependency': [
    [
      gatewayCall({ id: 'g', correlation_id: 'r1' }),
      gatewayAppRequest({ id: 'i', correlation_id: 'r1', operation_id: a, span_id: 'gw' }),
      dependency({ id: 'd', layer: 'gateway', operation_id: a, parent_span_id: 'gw' }),
      serverRequest({ id: 'q', operation_id: a, parent_span_id: 'span d' }),
    ],
    [['g', 'operation_id', 'd g i q']],
  ],
  'a silent gateway request is the row of the call its server saw': [
    [
      gatewayLog({ id: 'g', operation_id: a, span_id: 'gw' }),
      serverRequest({ id: 'q', operation_id: a, parent_span_id: 'gw' }),
      toolCallRecord({ id: 'r', operation_id: a, parent_span_id: 'span q' }),
    ],
    [['g', 'operation_id', 'g q r']],
  ],
  'a silent server request is the row of the call its gateway saw': [
    [gatewayCall({ id: 'g', operation_id: a }), serverRequest({ id: 'q', operation_id: a })],
    [['g', 'operation_id', 'g q']],
  ],
  'an MCP trace that links to the HTTP trace is followed': [
    [
      gatewayCall({ id: 'g', operation_id: a }),
      mcpSpan({ id: 's', operation_id: b, linked_operation_id: a }),
    ],
    [['g', 'operation_id', 'g s']],
  ],
  'three calls of one trace and tool keep their order': [
    [1, 2, 3].flatMap((n) => [
      gatewayCall({ id: `g${n}`, operation_id: a, at: n * 1000 }),
      serverRequest({ id: `q${n}`, operation_id: a, at: n * 1000 + 40, tool_name: 'get_forecast' }),
    ]),
    [
      ['g1', 'operation_id', 'g1 q1'],
      ['g2', 'operation_id', 'g2 q2'],
      ['g3', 'operation_id', 'g3 q3'],
    ],
  ],
  'calls of one trace meet by tool, not by time': [
    [
      gatewayCall({ id: 'g1', operation_id: a, at: 0, tool_name: 'x' }),
      gatewayCall({ id: 'g2', operation_id: a, at: 5, tool_name: 'y' }),
      serverRequest({ id: 'q1', operation_id: a, at: 30, tool_name: 'x' }),
      serverRequest({ id: 'q2', operation_id: a, at: 1, tool_name: 'y' }),
    ],
    [
      ['g1', 'operation_id', 'g1 q1'],
      ['g2', 'operation_id', 'g2 q2'],
    ],
  ],
  'a server that lost one of three calls leaves the right one alone': [
    [
      ...[1, 2, 3].map((n) => gatewayCall({ id: `g${n}`, operation_id: a, at: n * 10_000 })),
      serverRequest({ id: 'q1', operation_id: a, at: 10_020, tool_name: 'get_forecast' }),
      serverRequest({ id: 'q3', operation_id: a, at: 30_020, tool_name: 'get_forecast' }),
    ],
    [
      ['g1', 'operation_id', 'g1 q1'],
      ['g2', 'gateway_only', 'g2'],
      ['g3', 'operation_id', 'g3 q3'],
    ],
  ],
  'a refused request is not the gateway row of a call that went around it': [
    [
      gatewayCall({ id: 'g', operation_id: a, http_status: 403, backend_latency_ms: null }),
      serverRequest({ id: 'q', operation_id: a, at: 900, tool_name: 'get_forecast' }),
    ],
    [
      ['g', 'gateway_only', 'g'],
      ['q', 'server_only', 'q'],
    ],
  ],
  'the request of another API that the server called is no entry': [
    [
      gatewayCall({ id: 'g', operation_id: a }),
      serverRequest({ id: 'q', operation_id: a, tool_name: 'get_forecast' }),
      dependency({ id: 'd', operation_id: a, parent_span_id: 'span q' }),
      serverRequest({ id: 'z', operation_id: a, server_id: 'backend', parent_span_id: 'span d' }),
    ],
    [['g', 'operation_id', 'd g q']],
  ],
  'the request of the agent that called is no server': [
    [
      serverRequest({
        id: 'z',
        operation_id: a,
        server_id: 'agent-host',
        at: -500,
        latency_ms: 2000,
      }),
      dependency({ id: 'd', operation_id: a, parent_span_id: 'span z' }),
      gatewayCall({ id: 'g', operation_id: a, span_id: 'span d' }),
    ],
    [['g', 'gateway_only', 'g']],
  ],
  'attempts of the gateway on its backend are one call': [
    [
      gatewayCall({ id: 'g', correlation_id: 'r1' }),
      gatewayAppRequest({ id: 'i', correlation_id: 'r1', operation_id: a, span_id: 'gw' }),
      dependency({ id: 'd1', layer: 'gateway', operation_id: a, parent_span_id: 'gw' }),
      dependency({ id: 'd2', layer: 'gateway', operation_id: a, parent_span_id: 'gw', at: 50 }),
      serverRequest({
        id: 'q1',
        operation_id: a,
        parent_span_id: 'span d1',
        tool_name: 'get_forecast',
        http_status: 503,
      }),
      serverRequest({
        id: 'q2',
        operation_id: a,
        parent_span_id: 'span d2',
        tool_name: 'get_forecast',
        at: 50,
      }),
    ],
    [['g', 'operation_id', 'd1 d2 g i q1 q2']],
  ],
  'also where the server logged nothing but spans, with another call beside them': [
    [
      gatewayCall({ id: 'g', correlation_id: 'r1', latency_ms: 1_200 }),
      gatewayAppRequest({ id: 'i', correlation_id: 'r1', operation_id: a, span_id: 'gw' }),
      dependency({ id: 'd1', layer: 'gateway', operation_id: a, parent_span_id: 'gw' }),
      dependency({ id: 'd2', layer: 'gateway', operation_id: a, parent_span_id: 'gw', at: 400 }),
      mcpSpan({ id: 'm1', operation_id: a, parent_span_id: 'span d1', tool_name: 'get_forecast' }),
      mcpSpan({
        id: 'm2',
        operation_id: a,
        parent_span_id: 'span d2',
        tool_name: 'get_forecast',
        at: 400,
      }),
      gatewayCall({ id: 'h', correlation_id: 'r2', at: 2, latency_ms: 700 }),
      gatewayAppRequest({ id: 'j', correlation_id: 'r2', operation_id: a, span_id: 'hw', at: 2 }),
      dependency({ id: 'd3', layer: 'gateway', operation_id: a, parent_span_id: 'hw', at: 2 }),
      mcpSpan({
        id: 'm3',
        operation_id: a,
        parent_span_id: 'span d3',
        tool_name: 'get_forecast',
        at: 4,
      }),
    ],
    [
      ['g', 'operation_id', 'd1 d2 g i m1 m2'],
      ['h', 'operation_id', 'd3 h j m3'],
    ],
  ],
  'a batch that the gateway saw as one silent request was still seen': [
    [
      gatewayLog({ id: 'g', operation_id: a, span_id: 'gw' }),
      serverRequest({ id: 'q', operation_id: a, parent_span_id: 'gw' }),
      toolCallRecord({ id: 'r1', operation_id: a, parent_span_id: 'span q', tool_name: 'x' }),
      toolCallRecord({
        id: 'r2',
        operation_id: a,
        parent_span_id: 'span q',
        tool_name: 'y',
        at: 3,
      }),
    ],
    [
      ['g', 'operation_id', 'g q r1'],
      ['r2', 'operation_id', 'g q r2'],
    ],
  ],
};

const byLowerRungs: Cases = {
  'a session and a tool, nearest in time': [
    [
      gatewayCall({ id: 'g1', operation_id: a, mcp_session_id: 's', at: 0 }),
      gatewayCall({ id: 'g2', mcp_session_id: 's', at: 60_000 }),
      toolCallRecord({ id: 'r1', operation_id: b, mcp_session_id: 's', at: 30 }),
      toolCallRecord({ id: 'r2', mcp_session_id: 's', at: 60_030 }),
    ],
    [
      ['g1', 'session', 'g1 r1'],
      ['g2', 'session', 'g2 r2'],
    ],
  ],
  'another tool of the session is another call': [
    [
      gatewayCall({ id: 'g', mcp_session_id: 's' }),
      toolCallRecord({ id: 'r', mcp_session_id: 's', tool_name: 'other' }),
    ],
    [
      ['g', 'gateway_only', 'g'],
      ['r', 'server_only', 'r'],
    ],
  ],
  'an agent, a server and a tool': [
    [
      gatewayCall({ id: 'g', agent_id: 'bot' }),
      toolCallRecord({ id: 'r', agent_id: 'bot', at: 1_500 }),
    ],
    [['g', 'agent', 'g r']],
  ],
  'outside of the skew window nothing meets': [
    [
      gatewayCall({ id: 'g', agent_id: 'bot' }),
      toolCallRecord({ id: 'r', agent_id: 'bot', at: 2_200 }),
    ],
    [
      ['g', 'gateway_only', 'g'],
      ['r', 'server_only', 'r'],
    ],
  ],
  'a server whose clock is ten minutes ahead is understood from its traced calls': [
    [
      gatewayCall({ id: 'g1', operation_id: a, span_id: 'gw' }),
      toolCallRecord({ id: 'r1', operation_id: a, parent_span_id: 'gw', at: 600_020 }),
      gatewayCall({ id: 'g2', mcp_session_id: 's', at: 60_000 }),
      toolCallRecord({ id: 'r2', mcp_session_id: 's', at: 660_020 }),
    ],
    [
      ['g1', 'operation_id', 'g1 r1'],
      ['g2', 'session', 'g2 r2'],
    ],
  ],
};

const fanOutTraps: Cases = Object.fromEntries(
  [0, 1, 5].map((lines) => [
    `a request with ${lines} log lines is one call`,
    [
      [
        gatewayCall({ id: 'g', operation_id: a, span_id: 'gw' }),
        serverRequest({
          id: 'q',
          operation_id: a,
          parent_span_id: 'gw',
          tool_name: 'get_forecast',
        }),
        ...Array.from({ length: lines }, (_, n) =>
          serverLog({
            id: `l${n}`,
            operation_id: a,
            parent_span_id: 'span q',
            caller_identity: 'u',
          }),
        ),
      ],
      [
        [
          'g',
          'operation_id',
          ['g', ...Array.from({ length: lines }, (_, n) => `l${n}`), 'q'].join(' '),
        ],
      ],
    ] as const,
  ]),
);

describe.each(
  Object.entries({ withinTheGateway, withinTheServer, byTrace, byLowerRungs, fanOutTraps }),
)('%s', (_, cases) => {
  test.each(Object.entries(cases))('%s', async (_sentence, [events, calls]) => {
    expect(await join(events)).toEqual(calls);
  });
});
