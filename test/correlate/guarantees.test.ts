import { describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { RESULTS } from '../../correlate/steps.ts';
import { Store } from '../../store/store.ts';
import {
  approval,
  dependency,
  type EventFields,
  gatewayAppRequest,
  gatewayCall,
  gatewayLog,
  ingest,
  mcpLog,
  mcpSpan,
  serverLog,
  serverRequest,
  toolCallRecord,
  trace,
} from './events.ts';

/** The same numbers on every run: a linear congruential generator. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Events of every kind over few traces, sessions, tools and times, so that ties abound. */
function muddle(seed: number, size: number): EventFields[] {
  const random = randomFrom(seed);
  const pick = <T>(...values: readonly T[]): T => values[random(values.length)] as T;
  const makers = [
    gatewayCall,
    gatewayLog,
    mcpLog,
    gatewayAppRequest,
    serverRequest,
    toolCallRecord,
    mcpSpan,
    serverLog,
    dependency,
    approval,
  ] as const;
  return Array.from({ length: size }, (_, n) => {
    const make = pick(...makers);
    const tool_name = pick('x', 'y');
    return make({
      id: `${seed} ${n}`,
      at: random(20) * 100,
      item_no: random(3),
      correlation_id: pick(`r${random(size / 4)}`, `only ${n}`),
      operation_id: pick(trace(`t${random(size / 6)}`), trace(`t${random(size / 6)}`), null),
      linked_operation_id: pick(trace(`t${random(size / 6)}`), null, null),
      span_id: pick(`s${random(size / 2)}`, null),
      parent_span_id: pick(`s${random(size / 2)}`, null),
      mcp_session_id: pick('a', 'b', null),
      agent_id: pick('bot', 'cat', null),
      agent_id_source: pick('header', 'token'),
      server_id: pick('weather', 'billing'),
      approval_id: pick(`p${random(5)}`, null, null),
      arguments_hash: pick('h1', 'h2', null),
      mcp_method: pick('tools/call', 'tools/call', 'initialize', null),
      http_status: pick(200, 200, 401, 500, null),
      latency_ms: pick(100, 900, null),
      ...(make === serverLog || make === dependency || make === approval ? {} : { tool_name }),
    });
  });
}

async function published(events: readonly EventFields[]): Promise<string> {
  using store = await Store.inMemory();
  await ingest(store, events);
  await correlate(store);
  const tables: string[] = [];
  for (const name of RESULTS) {
    const rows = await store.rows(`select * from ${name} order by all`);
    tables.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
  }
  return tables.join('\n');
}

describe.each([1, 2, 3, 4])('seed %d', (seed) => {
  const events = muddle(seed, 240);

  test('the same events in another order give the same tables', async () => {
    const random = randomFrom(seed + 100);
    const shuffled = events
      .map((event) => ({ event, key: random(1_000_000) }))
      .sort((left, right) => left.key - right.key)
      .map(({ event }) => event);
    expect(shuffled.map(({ id }) => id)).not.toEqual(events.map(({ id }) => id));
    const tables = await published(events);
    expect(await published(shuffled)).toBe(tables);
    expect(await published([...events].reverse())).toBe(tables);
  });

  test('every tools/call event is in exactly one call, the calls add up, and a rebuild makes the same', async () => {
    using store = await Store.inMemory();
    await ingest(store, events);
    const summary = await correlate(store);
    expect(summary.toolCallEvents).toBeGreaterThan(50);
    expect(summary.matched).toBeGreaterThan(5);
    expect(summary.matched + summary.gatewayOnly + summary.serverOnly).toBe(summary.calls);
    const [row] = await store.rows(
      `select count(*) as calls, count(distinct call_id) as ids,
              count(distinct server_event_id) as servers, count(server_event_id) as server_uses,
              (select count(*) from tool_calls) as shown
       from correlated_calls`,
    );
    expect(row?.['ids']).toBe(summary.calls);
    expect(row?.['shown']).toBe(summary.calls);
    expect(row?.['servers']).toBe(row?.['server_uses']);

    // Correlating again changes nothing.
    expect(await correlate(store, { rebuild: true })).toEqual({ ...summary, newEvents: 0 });
    const [again] = await store.rows('select count(*) as calls from correlated_calls');
    expect(again?.['calls']).toBe(summary.calls);
  });
});

const manyCalls: Readonly<Record<string, string>> = {
  'one session': "'s' as mcp_session_id, null as operation_id, null as agent_id",
  'one agent': "null as mcp_session_id, null as operation_id, 'bot' as agent_id",
  'one trace': "null as mcp_session_id, repeat('a', 32) as operation_id, null as agent_id",
};

test.each(Object.entries(manyCalls))(
  '30,000 calls of %s meet one to one',
  async (_, key) => {
    using store = await Store.inMemory();
    // A server that is 3 ms late, while a call comes every 10 ms.
    for (const [layer, kind, table, late] of [
      ['gateway', 'request', 'ApiManagementGatewayLogs', 0],
      ['server', 'call', 'AppTraces', 3],
    ] as const) {
      await store.run(
        `insert into events by name
       select cast(md5($layer || n) as uuid) as event_id, 0 as item_no, $table as source_table,
              0 as source_rank, 0 as content_hash, 1 as batch_id, n as record_no, $layer as layer,
              $kind as kind, timestamptz '2026-11-01 00:00:00Z' + to_milliseconds(n * 10 + $late) as occurred_at,
              'weather' as server_id, 'x' as tool_name, 'tools/call' as mcp_method, 1 as weight,
              x_text(n) as correlation_id, x_text(n) as rpc_request_id, ${key}
       from generate_series(1, 30000) as series(n)`,
        { layer, kind, table, late },
      );
    }
    const summary = await correlate(store);
    expect(summary).toMatchObject({ calls: 30_000, matched: 30_000 });
    const [row] = await store.rows(
      'select count(*) filter (clock_skew_ms = 3) as right_ones from correlated_calls',
    );
    expect(row?.['right_ones']).toBe(30_000);
  },
  180_000,
);

test('steps are told before they run', async () => {
  using store = await Store.inMemory();
  const told: [string, number, number][] = [];
  await correlate(store, { onStep: (...step) => told.push(step) });
  const total = told[0]?.[2] ?? 0;
  expect(told.map(([, index]) => index)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  expect(told.map(([name]) => name)).toContain('correlated_calls');
});
