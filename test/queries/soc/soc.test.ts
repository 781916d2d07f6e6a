import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string, more = {}): Promise<Row[]> =>
  store.query(`queries/soc/${name}.sql`, { ...NOVEMBER, ...more });

/** The database has no pseudonyms. */
const READABLE = { id_pseudonym: '', id_address: '' };

describe('approvals', () => {
  const run = {
    server_id: 'billing',
    tool_name: 'delete_invoice',
    executed: true,
    execution_started_at: '2026-11-10T10:05:00Z',
  };
  const approved = {
    ...run,
    evidence_approval_result: 'approved',
    approval_decided_at: '2026-11-10T10:04:00Z',
  };
  beforeEach(() =>
    insert(store, 'tools', [
      {
        server_id: 'billing',
        tool_name: 'delete_invoice',
        tool_class: 'destructive',
        approval: 'required',
      },
    ]),
  );

  beforeEach(() =>
    insert(store, 'approvals', [
      { event_id: uuid(9), approval_id: 'ap-1', arguments_hash: 'hash-1' },
    ]),
  );

  const cases = {
    'approved before it ran': [
      approved,
      { bypass_calls: 0, unprovable_calls: 0, approved_calls: 1 },
    ],
    'no decision is known': [run, { bypass_calls: 1, undecided_calls: 1 }],
    'denied, and it ran': [
      { ...run, evidence_approval_result: 'denied' },
      { bypass_calls: 1, denied_calls: 1 },
    ],
    'denied, and it did not run': [
      { ...run, executed: false, evidence_approval_result: 'denied' },
      { bypass_calls: 0, denied_calls: 1, executed_calls: 0 },
    ],
    'approved after it ran': [
      { ...approved, approval_decided_at: '2026-11-10T10:06:00Z' },
      { bypass_calls: 1, late_calls: 1 },
    ],
    'approved, and expired before it ran': [
      { ...approved, approval_expires_at: '2026-11-10T10:05:00Z' },
      { bypass_calls: 1, late_calls: 1 },
    ],
    'on an approval that was used before': [
      { ...approved, approval_uses: 2 },
      { bypass_calls: 1, reused_calls: 1 },
    ],
    'approved for other arguments': [
      { ...approved, approval_id: 'ap-1', arguments_hash: 'hash-2' },
      { bypass_calls: 1, other_arguments_calls: 1 },
    ],
    'approved for these arguments': [
      { ...approved, approval_id: 'ap-1', arguments_hash: 'hash-1' },
      { bypass_calls: 0, other_arguments_calls: 0 },
    ],
    'the evidence says not required, the inventory says required': [
      { ...approved, evidence_approval_required: false, evidence_approval_result: 'not_required' },
      { bypass_calls: 1, contradicted_calls: 1 },
    ],
    'approved, and nobody knows when': [
      { ...run, evidence_approval_result: 'approved' },
      { bypass_calls: 0, unprovable_calls: 1 },
    ],
    'in time by one of the two clocks only': [
      { ...approved, approval_decided_at: '2026-11-10T10:05:01Z', clock_skew_ms: -2_000 },
      { bypass_calls: 0, late_calls: 0, unprovable_calls: 1 },
    ],
    'late by both clocks': [
      { ...approved, approval_decided_at: '2026-11-10T10:05:03Z', clock_skew_ms: -2_000 },
      { bypass_calls: 1, late_calls: 1, unprovable_calls: 0 },
    ],
    'whether it ran is not known': [
      { ...run, executed: null },
      { bypass_calls: 0, unprovable_calls: 1 },
    ],
  } as const;

  test.each(Object.entries(cases))('%s', async (_, [fields, expected]) => {
    await insert(store, 'correlated_calls', [call(1, fields)]);

    expect(await ask('approvals_by_tool')).toMatchObject([
      { tool_class: 'destructive', calls: 1, ...expected },
    ]);
  });

  test('a tool that needs none and got none is not listed', async () => {
    await insert(store, 'correlated_calls', [call(1, { executed: true })]);

    expect(await ask('approvals_by_tool')).toEqual([]);
  });
});

test('a challenge is neither success nor failure of authentication', async () => {
  const attempt = (n: number, auth_outcome: string, weight = 1) => ({
    event_id: uuid(n),
    timestamp: '2026-11-10T10:00:00Z',
    server_id: 'weather',
    auth_outcome,
    weight,
  });
  await insert(store, 'auth_attempts', [
    attempt(1, 'success', 3),
    attempt(2, 'failure'),
    attempt(3, 'challenge', 50),
    attempt(4, 'rate_limited'),
  ]);

  expect(await ask('auth_attempts_by_server')).toMatchObject([
    { attempts: 55, success: 3, failure: 1, challenge: 50, rate_limited: 1, success_ratio: 0.75 },
  ]);
});

