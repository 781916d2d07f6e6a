import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDefinitions } from '../../slo/definitions.ts';
import { evidenceEnd } from '../../slo/evidence-end.ts';
import { sloExitState } from '../../slo/exit-state.ts';
import { checkDefinitions, judgeAll } from '../../slo/judge.ts';
import type { Judgement, ObjectiveJudgement } from '../../slo/judgement.ts';
import { recordVerdicts } from '../../slo/record.ts';
import { Store } from '../../store/store.ts';
import { changed, example, examples, LATENCY, load, SHIPPED } from './documents.ts';
import {
  AT,
  ago,
  type Fields,
  insert,
  insertAttempts,
  insertCalls,
  insertInventory,
  insertLife,
  insertManyCalls,
} from './rows.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const states = (judgements: readonly Judgement[]) =>
  Object.fromEntries(judgements.map(({ slo, state }) => [slo, state]));

async function objective(slo: string): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, example(slo), { at: AT });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

test('an empty store meets nothing', async () => {
  const judgements = await judgeAll(store, examples(), { at: AT });

  expect(states(judgements)).toEqual({
    'approval-bypass': 'not_provable',
    'auth-success': 'insufficient_data',
    'body-logging': 'not_provable',
    'read-only-latency': 'insufficient_data',
    'unowned-agents': 'not_provable',
    'write-latency': 'insufficient_data',
  });
  expect(sloExitState(judgements)).toBe('not_verified');
  expect(await evidenceEnd(store, AT)).toBeNull();
});

test('every field that the shipped definitions name is there', async () => {
  const shipped = loadDefinitions(SHIPPED);

  await expect(checkDefinitions(store, shipped)).resolves.toBeUndefined();
  expect(shipped.warnings).toEqual([]);
  expect(shipped.definitions.map(({ slo }) => `${slo}.yaml`)).toEqual(
    SHIPPED.map((path) => basename(path)).filter((name) => !/^(alerting|services)\./.test(name)),
  );
});

test('a field that is not there shows without any rows, with file and line', async () => {
  const text = changed(LATENCY, 'field: tool_name', 'field: tool');

  await expect(checkDefinitions(store, load(text))).rejects.toThrow(
    /slo\.yaml:29: the source 'tool_calls' has no column 'tool'\.$/,
  );
});

/** A month in which all is well. */
async function insertGoodMonth(): Promise<void> {
  await insertInventory(store);
  await insertLife(store, ['gateway', 'server', 'approval', 'config']);
  await insertManyCalls(store, 200, { gateway_latency_ms: 100, region: 'West Europe' });
  await insertManyCalls(store, 200, { tool_name: 'update', latency_ms: 3_000 });
  await store.run(
    `insert into auth_attempts (event_id, "timestamp", server_id, environment, auth_outcome, weight)
     select uuid(), $at, 'server-1', 'production', 'success', 1 from range(2000)`,
    { at: ago(5) },
  );
  await insert(store, 'gateway_settings', [
    {
      gateway: 'apim-1',
      diagnostic_id: 'azuremonitor',
      observed_at: ago(60),
      fronts_mcp: true,
      response_body_bytes: 0,
    },
  ]);
}

