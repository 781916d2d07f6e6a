import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wilson } from '../../slo/interval.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { bucketOfRank } from '../../slo/percentile.ts';
import { compare, fromDecimal, rational } from '../../slo/rational.ts';
import { Store } from '../../store/store.ts';
import { LATENCY, load } from './documents.ts';
import { AT, type Fields, insertCalls, insertManyCalls } from './rows.ts';
import { vectors } from './vectors.ts';

interface Case {
  readonly id: string;
  readonly values: readonly number[];
  readonly weights: readonly number[];
  readonly weightedNearestRank: Readonly<Record<string, number>>;
  readonly below: Readonly<Record<string, readonly [number, number]>>;
}

const known = vectors<{
  cases: readonly Case[];
  linearInterpolationCounterexamples: readonly {
    values: readonly number[];
    share: number;
    nearestRank: number;
    verdictNearestRank: boolean;
  }[];
  floatTraps: { ceil_pn: Readonly<Record<string, readonly number[]>> };
  samplingBias: { weighted: { total: number; below1500: number; p50: number } };
  evidence: {
    zeroFailureEventsNeeded: Readonly<Record<string, { wilsonTwoSided95: number }>>;
  };
}>('percentiles-differential.json');

/** Each value as a bucket of its own: the rank that the engine looks for, without a database. */
function nearestRank(
  values: readonly number[],
  weights: readonly number[],
  share: string,
): number | null {
  const buckets = values
    .map((bucket, index) => ({ bucket, weight: BigInt(weights[index] ?? 1) }))
    .filter(({ weight }) => weight > 0n)
    .sort((a, b) => a.bucket - b.bucket);
  return bucketOfRank(buckets, fromDecimal(share))?.bucket ?? null;
}

test('196 weighted samples: four percentiles each, as numpy has them', () => {
  const wrong = known.cases.flatMap(({ id, values, weights, weightedNearestRank }) =>
    Object.entries(weightedNearestRank)
      .filter(([share, value]) => nearestRank(values, weights, share) !== value)
      .map(([share]) => `${id} p${share}`),
  );

  expect(known.cases).toHaveLength(196);
  expect(wrong).toEqual([]);
});

test('"the percentile is below X" and "that share is below X" are one statement', () => {
  const contradicting = known.cases.flatMap(({ id, weightedNearestRank, below }) =>
    Object.entries(below).flatMap(([limit, [good, all]]) =>
      Object.entries(weightedNearestRank)
        .filter(([share, value]) => {
          const isEnough = compare(rational(BigInt(good), BigInt(all)), fromDecimal(share)) >= 0;
          return isEnough !== value < Number(limit);
        })
        .map(([share]) => `${id} p${share} < ${limit}`),
    ),
  );

  expect(contradicting).toEqual([]);
});

test('trap: an interpolated percentile contradicts the share, the nearest rank does not', () => {
  for (const each of known.linearInterpolationCounterexamples) {
    const value = nearestRank(
      each.values,
      each.values.map(() => 1),
      '0.95',
    );

    expect(value).toBe(each.nearestRank);
    expect((value ?? 0) < 1_500).toBe(each.verdictNearestRank);
    expect(each.share >= 0.95).toBe(each.verdictNearestRank);
  }
});

test('trap: ranks are integers; p * n in doubles is one too high for some', () => {
  for (const [share, counts] of Object.entries(known.floatTraps.ceil_pn)) {
    for (const n of counts) {
      const exact = bucketOfRank([{ bucket: 0, weight: BigInt(n) }], fromDecimal(share))?.needed;
      expect(Math.ceil(Number(share) * n)).toBe(Number(exact) + 1);
    }
  }
});

