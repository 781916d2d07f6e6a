import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../slo/count.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, DAY, type Fields, insertCalls, insertManyCalls } from './rows.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

async function judged(text = LATENCY): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, load(text), { at: AT });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

const rowsById = (rules: ObjectiveJudgement['unmeasurable']) =>
  Object.fromEntries(rules.map(({ id, rows }) => [id, rows]));

test('every row in scope is in one class, the first whose rule matches', async () => {
  await insertCalls(store, [
    { latency_ms: 999.999 },
    { latency_ms: 1_000 },
    { outcome: 'denied', server_id: null, latency_ms: 5 },
    { server_id: null, latency_ms: 5 },
    { latency_ms: null },
    { latency_ms: null, outcome: 'failure' },
    { latency_ms: -1 },
    { latency_ms: Number.NaN },
    { latency_ms: Number.POSITIVE_INFINITY },
    { weight: 0 },
    { agent_id: null },
    { tool_name: 'other' },
    { tool_name: null },
    { timestamp: AT.toISOString() },
    { timestamp: ago(30 * DAY) },
    { timestamp: new Date(AT.getTime() - 30 * DAY * 60_000 - 1).toISOString() },
  ]);

  const judgement = await judged();

  expect(judgement.inScope.rows).toBe(12);
  expect(judgement.good.rows).toBe(3);
  expect(judgement.bad.rows).toBe(2);
  expect(rowsById(judgement.excluded)).toEqual({ refused: 1 });
  expect(rowsById(judgement.unmeasurable)).toEqual({
    'no-server': 1,
    'weight-invalid': 1,
    'value-missing': 1,
    'value-invalid': 3,
  });
  expect(rowsById(judgement.assumed)).toEqual({ 'no-agent': 1 });
});

test('a sampled row counts for as many as it stands for', async () => {
  await insertCalls(store, [
    { latency_ms: 10, weight: 90 },
    { latency_ms: 2_000, weight: 10 },
  ]);

  const judgement = await judged();

  expect(judgement).toMatchObject({
    inScope: { rows: 2, weight: 100 },
    good: { rows: 1, weight: 90 },
    goodRatio: 0.9,
    goodText: '90 %',
  });
  expect(judgement.effectiveEvents).toBeCloseTo(10_000 / 8_200, 12);
});

test('what the exclusions hide is shown beside', async () => {
  await insertManyCalls(store, 9, { latency_ms: 10 });
  await insertManyCalls(store, 1, { latency_ms: 5_000, outcome: 'denied' });

  expect(await judged()).toMatchObject({
    goodRatio: 1,
    ratioWithoutExclusions: 0.9,
    excluded: [{ id: 'refused', reason: 'never reached the tool', rows: 1, weight: 1 }],
  });
});

test('unmeasurable rows bound the level on both sides', async () => {
  await insertManyCalls(store, 6, { latency_ms: 10 });
  await insertManyCalls(store, 2, { latency_ms: 5_000 });
  await insertManyCalls(store, 2, { latency_ms: null });

  expect(await judged()).toMatchObject({
    goodRatio: 0.75,
    lowestRatio: 0.6,
    highestRatio: 0.8,
    state: 'breached',
  });
});

test('lookbacks end where the window ends, and reach behind it', async () => {
  await insertCalls(store, [
    { timestamp: ago(4), latency_ms: 9_000 },
    { timestamp: ago(20) },
    { timestamp: ago(50) },
    { timestamp: ago(2 * DAY), latency_ms: 9_000 },
  ]);
  const text = changed(LATENCY, 'duration: 30d', 'duration: 1d');

  const { lookbacks, inScope } = await judged(text);

  expect(inScope.rows).toBe(3);
  expect(lookbacks.map(({ lookback, good, bad }) => [lookback, good, bad])).toEqual([
    ['5m', 0, 1],
    ['30m', 1, 1],
    ['1h', 2, 1],
    ['2h', 2, 1],
    ['6h', 2, 1],
    ['1d', 2, 1],
    ['3d', 2, 2],
  ]);
  expect(lookbacks[0]?.burnRate).toBe(20);
  expect(lookbacks[6]?.burnRate).toBe(10);
});

test('no rows give no number at all', async () => {
  expect(await judged()).toMatchObject({
    state: 'insufficient_data',
    dataState: 'no_telemetry',
    goodRatio: null,
    goodText: null,
    lowestRatio: null,
    budget: null,
    interval: null,
    isExhausted: false,
    percentile: { share: 0.95, value: null },
  });
});

/** The definition of nearest rank, worked row by row. */
function nearestRank(rows: readonly Fields[], share: number): number | null {
  const expanded = rows
    .flatMap(({ latency_ms, weight }) =>
      Array.from({ length: Number(weight) }, () => latency_ms as number | null),
    )
    .sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const rank = expanded.findIndex((_, index) => (index + 1) * 100 >= share * expanded.length);
  return expanded[rank] ?? null;
}

test('a rank that is reached exactly is reached', async () => {
  await insertCalls(
    store,
    Array.from({ length: 20 }, (_, index) => ({ latency_ms: index === 19 ? 5_000 : index + 1 })),
  );

  expect(await judged()).toMatchObject({ percentile: { value: 19 }, goodText: '95 %' });
});

/** A small generator of our own, so that a failure can be repeated. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

describe.each(Array.from({ length: 12 }, (_, seed) => seed + 1))('random rows %d', (seed) => {
  const random = numbers(seed);
  const next = (below: number) => random.next().value % below;
  const rows = Array.from({ length: 1 + next(40) }, (): Fields => {
    const isMissing = next(15) === 0;
    return {
      latency_ms: isMissing ? null : next(60) * 20,
      outcome: isMissing ? 'failure' : 'success',
      weight: 1 + next(4),
    };
  });

  test('the percentile is the nearest rank, and says what the share says', async () => {
    await insertCalls(store, rows);

    const { percentile, goodRatio } = await judged();
    const value = nearestRank(rows, 95);

    expect(percentile?.value).toBe(value);
    expect((value ?? Infinity) < 1_000).toBe((goodRatio ?? 0) >= 0.95);
  });

  test('order and scale change nothing, a bad row never helps', async () => {
    await insertCalls(store, rows);
    const before = await judged();
    await store.run('delete from correlated_calls');
    await insertCalls(
      store,
      rows.toReversed().map((row) => ({ ...row, weight: Number(row['weight']) * 7 })),
    );
    const scaled = await judged();
    await insertCalls(store, [{ latency_ms: 1_000 }]);
    const worse = await judged();

    expect(scaled.goodRatio).toBe(before.goodRatio);
    expect(scaled.percentile).toEqual(before.percentile);
    expect(scaled.budget?.consumedRatio).toBe(before.budget?.consumedRatio);
    expect(worse.goodRatio ?? 1).toBeLessThanOrEqual(before.goodRatio ?? 0);
  });
});

test('classes that do not add up are an error of ours', () => {
  const tally = (rows: bigint) => ({ rows, weight: rows });
  const counts = {
    inScope: tally(3n),
    good: tally(1n),
    bad: tally(1n),
    excluded: [],
    unmeasurable: [],
    assumed: [],
    withoutExclusions: { good: tally(2n), bad: tally(1n), unmeasurable: tally(0n) },
    lookbacks: [],
    squaredWeight: 2,
  };

  expect(() => reconcile(counts)).toThrow(
    'do not add up: 2 rows of weight 2 in classes, 3 of 3 in scope',
  );
  expect(() => reconcile({ ...counts, bad: tally(2n) })).not.toThrow();
});
