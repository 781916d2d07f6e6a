import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ControlJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { changed, example, load } from './documents.ts';
import {
  AT,
  ago,
  type Fields,
  insert,
  insertCalls,
  insertInventory,
  insertLife,
  uuid,
} from './rows.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await insertLife(store, ['gateway', 'server', 'approval']);
});
afterEach(() => store.close());

async function judged(): Promise<ControlJudgement> {
  const [judgement] = await judgeAll(store, example('approval-bypass'), { at: AT });
  if (judgement?.kind !== 'control') throw new Error('not a control');
  return judgement;
}

/** A destructive call that was approved in time, once, for what it did. */
const APPROVED: Fields = {
  tool_name: 'delete',
  executed: true,
  execution_started_at: ago(10),
  approval_id: 'approval-1',
  evidence_approval_required: true,
  evidence_approval_result: 'approved',
  approval_decided_at: ago(11),
  approval_expires_at: ago(5),
  approval_uses: 1,
  arguments_hash: 'keyed:aaaa',
};

type Standing = readonly ['met' | 'breached' | 'not_provable', string | null];

const calls: Readonly<Record<string, readonly [Fields, Standing]>> = {
  'approved in time': [{}, ['met', null]],
  'approved in the moment it began': [{ approval_decided_at: ago(10) }, ['met', null]],
  'approved without an end': [{ approval_expires_at: null }, ['met', null]],
  "in time by a clock of the server that is a minute ahead, and late by the gateway's": [
    { approval_decided_at: ago(10.5), clock_skew_ms: 60_000 },
    ['not_provable', 'clocks-apart'],
  ],
  "late by a clock of the server that is a minute behind, and in time by the gateway's": [
    { approval_decided_at: ago(9.5), clock_skew_ms: -60_000 },
    ['not_provable', 'clocks-apart'],
  ],
  'expired by one of two clocks': [
    { approval_expires_at: ago(10.5), clock_skew_ms: 60_000 },
    ['not_provable', 'clocks-apart'],
  ],
  'in time by both clocks': [{ clock_skew_ms: 30_000 }, ['met', null]],
  'decided while the server waited, by its own clock': [
    { approval_decided_at: ago(10), clock_skew_ms: 60_000 },
    ['met', null],
  ],
  'late by both clocks': [
    { approval_decided_at: ago(8), clock_skew_ms: -60_000 },
    ['breached', 'approved-late'],
  ],
  'approved, uses and arguments not known': [
    { approval_uses: null, arguments_hash: null },
    ['met', null],
  ],
  'no approval at all': [
    {
      evidence_approval_required: null,
      evidence_approval_result: null,
      approval_decided_at: null,
      approval_id: null,
      approval_uses: null,
    },
    ['breached', 'no-approval'],
  ],
  'run as if none were required': [
    { evidence_approval_required: false, evidence_approval_result: 'not_required' },
    ['breached', 'declared-not-required'],
  ],
  'approved, yet declared as not required against the inventory': [
    { evidence_approval_required: false },
    ['breached', 'declared-not-required'],
  ],
  'denied and run': [{ evidence_approval_result: 'denied' }, ['breached', 'not-approved']],
  'run after nobody answered': [
    { evidence_approval_result: 'expired' },
    ['breached', 'not-approved'],
  ],
  'approved afterwards': [{ approval_decided_at: ago(9) }, ['breached', 'approved-late']],
  'approved, and expired before': [
    { approval_decided_at: ago(60), approval_expires_at: ago(30) },
    ['breached', 'approval-expired'],
  ],
  'expired in the moment it began': [
    { approval_expires_at: ago(10) },
    ['breached', 'approval-expired'],
  ],
  'approved once, used twice': [{ approval_uses: 2 }, ['breached', 'approval-reused']],
  'approved for other arguments': [
    { arguments_hash: 'keyed:bbbb' },
    ['breached', 'other-arguments'],
  ],
  'approved with a hash of another kind': [{ arguments_hash: 'sha256-of-yours' }, ['met', null]],
  'denied and not run is compliance': [
    { executed: false, evidence_approval_result: 'denied' },
    ['met', null],
  ],
  'whether it ran is not known': [{ executed: null }, ['not_provable', 'execution-unknown']],
  'when it ran is not known': [{ execution_started_at: null }, ['not_provable', 'order-unknown']],
  'when it was approved is not known': [
    { approval_decided_at: null },
    ['not_provable', 'order-unknown'],
  ],
  'when is not known, and used twice all the same': [
    { execution_started_at: null, approval_uses: 2 },
    ['breached', 'approval-reused'],
  ],
  'a tool in no inventory': [{ tool_name: 'mystery' }, ['not_provable', 'unclassified-tool']],
  'a tool in no inventory that was stopped': [
    { tool_name: 'mystery', executed: false },
    ['met', null],
  ],
  'a server in no inventory': [{ server_id: 'server-9' }, ['not_provable', 'environment-unknown']],
  'a read-only tool needs no approval': [
    { tool_name: 'search', evidence_approval_result: null },
    ['met', null],
  ],
  'a call before the window': [
    { timestamp: ago(31 * 1_440), evidence_approval_result: null },
    ['met', null],
  ],
};