test('published: Kusto, numpy, DuckDB', () => {
  const { kusto_percentilesw: kusto, numpy_methods: numpy } = vectors<
    Record<
      string,
      { values: number[]; weights?: number[]; expected: Record<string, number>; q?: number }
    >
  >('percentiles-published.json');

  for (const [percent, value] of Object.entries(kusto?.expected ?? {})) {
    const share = (Number(percent) / 100).toString();
    expect(nearestRank(kusto?.values ?? [], kusto?.weights ?? [], share)).toBe(value);
  }
  expect(nearestRank(numpy?.values ?? [], [], '0.4')).toBe(numpy?.expected['inverted_cdf']);
  const range = Array.from({ length: 10_000 }, (_, value) => value);
  expect(['0.1', '0.5', '0.9', '1'].map((share) => nearestRank(range, [], share))).toEqual([
    999, 4_999, 8_999, 9_999,
  ]);
  expect(nearestRank([], [], '0.5')).toBeNull();
});

test('Wilson: statsmodels and scipy, one and two sides', () => {
  const { statsmodels, scipy } = vectors<{
    statsmodels: { cases: { k: number; n: number; wilson95: [number, number] }[] };
    scipy: {
      cases: {
        k: number;
        n: number;
        alternative: string;
        continuity: boolean;
        confidence: number;
        low: number;
        high: number;
      }[];
    };
  }>('wilson.json');
  for (const { k, n, wilson95 } of statsmodels.cases) {
    expect(wilson(k / n, n, '0.95')?.low).toBeCloseTo(wilson95[0], 7);
    expect(wilson(k / n, n, '0.95')?.high).toBeCloseTo(wilson95[1], 7);
  }
  const plain = scipy.cases.filter(({ continuity }) => !continuity);
  for (const { k, n, alternative, confidence, low, high } of plain) {
    // The one-sided bound at 95 % is an end of the two-sided interval at 90 %.
    const level = alternative === 'two-sided' ? String(confidence) : '0.9';
    if (alternative !== 'two-sided' && confidence !== 0.95) continue;
    const interval = wilson(k / n, n, level as '0.9');
    if (alternative !== 'less') expect(interval?.low).toBeCloseTo(low, 6);
    if (alternative !== 'greater') expect(interval?.high).toBeCloseTo(high, 6);
  }
});

test('how many good rows alone show a target', () => {
  for (const [target, { wilsonTwoSided95: rows }] of Object.entries(
    known.evidence.zeroFailureEventsNeeded,
  )) {
    expect(wilson(1, rows, '0.95')?.low).toBeGreaterThanOrEqual(Number(target));
    expect(wilson(1, rows - 1, '0.95')?.low).toBeLessThan(Number(target));
  }
});

describe('through the database', () => {
  let store: Store;
  beforeAll(async () => {
    store = await Store.inMemory();
  });
  afterAll(() => store.close());

  async function judged(rows: readonly Fields[]): Promise<ObjectiveJudgement> {
    await store.run('delete from correlated_calls');
    await insertCalls(store, rows);
    const [judgement] = await judgeAll(store, load(LATENCY), { at: AT });
    if (judgement?.kind !== 'objective') throw new Error('not an objective');
    return judgement;
  }

  const wide = known.cases.filter(({ values }) => values.length > 5 && values.length < 60);
  const some = wide.filter((_, index) => index % 9 === 0);

  test.each(some.map((each) => [each.id, each] as const))('%s', async (_, each) => {
    const { values, weights, weightedNearestRank } = each;
    const rows = values
      .map((latency_ms, index) => ({ latency_ms, weight: weights[index] ?? 1 }))
      .filter(({ weight }) => weight > 0);

    expect((await judged(rows)).percentile?.value).toBe(weightedNearestRank['0.95']);
  });

  test('a sampler that keeps slow calls more often: the weights tell the truth', async () => {
    await store.run('delete from correlated_calls');
    await insertManyCalls(store, 90, { latency_ms: 200, weight: 100 });
    await insertManyCalls(store, 1_000, { latency_ms: 3_000, weight: 1 });
    const [judgement] = await judgeAll(store, load(LATENCY), { at: AT });

    expect(judgement).toMatchObject({
      good: { rows: 90, weight: 9_000 },
      bad: { rows: 1_000, weight: 1_000 },
      goodRatio: 0.9,
      percentile: { value: 3_000 },
    });
    expect((judgement as ObjectiveJudgement).effectiveEvents).toBeCloseTo(110.98779134295228, 9);
  });
});