describe('a month in which all is well', () => {
  beforeEach(insertGoodMonth);

  test('meets all six, and writes nothing', async () => {
    const judgements = await judgeAll(store, examples(), { at: AT });

    expect(new Set(Object.values(states(judgements)))).toEqual(new Set(['met']));
    expect(sloExitState(judgements)).toBe('met');
    expect(await store.rows('from slo_verdicts')).toEqual([]);
    expect(await store.rows('from control_verdicts')).toEqual([]);
  });

  test('judged twice gives the same, and is JSON', async () => {
    const once = await judgeAll(store, examples(), { at: AT });
    const twice = await judgeAll(store, examples(), { at: AT });

    expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  });

  test('a window that ends with the evidence holds all of it', async () => {
    await insertCalls(store, [{ timestamp: '2026-11-20T10:00:00.999999Z' }]);

    expect(await evidenceEnd(store, AT)).toEqual(new Date('2026-11-20T10:00:01Z'));
  });

  test('a record of a time that has not come moves no window, unless there is no other', async () => {
    await insertCalls(store, [{ timestamp: '2031-01-01T00:00:00Z' }]);
    const endOf = async (now: string) => (await evidenceEnd(store, new Date(now)))?.getTime();

    expect(await endOf('2026-11-20T00:00:00Z')).toBe(AT.getTime() - 59_000);
    expect(await endOf('2030-12-31T00:00:00Z')).toBe(AT.getTime() - 59_000);
    expect(await endOf('2030-12-31T00:00:01Z')).toBe(Date.parse('2031-01-01T00:00:01Z'));
    expect(await endOf('2001-01-01T00:00:00Z')).toBe(Date.parse('2031-01-01T00:00:01Z'));
  });

  test('verdicts are kept only when asked to', async () => {
    const judgements = await judgeAll(store, examples(), { at: AT });

    await recordVerdicts(store, judgements, { judgedAt: AT });

    expect(
      await store.rows(
        'select slo, objective, state, target_ppm, good, bad, in_scope, window_to from slo_verdicts order by slo',
      ),
    ).toEqual([
      {
        slo: 'auth-success',
        objective: '99.9 % let in',
        state: 'met',
        target_ppm: 999_000,
        good: 2_000,
        bad: 0,
        in_scope: 2_000,
        window_to: '2026-11-20T00:00:00Z',
      },
      expect.objectContaining({ slo: 'read-only-latency', good: 200, target_ppm: 950_000 }),
      expect.objectContaining({ slo: 'write-latency', good: 200 }),
    ]);
    expect(
      await store.rows(
        'select slo, state, population, classified, violating, unobservable from control_verdicts order by slo',
      ),
    ).toEqual([
      {
        slo: 'approval-bypass',
        state: 'met',
        population: 0,
        classified: 0,
        violating: 0,
        unobservable: 0,
      },
      {
        slo: 'body-logging',
        state: 'met',
        population: 1,
        classified: 1,
        violating: 0,
        unobservable: 0,
      },
      {
        slo: 'unowned-agents',
        state: 'met',
        population: 1,
        classified: 1,
        violating: 0,
        unobservable: 0,
      },
    ]);
  });

  const calls: Readonly<Record<string, readonly [string, Fields, string, string]>> = {
    'another region is out of scope': [
      'read-only-latency',
      { region: 'East US' },
      'inScope',
      '200',
    ],
    'an unknown region counts': ['read-only-latency', { region: null }, 'assumed:same-region', '1'],
    'a refused call is excluded': [
      'read-only-latency',
      { outcome: 'denied', region: 'West Europe' },
      'excluded:refused',
      '1',
    ],
    'a failure without an answer is slow': [
      'read-only-latency',
      { outcome: 'failure', latency_ms: null, region: 'West Europe' },
      'bad',
      '1',
    ],
    '1500 ms is not below 1500 ms': [
      'read-only-latency',
      { latency_ms: 1_500, region: 'West Europe' },
      'bad',
      '1',
    ],
    'a write is judged without its approval': [
      'write-latency',
      {
        tool_name: 'update',
        latency_ms: 60_000,
        approval_wait_ms: 58_000,
        evidence_approval_required: true,
      },
      'good',
      '201',
    ],
    'a write whose approval wait is unknown is unmeasurable': [
      'write-latency',
      { tool_name: 'update', latency_ms: 60_000, evidence_approval_required: true },
      'unmeasurable:value-missing',
      '1',
    ],
    'a write that somebody decided about while it ran, nobody says for how long, is unmeasurable': [
      'write-latency',
      {
        tool_name: 'update',
        timestamp: ago(2),
        latency_ms: 60_000,
        approval_decided_at: ago(1.5),
      },
      'unmeasurable:value-missing',
      '1',
    ],
    'a write that was decided about before it came is judged': [
      'write-latency',
      {
        tool_name: 'update',
        timestamp: ago(2),
        latency_ms: 60_000,
        approval_decided_at: ago(2),
      },
      'bad',
      '1',
    ],
    'a write that was not approved is excluded': [
      'write-latency',
      { tool_name: 'update', latency_ms: 60_000, evidence_approval_result: 'denied' },
      'excluded:not-approved',
      '1',
    ],
    'a wait longer than the call is not believed': [
      'write-latency',
      {
        tool_name: 'update',
        latency_ms: 10,
        approval_wait_ms: 20,
        evidence_approval_required: true,
      },
      'unmeasurable:value-invalid',
      '1',
    ],
  };

  test.each(Object.entries(calls))('%s', async (_, [slo, call, what, rows]) => {
    await insertCalls(store, [call]);

    const judgement = await objective(slo);
    const [kind = '', id] = what.split(':');
    const found = judgement[kind as 'excluded' | 'unmeasurable' | 'assumed'];
    const counted = id === undefined ? found : [...found].find((rule) => rule.id === id);

    expect(String((counted as unknown as { rows: number }).rows)).toBe(rows);
  });

  const attempts: Readonly<Record<string, readonly [Fields, string]>> = {
    'a challenge is not a failure': [{ auth_outcome: 'challenge' }, 'excluded:oauth-challenge'],
    'a quota is not a failure': [{ auth_outcome: 'rate_limited' }, 'excluded:rate-limited'],
    'a failure is bad': [{ auth_outcome: 'failure' }, 'bad:bad'],
    'an unknown outcome is unmeasurable': [
      { auth_outcome: 'unknown' },
      'unmeasurable:outcome-unknown',
    ],
    'an unknown environment is unmeasurable': [
      { auth_outcome: 'failure', environment: null },
      'unmeasurable:environment-unknown',
    ],
  };

  test.each(Object.entries(attempts))('%s', async (_, [attempt, where]) => {
    await insertAttempts(store, [attempt, { auth_outcome: 'failure', environment: 'test' }]);

    const { excluded, unmeasurable, bad, inScope } = await objective('auth-success');
    const places = {
      bad: [{ id: 'bad', rows: bad.rows }],
      excluded,
      unmeasurable,
    };
    const holding = Object.entries(places).flatMap(([kind, rules]) =>
      rules.filter(({ rows }) => rows === 1).map(({ id }) => `${kind}:${id}`),
    );

    expect(inScope.rows).toBe(2_001);
    expect(holding).toEqual([where]);
  });

  test('a breach wins over all else', async () => {
    await insertManyCalls(store, 500, { latency_ms: 2_000, region: 'West Europe' });
    await insertCalls(store, [{ tool_name: 'mystery', executed: true }]);

    const judgements = await judgeAll(store, examples(), { at: AT });

    expect(states(judgements)).toMatchObject({
      'read-only-latency': 'breached',
      'approval-bypass': 'not_provable',
      'auth-success': 'met',
    });
    expect(sloExitState(judgements)).toBe('breached');
    expect((await objective('read-only-latency')).percentile).toEqual({
      share: 0.95,
      value: 2_000,
      method: 'weighted nearest rank',
    });
  });
});

test('what a definition lets pass does not hold the gate up', () => {
  const judgement = { state: 'not_provable', onInconclusive: 'fail' } as Judgement;

  expect(sloExitState([judgement])).toBe('not_verified');
  expect(sloExitState([{ ...judgement, onInconclusive: 'warn' }])).toBe('met');
  expect(sloExitState([{ ...judgement, state: 'breached', onInconclusive: 'pass' }])).toBe(
    'breached',
  );
  expect(sloExitState([{ ...judgement, state: 'at_risk' }])).toBe('met');
  expect(sloExitState([])).toBe('not_verified');
});