describe('a destructive call', () => {
  test.each(Object.entries(calls))('%s', async (_, [facts, [state, rule]]) => {
    await insert(store, 'approvals', [
      { event_id: uuid(), approval_id: 'approval-1', arguments_hash: 'keyed:aaaa' },
    ]);
    await insertCalls(store, [{ ...APPROVED, ...facts }]);

    const judgement = await judged();
    const unobservable = judgement.unobservableBy.filter(({ subjects }) => subjects > 0);

    expect(judgement.state).toBe(state);
    expect(judgement.violations.map(({ finding }) => finding)).toEqual(
      state === 'breached' ? [rule] : [],
    );
    expect(unobservable.map(({ id }) => id)).toEqual(state === 'not_provable' ? [rule] : []);
  });
});

test('a bypass is listed with its call, its times and its evidence', async () => {
  const call_id = uuid();
  await insertCalls(store, [
    { ...APPROVED },
    { ...APPROVED, call_id, timestamp: ago(10), evidence_approval_result: 'denied' },
    { ...APPROVED, executed: null },
  ]);

  expect(await judged()).toMatchObject({
    state: 'breached',
    reason: '1 of 3 violate.',
    population: 3,
    classified: 2,
    violating: 1,
    unobservable: 1,
    violationsNotListed: 0,
    violations: [
      {
        subject: { call_id },
        finding: 'not-approved',
        explanation: 'ran although the approval was denied or had run out',
        firstSeenAt: ago(10).replace('.000', ''),
        lastSeenAt: ago(10).replace('.000', ''),
        rows: 1,
        evidence: {
          agent_id: 'agent-1',
          tool_name: 'delete',
          approval_result: 'denied',
          approval_uses: '1',
        },
      },
    ],
  });
});

test('no destructive call in complete telemetry is compliance, and says so', async () => {
  expect(await judged()).toMatchObject({
    state: 'met',
    reason: 'Nothing that could violate was seen, in complete telemetry.',
    population: 0,
    dataState: 'no_traffic',
  });
});

test('a policy may ask that nobody approves their own call', async () => {
  const text = readFileSync(packagePath('examples/slos/approval-bypass.yaml'), 'utf8');
  const strict = changed(
    text,
    '                  - { field: is_contradicted, op: eq, value: false }\n                  - { field: approval_decided_at,',
    '                  - { field: is_contradicted, op: eq, value: false }\n                  - not: [{ field: is_self_approved, op: eq, value: true }]\n                  - { field: approval_decided_at,',
  );
  const approvers = { 'approval-1': 'Caller-1', 'approval-2': 'other', 'approval-3': 'ana@x' };
  for (const [approval_id, approver] of Object.entries(approvers)) {
    await insert(store, 'approvals', [{ ...DECISION, event_id: uuid(), approval_id, approver }]);
    await insertCalls(store, [{ ...APPROVED, approval_id }]);
  }
  const [judgement] = await judgeAll(store, load(strict), { at: AT });
  if (judgement?.kind !== 'control') throw new Error('not a control');

  expect(judgement).toMatchObject({ state: 'breached', population: 3, violating: 1 });
  expect(judgement.violations[0]?.evidence).toMatchObject({
    approval_id: 'approval-1',
    approver: 'Caller-1',
  });
  expect((await judged()).state).toBe('met');
});

