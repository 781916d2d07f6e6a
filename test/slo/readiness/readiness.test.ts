import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readinessText } from '../../../reports/readiness.ts';
import { loadDefinitions } from '../../../slo/definitions.ts';
import type { CriterionCount } from '../../../slo/readiness/counts.ts';
import { CHECKPOINTS, CRITERIA, type Required } from '../../../slo/readiness/criteria.ts';
import { type Doubts, judgeCount } from '../../../slo/readiness/judge-count.ts';
import {
  type CriterionResult,
  judgeReadiness,
  neededControls,
  worstOf,
} from '../../../slo/readiness/readiness.ts';
import { Store } from '../../../store/store.ts';
import { SHIPPED } from '../documents.ts';
import {
  AT,
  ago,
  DAY,
  type Fields,
  insert,
  insertAttempts,
  insertCalls,
  insertEvents,
  insertInventory,
  insertLife,
  uuid,
} from '../rows.ts';

const counted = (satisfied: number, failing: number, unobservable: number): CriterionCount => ({
  criterion: 'x',
  population: satisfied + failing + unobservable,
  satisfied,
  failing,
  unobservable,
  example: 'call-1',
});

const NONE = { all: [], coverage: [] };
const SAMPLED = { all: ['The evidence is sampled.'], coverage: [] };
const UNSEEN = { all: ['Seen in 3 of 30.'], coverage: ['Seen in 3 of 30.'] };
const counts: Readonly<Record<string, readonly [CriterionCount, Required, Doubts, string]>> = {
  'all are so': [counted(5, 0, 0), 'every', NONE, 'met'],
  'all are so, in a sample': [counted(5, 0, 0), 'every', SAMPLED, 'not_provable'],
  'one is not': [counted(5, 1, 3), 'every', NONE, 'breached'],
  'of one nobody knows': [counted(5, 0, 1), 'every', NONE, 'not_provable'],
  'exactly the share that is asked for': [counted(95, 5, 0), { percent: 95 }, NONE, 'met'],
  'a share does not mind a sample': [counted(95, 5, 0), { percent: 95 }, SAMPLED, 'met'],
  'a share of the few days that were seen': [
    counted(95, 5, 0),
    { percent: 95 },
    UNSEEN,
    'not_provable',
  ],
  'one of many, on any day': [counted(1, 7, 0), 'one', UNSEEN, 'met'],
  'one short of it': [counted(94, 6, 0), { percent: 95 }, NONE, 'breached'],
  'short of it, unless the unknown are so': [
    counted(94, 5, 1),
    { percent: 95 },
    NONE,
    'not_provable',
  ],
  'one of many is enough': [counted(1, 7, 0), 'one', SAMPLED, 'met'],
  'none of many': [counted(0, 7, 0), 'one', NONE, 'breached'],
  'none that anybody knows of': [counted(0, 7, 1), 'one', NONE, 'not_provable'],
  'nothing there': [counted(0, 0, 0), 'every', NONE, 'insufficient_data'],
};

test.each(Object.entries(counts))('%s', (_, [count, required, doubts, state]) => {
  expect(judgeCount(count, required, 'call', doubts).state).toBe(state);
});

test('one criterion that does not hold is not made up for by another', () => {
  expect(worstOf(['met', 'not_provable', 'breached'])).toBe('breached');
  expect(worstOf(['met', 'insufficient_data', 'at_risk'])).toBe('insufficient_data');
  expect(worstOf([])).toBe('insufficient_data');
});

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await store.run("update servers set approved = true, cost_center = 'CC-1'");
  await insertLife(store, ['gateway', 'server', 'approval', 'config'], 60);
  await insert(store, 'gateway_settings', [
    {
      gateway: '/apim-1',
      diagnostic_id: 'azuremonitor',
      observed_at: ago(60),
      fronts_mcp: true,
      response_body_bytes: 0,
    },
  ]);
  await insertEvents(store, [
    { mcp_method: 'tools/call', server_id: 'server-1', resource_id: '/apim-1' },
  ]);
  await insertAttempts(store, [
    {
      auth_outcome: 'success',
      credential_presented: true,
      http_status: 200,
      inbound_auth: 'oauth2',
    },
  ]);
  await insertCalls(store, [CALL, { ...CALL, timestamp: ago(10 * DAY) }]);
  await insertWrite({});
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

const CALL: Fields = {
  downstream_resource: 'db',
  authorization_mode: 'obo',
  session_key: 'session-1',
  gateway_latency_ms: 100,
  gateway_overhead_ms: 4,
};

/** A destructive call with an approval of its own, and the caller as both sides logged it. */
async function insertWrite(
  call: Fields,
  callers: readonly [string | null, string | null] = ['Ana@x', 'ana@x'],
) {
  const [gateway, server] = [uuid(), uuid()];
  await insertEvents(store, [
    { event_id: gateway, caller_identity: callers[0], server_id: 'server-1' },
    { event_id: server, caller_identity: callers[1], server_id: 'server-1', layer: 'server' },
  ]);
  await insertCalls(store, [
    {
      ...CALL,
      event_ids: `${gateway},${server}`,
      tool_name: 'delete',
      executed: true,
      evidence_approval_result: 'approved',
      approval_decided_at: ago(3),
      execution_started_at: ago(1),
      timestamp: ago(1),
      ...call,
    },
  ]);
}

const DEFINITIONS = loadDefinitions(SHIPPED);

async function judged(criteria = CRITERIA): Promise<readonly CriterionResult[]> {
  const window = { from: ago(30 * DAY), to: AT.toISOString() };
  return judgeReadiness(store, DEFINITIONS, window, criteria);
}

