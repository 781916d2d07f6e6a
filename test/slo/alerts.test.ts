import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verdictReasons } from '../../reports/verdicts.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { changed, example, LATENCY, load } from './documents.ts';
import { AT, ago, DAY, insertEvents, insertLife, insertManyCalls } from './rows.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertLife(store, ['gateway', 'server']);
  await insertManyCalls(store, 3_000, { timestamp: ago(10 * DAY) });
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

const SLOW = { latency_ms: 5_000 };

async function judged(text = LATENCY): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, load(text), { at: AT });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

const stateOf = ({ burnPairs }: ObjectiveJudgement, rule = 'page-quick') =>
  burnPairs.find(({ name }) => name === rule)?.state;

describe('an alert that fired when telemetry went away', () => {
  beforeEach(() => insertManyCalls(store, 100, { ...SLOW, timestamp: ago(62) }));

  test('is frozen, not over, and what is blinded is said', async () => {
    const judgement = await judged();

    expect(judgement.burnPairs[0]).toMatchObject({
      name: 'page-quick',
      state: 'frozen',
      frozenAt: ago(60),
      longBurnRate: null,
    });
    expect(judgement).toMatchObject({
      state: 'at_risk',
      blindness: {
        state: 'no_telemetry',
        source: 'tool_calls',
        since: ago(62).replace('.000', ''),
        blinds: ['latency'],
      },
    });
    expect(verdictReasons([judgement, judgement])).toContain(
      `No telemetry of tool_calls since ${ago(62).replace('.000', '')}. Blind: latency.\n\nlatency: at risk.`,
    );
    expect(verdictReasons([judgement])).toContain(
      `  ! page page-quick: frozen; it fired when rows were last seen, at ${ago(60)}\n`,
    );
  });

  test('is frozen too where only its own calls stay away, and nothing is blind', async () => {
    await insertEvents(store, [{ occurred_at: ago(1) }]);
    const judgement = await judged();

    expect([stateOf(judgement), judgement.blindness]).toEqual(['frozen', null]);
  });

  test('is not frozen where it was over before', async () => {
    await insertManyCalls(store, 10, { timestamp: ago(55) });

    expect(stateOf(await judged())).toBe('unknown');
  });

  test('fires by itself again once there are rows', async () => {
    await insertManyCalls(store, 3, { ...SLOW, timestamp: ago(1) });

    expect(stateOf(await judged())).toBe('firing');
  });

  test('of slices of time is frozen likewise', async () => {
    const slices = changed(
      changed(LATENCY, 'budgetingMethod: Occurrences', 'budgetingMethod: Timeslices'),
      '      target: 0.95\n',
      '      target: 0.95\n      timeSliceTarget: 0.99\n      timeSliceWindow: 1m\n',
    );
    for (const minutes of [63, 64]) {
      await insertManyCalls(store, 1, { ...SLOW, timestamp: ago(minutes) });
    }

    expect((await judged(slices)).burnPairs[0]).toMatchObject({
      state: 'frozen',
      frozenAt: ago(61),
    });
  });
});

test('a verdict without any telemetry is blind, and one alert names all that are', async () => {
  await store.run('delete from events');
  await store.run('delete from correlated_calls');
  const definitions = { definitions: [...example('unapproved-servers').definitions], warnings: [] };
  const both = [...load(LATENCY).definitions, ...definitions.definitions];
  const judgements = await judgeAll(store, { ...definitions, definitions: both }, { at: AT });

  expect(judgements.map(({ blindness }) => blindness)).toEqual([
    { state: 'no_telemetry', source: 'tool_calls', since: null, blinds: ['latency'] },
    {
      state: 'no_telemetry',
      source: 'server_registration',
      since: null,
      blinds: ['unapproved-servers'],
    },
  ]);
});

const paging = (annotation: string) =>
  changed(
    LATENCY,
    '  objectives:',
    `  alertPolicies:
    - kind: AlertPolicy
      metadata:
        name: page
        annotations: { ${annotation} }
      spec:
        conditions:
          - kind: AlertCondition
            metadata: { name: fast }
            spec:
              severity: page
              condition: { kind: burnrate, op: gt, threshold: 10, lookbackWindow: 1h }
        notificationTargets:
          - targetRef: pager
  objectives:`,
  );

