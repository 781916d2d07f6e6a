import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string): Promise<Row[]> => store.query(`queries/sre/${name}.sql`, NOVEMBER);

/** A call with all twelve fields. */
const WHOLE = {
  mcp_session_id: 's',
  downstream_resource: 'db',
  authorization_mode: 'obo',
  evidence_approval_required: false,
  evidence_approval_result: 'not_required',
};

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

describe('a sampled call counts for those that it stands for', () => {
  beforeEach(() =>
    insert(store, 'correlated_calls', [
      call(1, { ...WHOLE, weight: 3 }),
      call(2, { ...WHOLE, caller_identity: null }),
    ]),
  );

  test('by field', async () => {
    const fields = new Map((await ask('coverage_by_field')).map((row) => [row['field'], row]));

    expect(fields.get('caller_identity')).toMatchObject({
      state: 'partial',
      filled_ratio: 0.75,
      calls: 4,
      filled_calls: 3,
      missing_calls: 1,
      missing_servers: 1,
    });
    expect(fields.get('agent_id')).toMatchObject({ state: 'complete', filled_ratio: 1, calls: 4 });
  });

  test.each(['coverage_by_server', 'coverage_by_agent'])('%s', async (name) => {
    expect(await ask(name)).toMatchObject([
      { calls: 4, complete_calls: 3, complete_ratio: 0.75, caller_identity_ratio: 0.75 },
    ]);
  });

  test('by source', async () => {
    await insert(store, 'events', [event(1, { weight: 3, agent_id: 'a' }), event(2)]);

    expect(await ask('coverage_by_source')).toMatchObject([
      { records: 2, agent_id_ratio: 0.75, tool_name_ratio: 0 },
    ]);
  });
});

test('a field that no call has is missing; without calls there is no data, which is not 0 %', async () => {
  const states = async () =>
    new Set(
      (await ask('coverage_by_field')).map((row) => `${row['state']} ${row['filled_ratio']}`),
    );

  expect(await states()).toEqual(new Set(['no_data null']));
  expect(await ask('coverage_by_field')).toHaveLength(12);

  await insert(store, 'correlated_calls', [call(1)]);
  expect(await states()).toEqual(new Set(['complete 1', 'missing 0']));
});

describe('by source and field', () => {
  const stateOf = async (table: string, layer: string, field: string) =>
    (await ask('coverage_by_source_and_field')).find(
      (row) => row['source_table'] === table && row['layer'] === layer && row['field'] === field,
    );

  beforeEach(async () => {
    await insert(store, 'correlated_calls', [
      call(1, { event_ids: [1, 2, 3].map(uuid).join(',') }),
      call(2, { event_ids: uuid(4) }),
    ]);
    await insert(store, 'events', [
      event(1, { tool_name: 't', weight: 3 }),
      event(2, {
        source_table: 'ApiManagementGatewayLogs',
        layer: 'gateway',
        http_status: 200,
        agent_id: 'a',
      }),
      event(3, { source_table: 'ApiManagementGatewayMCPLog', layer: 'gateway', kind: 'call' }),
      event(4),
      // No evidence of a call: an initialize, a health probe.
      event(5, { agent_id: 'a', weight: 100 }),
    ]);
  });

  const cases = {
    'of evidence of calls alone, by weight': [
      ['AppRequests', 'server', 'tool_name'],
      { state: 'partial', present_ratio: 0.75, records: 2, represented: 4, present: 3 },
    ],
    'a status is a result code': [
      ['ApiManagementGatewayLogs', 'gateway', 'result_code'],
      { state: 'complete', present_ratio: 1 },
    ],
    'it could hold the field, and never does': [
      ['AppRequests', 'server', 'agent_id'],
      { state: 'missing', present_ratio: 0 },
    ],
    'it cannot hold the field, whatever is configured': [
      ['ApiManagementGatewayMCPLog', 'gateway', 'latency_ms'],
      { state: 'cannot_hold', present_ratio: null },
    ],
    'no record of it tells of a call': [
      ['OTelSpans', 'server', 'tool_name'],
      { state: 'no_data', present_ratio: null, records: 0 },
    ],
  } as const;

  test.each(Object.entries(cases))('%s', async (_, [[table, layer, field], expected]) => {
    expect(await stateOf(table, layer, field)).toMatchObject(expected);
  });
});

describe('holes', () => {
  const holes = async () =>
    (await ask('coverage_holes')).map((row) => [
      row['field'],
      row['side'],
      row['missing_calls'],
      row['seen_calls'],
    ]);

  test('a whole call has none', async () => {
    await insert(store, 'correlated_calls', [call(1, WHOLE)]);

    expect(await holes()).toEqual([]);
  });

  test('each side that could have logged the field is named, with the calls that it saw', async () => {
    await insert(store, 'correlated_calls', [
      call(1, { ...WHOLE, caller_identity: null, weight: 2 }),
      call(2, { ...WHOLE, caller_identity: null, server_seen: false }),
    ]);

    expect(await holes()).toEqual([
      ['caller_identity', 'gateway', 3, 3],
      ['caller_identity', 'server', 3, 2],
    ]);
  });

  test('a gateway that did not see the call cannot help; a silent server can begin to log', async () => {
    await insert(store, 'correlated_calls', [
      call(1, { ...WHOLE, server_id: 'a', agent_id: null, gateway_seen: false }),
      call(2, { ...WHOLE, server_id: 'b', agent_id: null, server_seen: false }),
    ]);

    expect(await holes()).toEqual([
      ['agent_id', 'server', 1, 1],
      ['agent_id', 'gateway', 1, 1],
      ['agent_id', 'server', 1, 0],
    ]);
  });

  test('approvals are known to the server alone', async () => {
    await insert(store, 'correlated_calls', [
      call(1, { ...WHOLE, evidence_approval_required: null, evidence_approval_result: null }),
    ]);

    expect(await holes()).toEqual([
      ['approval_required', 'server', 1, 1],
      ['approval_result', 'server', 1, 1],
    ]);
  });

  test('the gateway’s own name for the server is there', async () => {
    await insert(store, 'correlated_calls', [call(1, { ...WHOLE, agent_id: null })]);
    await insert(store, 'server_names', [{ name: 'weather-api', server_id: 'weather' }]);
    await insert(store, 'events', [
      event(1, {
        source_table: 'ApiManagementGatewayLogs',
        layer: 'gateway',
        server_id: 'Weather-API',
      }),
    ]);

    expect(await ask('coverage_holes')).toMatchObject([
      { server_id: 'weather', api_id: 'Weather-API', missing_ratio: 1, calls: 1 },
      { api_id: 'Weather-API' },
    ]);
  });
});
