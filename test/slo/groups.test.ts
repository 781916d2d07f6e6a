import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventsOf } from '../../slo/bad-events.ts';
import type { Objective } from '../../slo/definition.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, insertCalls, insertManyCalls } from './rows.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

async function judged(by: string, details = false): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, load(LATENCY), { at: AT, by, details });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

test('groups have rows of their own, the unknown one too, and add up to the whole', async () => {
  await insertManyCalls(store, 990, { agent_id: 'a', latency_ms: 100 });
  await insertManyCalls(store, 5, { agent_id: 'b', latency_ms: 100 });
  await insertManyCalls(store, 5, { agent_id: 'b', latency_ms: 5_000 });
  await insertManyCalls(store, 5, { agent_id: null, latency_ms: 5_000, weight: 3 });

  const { breakdown, bad, budget, goodRatio } = await judged('agent_id');
  const groups = breakdown?.groups ?? [];

  // The mean of the shares of the groups would be 50 %.
  expect(goodRatio).toBeCloseTo(995 / 1_015, 12);
  expect(
    groups.map(({ value, good: g, bad: b, goodRatio: r, shareOfBad }) => [
      value,
      g,
      b,
      r,
      shareOfBad,
    ]),
  ).toEqual([
    ['(unknown)', 0, 15, 0, 0.75],
    ['b', 5, 5, 0.5, 0.25],
    ['a', 990, 0, 1, 0],
  ]);
  expect(groups.reduce((sum, each) => sum + Number(each.bad), 0)).toBe(bad.weight);
  expect(groups.reduce((sum, each) => sum + (each.shareOfBudget ?? 0), 0)).toBeCloseTo(
    budget?.consumedRatio ?? 0,
    12,
  );
  expect(groups[1]?.lookbacks.find(({ lookback }) => lookback === '1h')?.burnRate).toBe(10);
});

test('a group has the percentile of its own rows, and one that is gone since the window before is named', async () => {
  const rows = [
    ...Array.from({ length: 19 }, () => ({ agent_id: 'a', latency_ms: 100 })),
    { agent_id: 'a', latency_ms: 4_000 },
    ...Array.from({ length: 18 }, (_, index) => ({ agent_id: 'b', latency_ms: 200 + index })),
    { agent_id: 'b', latency_ms: 900, weight: 2 },
    { agent_id: 'c', latency_ms: null, outcome: 'failure' },
    { agent_id: null, latency_ms: 50 },
    { agent_id: 'gone', latency_ms: 50, weight: 3, timestamp: ago(31 * 1_440) },
    { agent_id: 'a', latency_ms: 50, timestamp: ago(31 * 1_440) },
    { agent_id: 'long gone', latency_ms: 50, timestamp: ago(61 * 1_440) },
  ];
  await insertCalls(store, rows);

  const { breakdown, percentileByOutcome } = await judged('agent_id', true);
  const plain = await judged('agent_id');

  expect(breakdown?.groups.map(({ value, percentile }) => [value, percentile])).toEqual([
    ['a', 100],
    ['c', null],
    ['b', 900],
    ['(unknown)', 50],
  ]);
  expect(breakdown?.vanished).toEqual([
    { value: 'gone', inScopeBefore: 3, lastSeenAt: ago(31 * 1_440).replace('.000', '') },
  ]);
  expect([plain.breakdown?.vanished, plain.breakdown?.groups[0]?.percentile]).toEqual([null, null]);
  // What succeeded apart from what failed, and that without a value.
  expect(percentileByOutcome).toEqual({ success: 900, failure: null });
  expect(plain.percentileByOutcome).toBeNull();
});

test('an exclusion says how many of its rows an earlier one has taken', async () => {
  await insertCalls(store, [
    { latency_ms: 10, outcome: 'denied' },
    { latency_ms: 20, outcome: 'denied', http_status: 403 },
    { latency_ms: 30, outcome: 'success', http_status: 403 },
  ]);
  const twice = changed(
    LATENCY,
    '            unmeasurable:',
    `              - id: forbidden
                reason: the gateway said no
                when:
                  - { field: http_status, op: eq, value: 403 }
            unmeasurable:`,
  );

  const [judgement] = await judgeAll(store, load(twice), { at: AT, details: true });

  expect(judgement).toMatchObject({
    excluded: [
      { id: 'refused', rows: 2 },
      { id: 'forbidden', rows: 1 },
    ],
  });
  expect((judgement as ObjectiveJudgement).notes).toContainEqual({
    id: 'exclusions-overlap',
    text: "the exclusion 'forbidden' also holds for 1 of the rows that an earlier one leaves out; there alone they are counted.",
  });
});

test('more values than are listed are one group, with all that is theirs', async () => {
  await store.run(
    `insert into correlated_calls by name
     select uuid() as call_id, $at::timestamptz as "timestamp", 'agent-' || i as agent_id, 'header' as agent_id_source,
       false as agent_id_verified, 'server-1' as server_id, 'search' as tool_name,
       case when i < 3 then 5000.0 else 10.0 end as latency_ms, true as gateway_seen, true as server_seen,
       'operation_id' as match_rung, 1.0 as match_confidence, 1 as match_candidates, '' as event_ids,
       'ok' as transport_outcome, 'ok' as protocol_outcome, 'ok' as tool_outcome, 'success' as outcome,
       1 as weight, false as is_sampled
     from range(1200) as r(i)`,
    { at: ago(5) },
  );

  const { breakdown } = await judged('agent_id', true);

  expect(breakdown).toMatchObject({ values: 1_200, isTruncated: true });
  expect(breakdown?.groups).toHaveLength(1_001);
  expect(breakdown?.groups.slice(0, 3).map(({ value }) => value)).toEqual([
    'agent-0',
    'agent-1',
    'agent-2',
  ]);
  expect(breakdown?.groups.at(-1)).toMatchObject({
    value: '(other)',
    isOther: true,
    good: 200,
    shareOfBad: 0,
    percentile: 10,
  });
});

test('a column that the rows do not have breaks nothing down', async () => {
  expect((await judged('no_such_column')).breakdown).toBeNull();
});

test('the rows behind a number are one question away', async () => {
  await insertCalls(store, [
    { call_id: '00000000-0000-4000-8000-0000000000aa', timestamp: ago(3), latency_ms: 5_000 },
    { call_id: '00000000-0000-4000-8000-0000000000bb', timestamp: ago(90), latency_ms: 6_000 },
    { timestamp: ago(4), latency_ms: 10 },
    { timestamp: ago(5), latency_ms: 7_000, outcome: 'denied' },
  ]);
  const objective = load(LATENCY).definitions[0] as Objective;
  const asked = { at: AT, lookbackMs: 3_600_000, class: 'bad', limit: 10 };

  const lately = await eventsOf(store, objective, asked);
  const ever = await eventsOf(store, objective, { ...asked, lookbackMs: null });
  const refused = await eventsOf(store, objective, { ...asked, class: 'refused' });

  expect(lately).toEqual([
    expect.objectContaining({
      call_id: '00000000-0000-4000-8000-0000000000aa',
      latency_ms: 5_000,
      weight: 1,
    }),
  ]);
  expect(ever.map(({ latency_ms }) => latency_ms)).toEqual([5_000, 6_000]);
  expect(refused.map(({ latency_ms }) => latency_ms)).toEqual([7_000]);
  await expect(eventsOf(store, objective, { ...asked, class: 'worse' })).rejects.toThrow(
    "'worse' is not a class of latency: refused, no-server,",
  );
});