test('an alert over the period asks how many are bad for what there is on average', async () => {
  await insertManyCalls(store, 9, { ...SLOW, timestamp: ago(1) });
  const over = paging('slo.mcp/denominator: period');
  // 9 bad of 3,009 * 0.05 in 30 d: 43.1 times too fast over an hour, 517 times over five minutes.
  expect(await judged(over)).toMatchObject({
    state: 'at_risk',
    burnPairs: [
      { state: 'firing', denominator: 'period', longBurnRate: 9 / (0.05 * (3_009 / 720)) },
    ],
  });
  expect(verdictReasons([await judged(over)])).toContain(
    "  ! page page: burns at 43.1 over 1h and 516.8 over 5m, the limit is 10 (of the window's average traffic)\n",
  );
  expect(() =>
    load(
      changed(
        over,
        'isRolling: true',
        'isRolling: false\n      calendar: { startTime: "2026-01-01 00:00:00", timeZone: UTC }',
      ),
    ),
  ).toThrow(/average traffic of a calendar window is not known/);
});

test('a guard against little traffic holds an alert back, and is shown', async () => {
  await insertManyCalls(store, 9, { ...SLOW, timestamp: ago(1) });
  const guarded = (least: number) => paging(`slo.mcp/min-events: "${least}"`);

  expect(stateOf(await judged(guarded(9)), 'page')).toBe('firing');
  expect(verdictReasons([await judged(guarded(10))])).toContain(
    '  ~ page page: held back; burns at 20.0 over 1h and 20.0 over 5m, the limit is 10, of 9 rows with 9 bad, where 10 with 3 bad are asked for\n',
  );
});

const BUDGET = changed(
  LATENCY,
  '    slo.mcp/min-events',
  `    slo.mcp/budget-alerts: 50%,75%
    slo.mcp/exhaustion-alert: 2d
    slo.mcp/budget-drop-alerts: 25% in 1h,60% in 24h
    slo.mcp/min-events`,
);

describe('alerts on a budget', () => {
  const alerts = async (text = BUDGET) =>
    (await judged(text)).budgetAlerts.map(({ kind, limit, state }) => [kind, limit, state]);

  test('fire at their limit, in exact integers', async () => {
    // 80 bad of 3,200 are half of the 160 that are allowed.
    await insertManyCalls(store, 120, { timestamp: ago(2) });
    await insertManyCalls(store, 80, { ...SLOW, timestamp: ago(2) });

    expect(await alerts()).toEqual([
      ['consumed', '50 %', 'firing'],
      ['consumed', '75 %', 'quiet'],
      ['exhaustion', 'in 2d', 'firing'],
      ['drop', '25 % in 1h', 'firing'],
      ['drop', '60 % in 1d', 'quiet'],
    ]);
    const reasons = verdictReasons([await judged(BUDGET)]);
    expect(reasons).toContain('  ! budget: 50 % is used, the limit is 50 %\n');
    expect(reasons).toContain('  ! budget: 50 % went, the limit is 25 % in 1h\n');
  });

  test('are not known where nothing was measured', async () => {
    expect(await alerts()).toEqual([
      ['consumed', '50 %', 'quiet'],
      ['consumed', '75 %', 'quiet'],
      ['exhaustion', 'in 2d', 'unknown'],
      ['drop', '25 % in 1h', 'unknown'],
      ['drop', '60 % in 1d', 'unknown'],
    ]);
  });

  test('on what is used are those of every objective, unless it says none', async () => {
    expect((await alerts(LATENCY)).map(([, limit]) => limit)).toEqual([
      '50 %',
      '75 %',
      '90 %',
      '100 %',
    ]);
    expect(await alerts(changed(BUDGET, '50%,75%', 'none'))).toHaveLength(3);
  });

  test.each([
    ['50%,75%', 'half', "'metadata.annotations.slo.mcp/budget-alerts' must match pattern"],
    ['60% in 24h', '60% in 31d', 'the lookback 31d is longer than the time window'],
  ])('with %s as %s are refused', (from, to, problem) => {
    expect(() => load(changed(BUDGET, from, to))).toThrow(problem);
  });
});