async function criterion(id: string): Promise<CriterionResult | undefined> {
  return (await judged(CRITERIA.filter((each) => each.id === id)))[0];
}

test('the controls that it rests on are shipped', () => {
  const shipped = DEFINITIONS.definitions.map(({ slo }) => slo);

  expect(shipped).toEqual(expect.arrayContaining(neededControls()));
});

test('where all is well, all but what so few calls cannot show is met', async () => {
  const results = await judged();
  const open = results.filter(({ state }) => state !== 'met');

  expect(open.map((each) => [each.criterion, each.state])).toEqual([
    ['objective:auth-success', 'insufficient_data'],
    ['objective:read-only-latency', 'insufficient_data'],
    ['objective:write-latency', 'insufficient_data'],
  ]);
  expect(results.find((each) => each.criterion === 'overhead_per_chain')).toMatchObject({
    measured: '1 of 1: p50 12.0 ms, p95 12.0 ms, p99 12.0 ms',
    p95Ms: 12,
  });
  expect(readinessText(results, CHECKPOINTS)).toMatch(
    /^Inventory before exposure: ready, 5 of 5 criteria hold\n\nOne read-only path: ready, 7 of 7/,
  );
});

test('what is doubted of many criteria is said once, and their mend is not to blame', async () => {
  await insertEvents(store, [{ layer: 'server', weight: 4, server_id: 'server-1' }]);
  const results = await judged();
  const sampled = 'The evidence is sampled, and a zero cannot be proven from a sample.';
  const text = readinessText(results, CHECKPOINTS);

  expect(results.filter(({ doubts }) => doubts.includes(sampled)).length).toBeGreaterThan(5);
  expect(text.split(sampled)).toHaveLength(2);
  expect(text).toMatch(/^In doubt for several criteria\n {2}\[1\] The evidence is sampled/);
  expect(text).toContain(
    '  - Servers have an owner: not provable. All that was seen is so, but: [1]\n' +
      "    What was seen is as it should be; 'coverage' says what is sampled, lost or not observed.",
  );
  expect(results.find((each) => each.criterion === 'servers_owned')?.missing).toContain(sampled);
});

test('a tool in no inventory whose evidence says that it needs an approval is explicit', async () => {
  await insertCalls(store, [{ ...CALL, tool_name: 'mystery', evidence_approval_required: true }]);

  expect((await criterion('approval_explicit'))?.state).toBe('met');
});

type Change = () => Promise<unknown>;
const changes: Readonly<Record<string, readonly [string, Change, string, string]>> = {
  'a server without an owner': [
    'servers_owned',
    () => store.run('update servers set owner = null'),
    'breached',
    '1 of 1 server is not, such as server-1.',
  ],
  'a tool in no inventory': [
    'tools_classified',
    () => insertCalls(store, [{ ...CALL, tool_name: 'mystery' }]),
    'breached',
    '1 of 3 tools is not, such as server-1 mystery.',
  ],
  'a call whose resource nobody logged': [
    'access_path_known',
    () => insertCalls(store, [{ ...CALL, downstream_resource: null, call_id: uuid() }]),
    'not_provable',
    'The evidence does not say of 1 of 4 calls, such as',
  ],
  'two ways in': [
    'auth_consistent',
    () =>
      insertAttempts(store, [
        {
          auth_outcome: 'success',
          credential_presented: true,
          http_status: 200,
          inbound_auth: 'api_key',
        },
      ]),
    'breached',
    '1 of 1 server is not, such as server-1.',
  ],
  'calls that only one side saw': [
    'logs_correlated',
    () => insertCalls(store, [{ ...CALL, server_seen: false }]),
    'breached',
    '1 of 4 calls is not, such as',
  ],
  'a write of which nobody says whether it needs an approval': [
    'approval_explicit',
    () => insertCalls(store, [{ ...CALL, tool_name: 'update' }]),
    'breached',
    '1 of 2 calls is not, such as',
  ],
  'another caller at the server': [
    'caller_preserved',
    () => insertWrite({}, ['ana@x', 'service@x']),
    'breached',
    '1 of 2 calls is not, such as',
  ],
  'a latency that is no number': [
    'latency_measurable',
    () => insertCalls(store, [{ ...CALL, latency_ms: Number.POSITIVE_INFINITY }]),
    'breached',
    '1 of 4 calls is not, such as',
  ],
  'a caller that is a name here and an id there': [
    'caller_preserved',
    () => insertWrite({}, ['ana@x', '7f1d0c52']),
    'not_provable',
    'The evidence does not say of 1 of 2 calls, such as',
  ],
  'a shared key downstream': [
    'identity_scoped',
    () => insertWrite({ authorization_mode: 'api_key' }),
    'breached',
    '1 of 2 calls is not, such as',
  ],
  'an agent that nobody knows': [
    'agents_owned',
    () => insertCalls(store, [{ ...CALL, agent_id: 'stray' }]),
    'breached',
    'unowned-agents: 1 of 2 violate.',
  ],
  'a gateway whose own cost is not known': [
    'overhead_per_call',
    () => insertCalls(store, [{ ...CALL, gateway_overhead_ms: null }]),
    'not_provable',
    'The evidence does not say of 1 of 4 calls.',
  ],
};

describe('a criterion does not hold with', () => {
  test.each(Object.entries(changes))('%s', async (_, [id, change, state, missing]) => {
    await change();

    const result = await criterion(id);

    expect(result?.state, result?.missing).toBe(state);
    expect(result?.missing).toContain(missing);
    expect(result?.mend).not.toBe('');
  });
});