test('agents are counted by how they are known', async () => {
  await insert(store, 'agents', [
    { agent_id: 'a-1', display_name: 'helpdesk', is_known: true, origin: 'i' },
  ]);
  await insert(store, 'correlated_calls', [
    call(1, { outcome: 'failure' }),
    call(2, { outcome: 'denied', tool_name: 'get_map', weight: 2 }),
    call(3, { agent_id: null, agent_id_source: 'none', gateway_seen: false }),
  ]);

  expect(await ask('calls_by_agent')).toMatchObject([
    {
      agent: 'helpdesk',
      is_known: true,
      calls: 3,
      failed_calls: 1,
      denied_calls: 2,
      tools: 2,
      bypass_calls: 0,
    },
    { agent: '(unattributed)', is_known: false, calls: 1, bypass_calls: 1 },
  ]);
  expect(await ask('denied_by_agent')).toMatchObject([
    { agent: 'helpdesk', tool_name: 'get_map', denied_calls: 2 },
  ]);
  expect(
    (await ask('tools_by_agent')).map((row) => [row['agent'], row['tool_name'], row['calls']]),
  ).toEqual([
    ['helpdesk', 'get_map', 2],
    ['(unattributed)', 'get_forecast', 1],
    ['helpdesk', 'get_forecast', 1],
  ]);
});

describe('with events', () => {
  const event = (n: number, fields = {}) => ({
    event_id: uuid(n),
    item_no: 0,
    source_table: 'ApiManagementGatewayLogs',
    source_rank: 1,
    content_hash: n,
    batch_id: 1,
    record_no: n,
    layer: 'gateway',
    kind: 'request',
    occurred_at: '2026-11-10T10:00:00Z',
    weight: 1,
    ...fields,
  });

  test('the evidence of a call is what it names, by its id or an earlier one', async () => {
    await insert(store, 'events', [
      event(11, { occurred_at: '2026-11-10T10:00:01Z' }),
      event(12, { layer: 'server' }),
      event(13),
    ]);
    await insert(store, 'correlated_calls', [call(1, { event_ids: `${uuid(11)},${uuid(12)}` })]);
    await insert(store, 'call_aliases', [{ alias_id: uuid(50), call_id: uuid(1) }]);

    for (const id of [uuid(1), uuid(50)]) {
      const rows = await ask('events_of_call', { call: id });
      expect(rows.map(({ event_id }) => event_id)).toEqual([uuid(12), uuid(11)]);
    }
    expect(await ask('events_of_call', { call: 'x' })).toEqual([]);
  });

  test('a pivot shows what was seen beside an address, in calls, attempts and sign-ins', async () => {
    await insert(store, 'correlated_calls', [
      call(1, { caller_ip: '203.0.113.7', session_key: 's-1', outcome: 'failure' }),
      call(2, { caller_ip: '203.0.113.8', session_key: 's-2' }),
    ]);
    await insert(store, 'auth_attempts', [
      {
        event_id: uuid(3),
        timestamp: '2026-11-10T09:00:00Z',
        caller_ip: '203.0.113.7',
        agent_id: 'a-7',
        auth_outcome: 'failure',
        weight: 1,
      },
    ]);
    await insert(store, 'events', [
      event(4, {
        layer: 'identity',
        kind: 'sign_in',
        caller_ip: '203.0.113.7',
        caller_identity: 'ann@contoso.com',
        is_success: true,
      }),
    ]);

    const rows = await ask('pivot', { ...READABLE, id: '203.0.113.7' });
    expect(
      rows.map((row) => [
        row['facet'],
        row['value'],
        row['tool_calls'],
        row['auth_attempts'],
        row['sign_ins'],
        row['failures'],
      ]),
    ).toEqual([
      ['agent', 'a-1', 1, 0, 0, 1],
      ['agent', 'a-7', 0, 1, 0, 1],
      ['caller', 'ann@contoso.com', 1, 0, 1, 1],
      ['ip', '203.0.113.7', 1, 1, 1, 2],
      ['server', 'weather', 1, 0, 0, 1],
      ['session', 's-1', 1, 0, 0, 1],
      ['tool', 'get_forecast', 1, 0, 0, 1],
    ]);
    expect((await ask('pivot', { ...READABLE, id: uuid(2) })).map(({ value }) => value)).toContain(
      '203.0.113.8',
    );
  });

  test('sign-ins are tokens, by agent and caller', async () => {
    const signIn = {
      layer: 'identity',
      kind: 'sign_in',
      agent_id: 'a-1',
      caller_identity: 'ann@contoso.com',
    };
    await insert(store, 'events', [
      event(1, { ...signIn, is_success: true, result_code: '0' }),
      event(2, { ...signIn, is_success: false, result_code: '50126' }),
      event(3, {
        ...signIn,
        is_success: false,
        result_code: '53003',
        occurred_at: '2026-11-11T00:00:00Z',
      }),
    ]);

    expect(await ask('sign_ins_by_agent')).toMatchObject([
      { agent: 'a-1', sign_ins: 3, failed_sign_ins: 2, last_error_code: '53003' },
    ]);
  });
});
