import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string): Promise<Row[]> => store.query(`queries/sre/${name}.sql`, NOVEMBER);

test('a failure behind an HTTP success is told apart', async () => {
  await insert(store, 'correlated_calls', [
    call(1),
    call(2, { outcome: 'failure', tool_outcome: 'error', weight: 2 }),
    call(3, {
      outcome: 'failure',
      transport_outcome: 'error',
      failure_layer: 'server',
      result_code: '500',
    }),
    call(4, {
      outcome: 'denied',
      transport_outcome: 'error',
      failure_layer: 'gateway',
      result_code: '403',
    }),
    call(5, { server_id: 'quiet', outcome: 'unknown', tool_outcome: 'unknown' }),
  ]);

  expect(await ask('outcomes_by_server')).toMatchObject([
    {
      server_id: 'weather',
      calls: 5,
      success: 1,
      failure: 3,
      denied: 1,
      failure_ratio: 0.75,
      hidden_failures: 2,
      tool_errors: 2,
      transport_errors: 2,
    },
    { server_id: 'quiet', unknown: 1, failure_ratio: null },
  ]);
  expect(await ask('failures_by_layer')).toMatchObject([
    {
      outcome: 'failure',
      failure_layer: null,
      calls: 2,
      calls_ratio: 0.5,
      example_call_id: uuid(2),
    },
    { outcome: 'denied', failure_layer: 'gateway', result_code: '403', calls: 1 },
    { outcome: 'failure', failure_layer: 'server', result_code: '500', calls: 1 },
  ]);
});

test('a day is a day in UTC', async () => {
  await insert(store, 'correlated_calls', [
    call(1, { timestamp: '2026-11-10T23:59:59.999999Z' }),
    call(2, { timestamp: '2026-11-11T00:00:00Z' }),
    call(3, { timestamp: '2026-11-11T13:00:00Z', outcome: 'failure', weight: 4 }),
  ]);

  expect(
    (await ask('calls_by_day')).map((row) => [row['day'], row['outcome'], row['calls']]),
  ).toEqual([
    ['2026-11-10T00:00:00Z', 'success', 1],
    ['2026-11-11T00:00:00Z', 'failure', 4],
    ['2026-11-11T00:00:00Z', 'success', 1],
  ]);
});

test('coverage of the contract, by server and agent, is counted over what tool_calls says is missing', async () => {
  const complete = {
    mcp_session_id: 's',
    downstream_resource: 'r',
    authorization_mode: 'obo',
    evidence_approval_required: false,
  };
  await insert(store, 'correlated_calls', [
    call(1, complete),
    call(2, { ...complete, agent_id: null }),
    call(3, { ...complete, latency_ms: null, agent_id: null }),
    call(4, { ...complete, server_id: 'billing', evidence_approval_required: true }),
  ]);

  expect(await ask('coverage_by_server')).toMatchObject([
    {
      server_id: 'billing',
      calls: 1,
      complete_calls: 0,
      approval_required_ratio: 1,
      approval_result_ratio: 0,
    },
    {
      server_id: 'weather',
      calls: 3,
      complete_calls: 1,
      agent_id_ratio: 1 / 3,
      latency_ms_ratio: 2 / 3,
      timestamp_ratio: 1,
      approval_result_ratio: 1,
    },
  ]);
  expect(
    (await ask('coverage_by_agent')).map((row) => [
      row['agent'],
      row['complete_ratio'],
      row['agent_id_ratio'],
      row['latency_ms_ratio'],
    ]),
  ).toEqual([
    ['(unattributed)', 0, 0, 0.5],
    ['a-1', 0.5, 1, 1],
  ]);
});

test('matches and sessions say what the joins rest on', async () => {
  await insert(store, 'correlated_calls', [
    call(1, { session_key: 'x', session_source: 'trace' }),
    call(2, {
      session_key: 'x',
      session_source: 'trace',
      match_confidence: 0.5,
      match_candidates: 3,
    }),
    call(3, {
      match_rung: 'gateway_only',
      match_confidence: 0,
      session_key: 'y',
      session_source: 'inferred',
    }),
    call(4),
  ]);

  expect(await ask('matches_by_rung')).toEqual([
    {
      match_rung: 'operation_id',
      calls: 3,
      calls_ratio: 0.75,
      mean_confidence: (0.5 + 2 * 0.98) / 3,
      min_confidence: 0.5,
      ambiguous_calls: 1,
      max_candidates: 3,
    },
    {
      match_rung: 'gateway_only',
      calls: 1,
      calls_ratio: 0.25,
      mean_confidence: 0,
      min_confidence: 0,
      ambiguous_calls: 0,
      max_candidates: 1,
    },
  ]);
  expect(await ask('sessions_by_source')).toMatchObject([
    {
      session_source: 'trace',
      sessions: 1,
      calls: 2,
      calls_ratio: 0.5,
      single_call_sessions: 0,
      agents: 1,
    },
    { session_source: '(none)', sessions: 0, calls: 1, single_call_sessions: 0 },
    { session_source: 'inferred', sessions: 1, calls: 1, single_call_sessions: 1 },
  ]);
});
