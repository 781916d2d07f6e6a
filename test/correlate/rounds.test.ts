import { describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { Store } from '../../store/store.ts';
import type { Row } from '../../store/values.ts';
import {
  approval,
  type EventFields,
  gatewayCall,
  ingest,
  rowsOf,
  serverRequest,
  time,
  toolCallRecord,
  trace,
} from './events.ts';

const a = trace('a');
const tool_name = 'get_forecast';

async function told(events: readonly EventFields[]): Promise<Row[]> {
  using store = await Store.inMemory();
  await ingest(store, events);
  const summary = await correlate(store);
  const rows = await rowsOf(
    store,
    `select call_id, event_ids, match_rung, rounds, latency_ms, approval_wait_ms, active_latency_ms,
            outcome, executed, server_span_id, clock_skew_ms, gateway_overhead_ms
     from tool_calls
     order by "timestamp", call_id`,
    events.map(({ id }) => id),
  );
  expect(summary.calls).toBe(rows.length);
  return rows.map((row) => ({
    ...row,
    event_ids: String(row['event_ids']).split(',').sort().join(' '),
  }));
}

describe('attempts of the gateway whose parentage nobody logged', () => {
  const gateway = gatewayCall({ id: 'g', operation_id: a, latency_ms: 900 });
  const attempt = (id: string, at: number, http_status: number) =>
    serverRequest({ id, at, operation_id: a, http_status, tool_name, latency_ms: 100 });

  test('the failed ones before the last are the same call, told by the last', async () => {
    const calls = await told([
      gateway,
      attempt('q1', 10, 503),
      attempt('q2', 300, 503),
      attempt('q3', 600, 200),
    ]);
    expect(calls).toMatchObject([
      { call_id: 'g', event_ids: 'g q1 q2 q3', server_span_id: 'span q3' },
    ]);
  });

  test('the clocks are those of the first try, and what all tries worked is not the gateway’s', async () => {
    const tries = [attempt('q1', 10, 503), attempt('q2', 300, 503), attempt('q3', 600, 200)];
    const calls = await told([gateway, ...tries]);
    expect(calls).toMatchObject([{ clock_skew_ms: 10, gateway_overhead_ms: 600 }]);
  });

  test('where a try says not how long it took, the gateway’s own measure of its backend stands', async () => {
    const silent = { ...attempt('q1', 10, 503), latency_ms: null };
    const overhead = async (backend_latency_ms: number | null) =>
      told([{ ...gateway, backend_latency_ms }, silent, attempt('q3', 600, 200)]);
    expect(await overhead(null)).toMatchObject([{ gateway_overhead_ms: null }]);
    expect(await overhead(870)).toMatchObject([{ gateway_overhead_ms: 30, clock_skew_ms: 10 }]);
  });

  test('tries whose spans prove them are no measure of the server’s clock', async () => {
    using store = await Store.inMemory();
    const request = (operation_id: string, id: string, at: number) =>
      serverRequest({ id, at, operation_id, tool_name, parent_span_id: 'gw', latency_ms: 100 });
    await ingest(store, [
      gatewayCall({ id: 'g', operation_id: a, span_id: 'gw', latency_ms: 900 }),
      request(a, 'q1', 10),
      request(a, 'q2', 700),
      gatewayCall({ id: 'h', operation_id: trace('b'), span_id: 'gw', latency_ms: 900 }),
      request(trace('b'), 'q3', 12),
    ]);
    await correlate(store);
    expect(await store.rows('select span_us from kept_differences')).toEqual([{ span_us: 12_000 }]);
  });

  test('after a success nothing is tried again: another call is another call', async () => {
    const calls = await told([gateway, attempt('q1', 10, 200), attempt('q2', 600, 200)]);
    expect(calls.map((row) => row['event_ids'])).toEqual(['g q1', 'q2']);
  });

  test('nor what began after the gateway had answered', async () => {
    const calls = await told([gateway, attempt('q1', 10, 503), attempt('q2', 3_600, 200)]);
    expect(calls.map((row) => row['event_ids'])).toEqual(['g q1', 'q2']);
  });

  test('nor what ran beside it', async () => {
    const calls = await told([gateway, attempt('q1', 10, 503), attempt('q2', 60, 200)]);
    expect(calls.map((row) => row['event_ids'])).toEqual(['g q1', 'q2']);
  });
});

describe('rounds of MCP 2026-07-28', () => {
  const party = { agent_id: 'bot', arguments_hash: 'h' };
  const round = (no: number, at: number, fields: object = {}, trace_no = no) => [
    gatewayCall({
      id: `g${no}`,
      at,
      operation_id: trace(`${trace_no}`),
      span_id: `gw ${no}`,
      agent_id: 'bot',
      latency_ms: 100,
    }),
    toolCallRecord({
      id: `r${no}`,
      at: at + 5,
      operation_id: trace(`${trace_no}`),
      parent_span_id: `gw ${no}`,
      latency_ms: 80,
      result_type: 'input_required',
      tool_is_error: false,
      ...party,
      ...fields,
    }),
  ];
  const answered = { result_type: null, tool_is_error: false };

  test('are one call, and their gaps are approval wait', async () => {
    const calls = await told([
      ...round(1, 0, {}, 1),
      ...round(2, 10_100, {}, 1),
      ...round(3, 15_200, answered, 1),
    ]);
    expect(calls).toEqual([
      {
        call_id: 'g1',
        clock_skew_ms: 5,
        gateway_overhead_ms: 60,
        event_ids: 'g1 g2 g3 r1 r2 r3',
        match_rung: 'operation_id',
        rounds: 3,
        latency_ms: 15_300,
        approval_wait_ms: 15_000,
        active_latency_ms: 300,
        outcome: 'success',
        executed: true,
        server_span_id: null,
      },
    ]);
  });

  test('a question that nobody answers is a call that did not run', async () => {
    expect(await told(round(1, 0))).toMatchObject([
      { rounds: 1, executed: false, outcome: 'unknown', approval_wait_ms: null },
    ]);
  });

  test.each(
    Object.entries({
      'other arguments': [round(2, 10_000, { ...answered, arguments_hash: 'other' }, 1)],
      'another trace': [round(2, 10_000, answered, 2)],
      'an answer after the session is over': [round(2, 2_000_000, answered, 1)],
      'a call that began before the question was there': [round(2, 50, answered, 1)],
    }),
  )('%s: another call', async (_, [second = []]) => {
    const calls = await told([...round(1, 0, {}, 1), ...second]);
    expect(calls.map((row) => row['rounds'])).toEqual([1, 1]);
  });

  test('an id of a later round still finds the call', async () => {
    using store = await Store.inMemory();
    await ingest(store, [...round(1, 0, {}, 1), ...round(2, 9_000, answered, 1)]);
    await correlate(store);
    const aliases = await rowsOf(store, 'select alias_id, call_id from call_aliases', [
      'g1',
      'r1',
      'g2',
      'r2',
    ]);
    expect(aliases.map((row) => `${row['alias_id']} ${row['call_id']}`).sort()).toEqual([
      'g2 g1',
      'r1 g1',
      'r2 g1',
    ]);
  });
});

describe('the waits of two rounds, with ten seconds between them', () => {
  interface Waits {
    /** When each decision was asked for and made, in ms; null: nobody says. */
    readonly decisions?: readonly (readonly [asked: number | null, decided: number])[];
    /** What the server says that each round waited. */
    readonly stated?: readonly [number | null, number | null];
    readonly skew?: number;
  }
  const END = 20_100;
  const events = ({ decisions = [], stated = [null, null], skew = 0 }: Waits): EventFields[] => [
    ...[
      { no: 1, at: 0, latency_ms: 100, result_type: 'input_required' },
      { no: 2, at: 10_100, latency_ms: 10_000, result_type: null },
    ].flatMap(({ no, at, latency_ms, result_type }) => [
      gatewayCall({
        id: `g${no}`,
        at,
        operation_id: a,
        span_id: `gw ${no}`,
        agent_id: 'bot',
        latency_ms,
      }),
      toolCallRecord({
        id: `r${no}`,
        at: at + 5 + skew,
        operation_id: a,
        parent_span_id: `gw ${no}`,
        agent_id: 'bot',
        arguments_hash: 'h',
        latency_ms: latency_ms - 20,
        result_type,
        tool_is_error: false,
        approval_wait_ms: stated[no - 1] ?? null,
      }),
    ]),
    ...decisions.map(([asked, decided], no) =>
      approval({
        id: `x${no}`,
        approval_id: 'p',
        operation_id: a,
        arguments_hash: 'h',
        at: decided + skew,
        approval_requested_at: asked === null ? null : time(asked + skew),
        approval_decided_at: time(decided + skew),
      }),
    ),
  ];

  const cases: Readonly<Record<string, readonly [Waits, number]>> = {
    'a decision within the second round adds to the pause': [
      { decisions: [[12_000, 15_000]] },
      13_000,
    ],
    'one within the pause does not': [{ decisions: [[2_000, 9_000]] }, 10_000],
    'one that reaches from the pause into the second round adds what lies there': [
      { decisions: [[5_000, 14_105]] },
      14_000,
    ],
    'one that was asked for in the first round too': [{ decisions: [[50, 9_000]] }, 10_035],
    'one over all of it adds what both rounds worked': [{ decisions: [[-3_000, 20_085]] }, 20_060],
    'two who overlap were waited for once': [
      {
        decisions: [
          [12_000, 15_000],
          [14_000, 16_000],
        ],
      },
      14_000,
    ],
    'one in the pause, and one after it': [
      {
        decisions: [
          [2_000, 9_000],
          [12_000, 15_000],
        ],
      },
      13_000,
    ],
    'by the clock of a server that is ahead': [{ decisions: [[100, 10_100]], skew: 1_500 }, 10_000],
    'what was decided when the call had ended was not waited for': [
      { decisions: [[15_000, 60_000]] },
      10_000,
    ],
    'nobody says when it was asked for: in the pause': [{ decisions: [[null, 12_000]] }, 10_000],
    'a length without a time may be the pause': [{ stated: [null, 3_000] }, 10_000],
    'the longest length counts': [{ stated: [null, 12_000] }, 12_000],
    'of whichever round': [{ stated: [12_000, 3_000] }, 12_000],
    'a round waited no longer than its server says': [
      { decisions: [[12_000, 15_000]], stated: [null, 300] },
      10_300,
    ],
    'what a server says of one round is not said of the other': [
      { decisions: [[50, 9_000]], stated: [null, 0] },
      10_035,
    ],
    'a server that says the whole of it is not counted twice': [
      { decisions: [[12_000, 15_000]], stated: [null, 13_000] },
      13_000,
    ],
  };
  test.each(Object.entries(cases))('%s', async (_, [waits, wait]) => {
    expect(await told(events(waits))).toMatchObject([
      { rounds: 2, latency_ms: END, approval_wait_ms: wait, active_latency_ms: END - wait },
    ]);
  });
});

test('a tool error that only the gateway saw may be an approval that was denied', async () => {
  const [call] = await told([
    gatewayCall({ id: 'g', tool_is_error: true, error_type: 'tool_error' }),
  ]);
  expect(call).toMatchObject({ executed: null, outcome: 'failure' });
});