/** What decides on the approval of an `APPROVED` call. */
const DECISION: Fields = {
  approval_id: 'approval-1',
  approval_result: 'approved',
  approval_decided_at: ago(11),
  approver: 'ana@x',
};

/** Decisions on the approval of one call, and what the control says of it. */
const decisions: Readonly<Record<string, readonly [readonly Fields[], Standing]>> = {
  'of this tool, agent, session and arguments': [
    [
      {
        tool_name: 'delete',
        agent_id: 'Agent-1',
        mcp_session_id: 'session-1',
        arguments_hash: 'KEYED:AAAA',
      },
    ],
    ['met', null],
  ],
  'of another tool': [[{ tool_name: 'update' }], ['breached', 'other-tool']],
  'of another tool with the same arguments': [
    [{ tool_name: 'update', arguments_hash: 'keyed:aaaa' }],
    ['breached', 'other-tool'],
  ],
  'of the tool with its server in front': [[{ tool_name: 'server-1.delete' }], ['met', null]],
  'of another agent, which may be another name': [
    [{ agent_id: 'agent-2' }],
    ['not_provable', null],
  ],
  'of another session, which may be another name': [
    [{ mcp_session_id: 'session-2' }],
    ['not_provable', null],
  ],
  'of the session as the server names it': [[{ mcp_session_id: 'alias-1' }], ['met', null]],
  'denied for these arguments, then approved for others': [
    [
      { approval_result: 'denied', approval_decided_at: ago(12), arguments_hash: 'keyed:aaaa' },
      { arguments_hash: 'keyed:bbbb' },
    ],
    ['breached', 'other-arguments'],
  ],
  'denied for others, then approved for these': [
    [
      { approval_result: 'denied', approval_decided_at: ago(12), arguments_hash: 'keyed:bbbb' },
      { arguments_hash: 'keyed:aaaa' },
    ],
    ['met', null],
  ],
  'whose arguments stand in another record of it': [
    [{ approval_result: null, approval_decided_at: ago(12), arguments_hash: 'keyed:bbbb' }, {}],
    ['breached', 'other-arguments'],
  ],
};

describe('an approval', () => {
  test.each(Object.entries(decisions))('%s', async (_, [made, [state, finding]]) => {
    const named = { ...APPROVED, mcp_session_id: 'session-1', session_key: 'session-1' };
    await insert(store, 'session_aliases', [{ alias: 'alias-1', session_key: 'session-1' }]);
    await insert(
      store,
      'approvals',
      made.map((each) => ({ ...DECISION, event_id: uuid(), ...each })),
    );
    await insertCalls(store, [named]);

    const judgement = await judged();

    expect(judgement).toMatchObject({ state, population: 1 });
    expect(judgement.violations[0]?.finding ?? null).toBe(finding);
    expect(judgement.unobservable).toBe(state === 'not_provable' ? 1 : 0);
  });

  test('is named by who made the decision that the call rests on', async () => {
    await insert(store, 'approvals', [
      { ...DECISION, event_id: uuid() },
      {
        ...DECISION,
        event_id: uuid(),
        approver: 'bea@x',
        approval_result: 'denied',
        approval_decided_at: ago(10),
      },
    ]);
    const denied = { evidence_approval_result: 'denied', approval_decided_at: ago(10) };
    await insertCalls(store, [{ ...APPROVED, ...denied }]);

    expect((await judged()).violations[0]?.evidence).toMatchObject({
      approver: 'bea@x',
      approval_result: 'denied',
    });
  });
});
