import { expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import type { Row } from '../../store/values.ts';
import {
  dependency,
  type EventFields,
  gatewayAppRequest,
  gatewayCall,
  gatewayLog,
  idOf,
  ingest,
  mcpLog,
  serverLog,
  serverRequest,
  time,
  toolCallRecord,
  trace,
} from './events.ts';

const operation_id = trace('a');
const gateway = (fields: Record<string, unknown> = {}): EventFields =>
  gatewayCall({ id: 'g', operation_id, span_id: 'gw', ...fields });
const request = (fields: Record<string, unknown> = {}): EventFields =>
  serverRequest({ id: 'q', operation_id, parent_span_id: 'gw', ...fields });
const record = (fields: Record<string, unknown> = {}): EventFields =>
  toolCallRecord({ id: 'r', operation_id, parent_span_id: 'span q', ...fields });

const cases: Readonly<Record<string, readonly [readonly EventFields[], Row]>> = {
  'two clocks, the latency of each, and what lies between': [
    [gateway({ latency_ms: 120 }), request({ at: 15, latency_ms: 100 })],
    {
      timestamp: time(0).replace('.000Z', 'Z'),
      gateway_at: time(0).replace('.000Z', 'Z'),
      server_at: '2026-11-02T12:00:00.015000Z',
      clock_skew_ms: 15,
      latency_ms: 120,
      gateway_latency_ms: 120,
      server_latency_ms: 100,
      gateway_overhead_ms: 20,
    },
  ],
  'the latency of a batch is shared, so its overhead is unknown': [
    [gateway({ latency_shared: true, latency_ms: 120 }), request({ latency_ms: 100 })],
    { latency_ms: 120, gateway_overhead_ms: null },
  ],
  'without a gateway the server tells the latency': [
    [request({ tool_name: 'x', latency_ms: 80 })],
    { latency_ms: 80, gateway_latency_ms: null, gateway_overhead_ms: null, match_confidence: 0 },
  ],
  'approval is not part of the active latency': [
    [
      gateway({ latency_ms: 5_000 }),
      request(),
      record({ approval_required: true, approval_wait_ms: 4_000 }),
    ],
    { approval_wait_ms: 4_000, active_latency_ms: 1_000, approval_required: true },
  ],
  'a verified agent id beats what a header says': [
    [
      gateway({ agent_id: 'asserted', agent_id_source: 'header' }),
      request(),
      record({ agent_id: 'proven', agent_id_source: 'token' }),
    ],
    { agent_id: 'proven', agent_id_source: 'token', agent_id_verified: true },
  ],
  'a header beats what the server says': [
    [
      gateway({ agent_id: 'asserted', agent_id_source: 'header' }),
      request(),
      record({ agent_id: 'other', agent_id_source: 'server' }),
    ],
    { agent_id: 'asserted', agent_id_source: 'header', agent_id_verified: false },
  ],
  'a call without an agent says so': [[gateway()], { agent_id: null, agent_id_source: 'none' }],
  'the server knows the caller and the downstream better than the gateway': [
    [
      gateway({ caller_identity: 'apim-user', downstream_resource: 'https://backend' }),
      request(),
      record({ caller_identity: 'ann@contoso.com', authorization_mode: 'obo' }),
      dependency({ id: 'd', operation_id, parent_span_id: 'span q', downstream_resource: 'sql-1' }),
    ],
    { caller_identity: 'ann@contoso.com', downstream_resource: 'sql-1', authorization_mode: 'obo' },
  ],
  'log lines of the request lend what nobody else says': [
    [
      gateway(),
      request(),
      serverLog({
        id: 'l',
        operation_id,
        parent_span_id: 'span q',
        caller_identity: 'bob',
        authorization_mode: 'managed_identity',
      }),
    ],
    { caller_identity: 'bob', authorization_mode: 'managed_identity', server_seen: true },
  ],
  'a trace policy of the gateway lends the agent': [
    [
      gateway({ correlation_id: 'r' }),
      gatewayAppRequest({ id: 'i', correlation_id: 'r', operation_id, span_id: 'apim' }),
      serverLog({
        id: 'l',
        operation_id,
        parent_span_id: 'apim',
        agent_id: 'bot',
        agent_id_source: 'header',
      }),
    ],
    { agent_id: 'bot', agent_id_source: 'header', server_seen: false },
  ],
  'a declared session comes first': [
    [gateway({ mcp_session_id: 's', conversation_id: 'c' })],
    { session_key: 's', session_source: 'declared' },
  ],
  'then a conversation': [
    [gateway({ conversation_id: 'c' })],
    { session_key: 'c', session_source: 'conversation' },
  ],
  'then a trace': [[gateway()], { session_key: operation_id, session_source: 'trace' }],
  'a call of an unknown party has no session': [
    [gateway({ operation_id: null })],
    { session_key: null, session_source: null },
  ],
  'what the gateway log saw counts once, however the server sampled': [
    [gateway(), request({ weight: 5 })],
    { weight: 1, is_sampled: false },
  ],
  'a server-only call stands for what was sampled away': [
    [request({ tool_name: 'x', weight: 5 })],
    { weight: 5, is_sampled: true },
  ],
  'a call that only a sample of the gateway shows stands for the rest': [
    [gatewayAppRequest({ id: 'i', mcp_method: 'tools/call', tool_name: 'x', weight: 4 })],
    { weight: 4, is_sampled: true },
  ],
  'the ids by which each side can be found': [
    [gateway({ correlation_id: 'r' }), request(), record()],
    {
      correlation_id: 'r',
      operation_id,
      server_span_id: 'span q',
      match_rung: 'operation_id',
      match_confidence: 1,
      match_candidates: 1,
    },
  ],
  'no approval was needed where the server says so': [
    [gateway(), request(), record({ approval_required: false })],
    { approval_required: false, approval_result: 'not_required' },
  ],
  'what nobody said is missing': [
    [gateway({ agent_id: 'bot', agent_id_source: 'header', mcp_session_id: 's' })],
    {
      missing_fields:
        'caller_identity,downstream_resource,authorization_mode,approval_required,approval_result',
    },
  ],
};

async function onlyCall(events: readonly EventFields[]): Promise<Row> {
  using store = await Store.inMemory();
  await ingest(store, events);
  await correlate(store);
  const calls = await store.rows('select * from tool_calls');
  expect(calls).toHaveLength(1);
  return calls[0] ?? {};
}

test.each(Object.entries(cases))('%s', async (_, [events, fields]) => {
  expect(await onlyCall(events)).toMatchObject(fields);
});

test('ids a call had before all its evidence arrived still find it', async () => {
  using store = await Store.inMemory();
  await ingest(store, [
    gatewayLog({ id: 'g', correlation_id: 'r', operation_id, span_id: 'gw' }),
    mcpLog({ id: 'm', correlation_id: 'r' }),
    request(),
    record(),
  ]);
  await correlate(store);
  const aliases = await store.rows('select alias_id, call_id from call_aliases');
  expect(aliases.map((row) => row['alias_id']).sort()).toEqual(['m', 'q', 'r'].map(idOf).sort());
  expect(new Set(aliases.map((row) => row['call_id']))).toEqual(new Set([idOf('g')]));
});

test('what the gateway traces is lent to the request that it names, not to the one of its trace', async () => {
  using store = await Store.inMemory();
  await ingest(store, [
    gateway({ correlation_id: 'r', operation_id: null, span_id: null }),
    gatewayCall({ id: 'g2', at: 900_000, correlation_id: 'other', operation_id }),
    serverLog({
      id: 'l',
      layer: 'gateway',
      correlation_id: 'r',
      operation_id,
      agent_id: 'bot',
      caller_identity: 'u-7',
    }),
  ]);
  await correlate(store);
  const calls = await store.rows(
    'select correlation_id, agent_id, caller_identity from tool_calls order by correlation_id desc',
  );
  expect(calls).toEqual([
    { correlation_id: 'r', agent_id: 'bot', caller_identity: 'u-7' },
    { correlation_id: 'other', agent_id: null, caller_identity: null },
  ]);
});

test('a pause ends an inferred session', async () => {
  using store = await Store.inMemory();
  await ingest(
    store,
    [0, 60_000, 120_000, 2_000_000].map((at) =>
      gatewayCall({ id: `g${at}`, at, agent_id: 'bot', agent_id_source: 'header' }),
    ),
  );
  await correlate(store, { sessionIdleMs: 100_000 });
  const sessions = await store.rows(
    'select session_source, agent_id, calls, servers, tools from sessions order by first_at',
  );
  expect(sessions).toEqual([
    { session_source: 'inferred', agent_id: 'bot', calls: 3, servers: 1, tools: 1 },
    { session_source: 'inferred', agent_id: 'bot', calls: 1, servers: 1, tools: 1 },
  ]);
});
