import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string): Promise<Row[]> => store.query(`queries/sre/${name}.sql`, NOVEMBER);

describe('percentiles are the weighted nearest rank', () => {
  const cases = {
    'of 1 to 100': [
      Array.from({ length: 100 }, (_, n) => ({ latency_ms: 100 - n })),
      { calls: 100, rows: 100, p50_ms: 50, p95_ms: 95, p99_ms: 99, max_ms: 100 },
    ],
    // at least 95 of 21 are 20 of them (19.95); interpolation would say 19.95 or 20.0
    'never between two values': [
      Array.from({ length: 21 }, (_, n) => ({ latency_ms: n * 10 })),
      { p50_ms: 100, p95_ms: 190, p99_ms: 200 },
    ],
    'a weight counts as that many calls': [
      [
        { latency_ms: 10, weight: 94 },
        { latency_ms: 500, weight: 5 },
        { latency_ms: 900, weight: 1 },
      ],
      { calls: 100, rows: 3, p50_ms: 10, p95_ms: 500, p99_ms: 500, max_ms: 900 },
    ],
    'exactly at the rank is enough': [
      [
        { latency_ms: 10, weight: 95 },
        { latency_ms: 500, weight: 5 },
      ],
      { p95_ms: 10, p99_ms: 500 },
    ],
    'unknown latencies are counted and do not count': [
      [{ latency_ms: 10 }, { latency_ms: null, weight: 4 }],
      { calls: 1, unmeasured_calls: 4, p50_ms: 10, p99_ms: 10 },
    ],
    'none known': [
      [{ latency_ms: null }],
      { calls: 0, unmeasured_calls: 1, p50_ms: null, p99_ms: null },
    ],
    'refused calls answer fast and are left out': [
      [
        { latency_ms: 200 },
        { latency_ms: 1, outcome: 'denied' },
        { latency_ms: 1, outcome: 'challenge' },
      ],
      { calls: 1, p50_ms: 200 },
    ],
    'failures stay in': [
      [{ latency_ms: 1 }, { latency_ms: 9000, outcome: 'failure' }],
      { calls: 2, p50_ms: 1, p95_ms: 9000 },
    ],
  } as const;

  test.each(Object.entries(cases))('%s', async (_, [rows, expected]) => {
    await insert(
      store,
      'correlated_calls',
      rows.map((row, n) => call(n + 1, { ...row, timestamp: '2026-11-10T10:30:00Z' })),
    );

    expect(await ask('latency_by_tool')).toMatchObject([
      { tool_name: 'get_forecast', ...expected },
    ]);
    expect(await ask('latency_by_hour')).toMatchObject([
      { hour: '2026-11-10T10:00:00Z', tool_class: 'unclassified', ...expected },
    ]);
  });
});

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
    (await ask('coverage_by_agent')).map((row) => [row['agent'], row['complete_ratio']]),
  ).toEqual([
    ['(unattributed)', 0],
    ['a-1', 0.5],
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

describe('sources', () => {
  const event = (n: number, fields = {}) => ({
    event_id: uuid(n),
    item_no: 0,
    source_table: 'AppRequests',
    source_rank: 1,
    content_hash: n,
    batch_id: 1,
    record_no: n,
    layer: 'server',
    kind: 'request',
    occurred_at: '2026-11-10T10:10:00Z',
    weight: 1,
    ...fields,
  });

  test('coverage counts what each kind of evidence has', async () => {
    await insert(store, 'events', [
      event(1, { agent_id: 'a', tool_name: 't' }),
      event(2, { tool_name: 't', approval_required: false }),
      event(3, { kind: 'log' }),
    ]);

    expect(await ask('coverage_by_source')).toMatchObject([
      { kind: 'log', records: 1, tool_name_ratio: 0 },
      {
        kind: 'request',
        records: 2,
        timestamp_ratio: 1,
        agent_id_ratio: 0.5,
        tool_name_ratio: 1,
        approval_required_ratio: 0.5,
        result_code_ratio: 0,
      },
    ]);
  });

  test('sampled and truncated evidence is named', async () => {
    await insert(store, 'events', [
      event(1, { weight: 4 }),
      event(2, { is_truncated: true }),
      event(3, { source_table: 'ApiManagementGatewayLogs', layer: 'gateway' }),
    ]);

    expect(await ask('sampling_by_source')).toMatchObject([
      {
        source_table: 'AppRequests',
        records: 2,
        sampled_records: 1,
        sampled_ratio: 0.5,
        represented: 5,
        max_weight: 4,
        truncated_records: 1,
      },
      { source_table: 'ApiManagementGatewayLogs', sampled_records: 0, truncated_records: 0 },
    ]);
  });

  test('silence before an hour is counted', async () => {
    await insert(store, 'events', [
      event(1),
      event(2, { occurred_at: '2026-11-10T11:59:59Z' }),
      event(3, { occurred_at: '2026-11-10T15:00:00Z', weight: 2 }),
    ]);

    expect(
      (await ask('hours_by_source')).map((row) => [
        row['hour'],
        row['represented'],
        row['silent_hours_before'],
      ]),
    ).toEqual([
      ['2026-11-10T10:00:00Z', 1, null],
      ['2026-11-10T11:00:00Z', 1, 0],
      ['2026-11-10T15:00:00Z', 2, 3],
    ]);
  });

  test('what was received is accounted for, by source', async () => {
    const batch = { source: 'a.json', source_table: 'AppRequests', sampled: 1, truncated: 0 };
    await insert(store, 'ingest_batches', [
      { ...batch, batch_id: 1, received: 10, stored: 6, duplicate: 1, rejected: 2, excluded: 1 },
      { ...batch, batch_id: 2, received: 6, stored: 0, duplicate: 6, rejected: 0, excluded: 0 },
    ]);
    await insert(store, 'rejected_records', [
      {
        batch_id: 1,
        record_no: 3,
        source: 'a.json',
        source_table: 'AppRequests',
        reason: 'no time',
        record_bytes: 10,
        record_hash: 'h',
      },
      {
        batch_id: 1,
        record_no: 2,
        source: 'a.json',
        source_table: 'AppRequests',
        reason: 'no time',
        record_bytes: 5,
        record_hash: 'h',
      },
    ]);

    expect(await ask('loss_accounting')).toMatchObject([
      {
        source: 'a.json',
        batches: 2,
        received: 16,
        stored: 6,
        duplicate: 7,
        rejected: 2,
        excluded: 1,
        unaccounted: 0,
        sampled: 2,
      },
    ]);
    expect(await store.query('queries/soc/rejected_records_by_reason.sql')).toMatchObject([
      {
        reason: 'no time',
        records: 2,
        distinct_records: 1,
        rejected_bytes: 15,
        first_record_no: 2,
      },
    ]);
  });
});
