import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Counts, Tally } from '../../slo/count.ts';
import type { Evidence } from '../../slo/evidence.ts';
import { sloExitState } from '../../slo/exit-state.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { Judgement, ObjectiveJudgement } from '../../slo/judgement.ts';
import { judgeObjective, type Promised } from '../../slo/objective-verdict.ts';
import { fromDecimal } from '../../slo/rational.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, type Fields, insertCalls } from './rows.ts';

const MINUTE_MS = 60_000;
/** A day, so that a few rows meet all of its edges. */
const DAY = changed(LATENCY, 'duration: 30d', 'duration: 1d');

interface Drawn {
  /** Before the end of the window. */
  readonly secondsAgo: number;
  readonly fields: Fields;
}

/** A second to either side of where the window or a lookback begins. */
const edge = fc
  .tuple(
    fc.constantFrom(0, 300, 1_800, 3_600, 7_200, 21_600, 86_400, 259_200),
    fc.constantFrom(-1, 0, 1),
  )
  .map(([seconds, off]) => seconds + off);

const row = fc
  .record({
    secondsAgo: fc.oneof(edge, fc.integer({ min: -600, max: 4 * 86_400 })),
    latency_ms: fc.option(fc.integer({ min: 0, max: 40 }).map((each) => each * 50)),
    outcome: fc.constantFrom('success', 'success', 'success', 'failure', 'denied'),
    weight: fc.integer({ min: 0, max: 3 }),
    server_id: fc.constantFrom('server-1', null),
    agent_id: fc.constantFrom('a', 'b', null),
  })
  .map(({ secondsAgo, ...fields }): Drawn => ({ secondsAgo, fields }));
const rows = fc.array(row, { minLength: 1, maxLength: 30 });
/** Somewhere inside a slice, or at its edge. */
const shift = fc.constantFrom(0, 1, 59, 60, 299, 300, 3_601);

/** What the definition says, without SQL and without slices. */
function classOf({ latency_ms, outcome, server_id, weight }: Fields): string {
  if (outcome === 'denied') return 'excluded';
  if (server_id === null) return 'unmeasurable';
  if (Number(weight) <= 0) return 'unmeasurable';
  if (latency_ms === null) return outcome === 'failure' ? 'bad' : 'unmeasurable';
  return Number(latency_ms) < 1_000 ? 'good' : 'bad';
}

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

async function judged(
  drawn: readonly Drawn[],
  at = AT,
  by: string | null = null,
): Promise<ObjectiveJudgement> {
  await store.run('delete from correlated_calls');
  await insertCalls(
    store,
    drawn.map(({ secondsAgo, fields }) => ({
      ...fields,
      timestamp: new Date(at.getTime() - secondsAgo * 1_000).toISOString(),
    })),
  );
  const [judgement] = await judgeAll(store, load(DAY), { at, by });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

const weightOf = (rules: readonly { weight: number | string }[]) =>
  rules.reduce((sum, { weight }) => sum + Number(weight), 0);

test('whatever comes, and wherever a window cuts a slice: the sums are those of the rows', async () => {
  await fc.assert(
    fc.asyncProperty(rows, shift, async (drawn, seconds) => {
      const at = new Date(AT.getTime() + seconds * 1_000);
      const judgement = await judged(drawn, at, 'agent_id');
      const within = (ms: number) =>
        drawn.filter(({ secondsAgo }) => {
          return secondsAgo > 0 && secondsAgo * 1_000 <= ms;
        });
      const sum = (ms: number, kind: string) =>
        within(ms)
          .filter(({ fields }) => classOf(fields) === kind)
          .reduce((all, { fields }) => all + Math.max(1, Number(fields['weight'])), 0);
      const window = 1_440 * MINUTE_MS;

      expect(judgement.good.weight).toBe(sum(window, 'good'));
      expect(judgement.bad.weight).toBe(sum(window, 'bad'));
      expect(weightOf(judgement.excluded)).toBe(sum(window, 'excluded'));
      expect(weightOf(judgement.unmeasurable)).toBe(sum(window, 'unmeasurable'));
      for (const { lookback, good, bad } of judgement.lookbacks) {
        const ms =
          Number(lookback.slice(0, -1)) *
          { m: 1, h: 60, d: 1_440 }[lookback.slice(-1) as 'm'] *
          MINUTE_MS;
        expect([lookback, good, bad]).toEqual([lookback, sum(ms, 'good'), sum(ms, 'bad')]);
      }
      const groups = judgement.breakdown?.groups ?? [];
      expect(groups.reduce((all, { good }) => all + Number(good), 0)).toBe(judgement.good.weight);
      expect(groups.reduce((all, { bad }) => all + Number(bad), 0)).toBe(judgement.bad.weight);
      expect(groups.reduce((all, { inScope }) => all + Number(inScope), 0)).toBe(
        judgement.inScope.weight,
      );
    }),
    { numRuns: 15, seed: 6 },
  );
});

test('order says nothing, weights times k say the same, a bad row never helps', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 2, max: 9 }), async (drawn, factor) => {
      const before = await judged(drawn);
      const scaled = await judged(
        drawn.toReversed().map(({ secondsAgo, fields }) => ({
          secondsAgo,
          // A weight that is none stays none; it counts as one, and is not measured.
          fields: { ...fields, weight: Number(fields['weight']) * factor },
        })),
      );
      const bad = { secondsAgo: 60, fields: { latency_ms: 1_000 } };
      const worse = await judged([...drawn, bad]);

      expect(scaled.goodRatio).toBe(before.goodRatio);
      expect(scaled.percentile).toEqual(before.percentile);
      expect(scaled.lookbacks.map(({ burnRate }) => burnRate)).toEqual(
        before.lookbacks.map(({ burnRate }) => burnRate),
      );
      expect(worse.goodRatio ?? 0).toBeLessThanOrEqual(before.goodRatio ?? 1);
      const isBelow = (before.percentile?.value ?? Infinity) < 1_000;
      if (before.goodRatio !== null) expect(isBelow).toBe(before.goodRatio >= 0.95);
    }),
    { numRuns: 10, seed: 6 },
  );
});

const tally = (weight: number): Tally => ({ rows: BigInt(weight), weight: BigInt(weight) });

describe('of any counts', () => {
  const counts = fc
    .record({
      good: fc.integer({ min: 0, max: 3_000 }),
      bad: fc.integer({ min: 0, max: 200 }),
      unknown: fc.integer({ min: 0, max: 200 }),
    })
    .map(
      ({ good, bad, unknown }): Counts => ({
        inScope: tally(good + bad + unknown),
        good: tally(good),
        bad: tally(bad),
        excluded: [],
        unmeasurable: [{ id: 'unknown', reason: 'unknown', ...tally(unknown) }],
        assumed: [],
        withoutExclusions: { good: tally(good), bad: tally(bad), unmeasurable: tally(unknown) },
        lookbacks: [],
        squaredWeight: good + bad,
      }),
    );
  const certainty = fc.constantFrom('point' as const, 'confident' as const);
  const promisedOf = (asked: Promised['certainty']): Promised => ({
    target: fromDecimal('0.95'),
    targetText: '95 %',
    minEvents: 20n,
    minCoverage: fromDecimal('0.9'),
    confidence: '0.95',
    sampling: 'weighted',
    certainty: asked,
    timeslice: null,
    burnRules: [],
  });
  const seen: Evidence = {
    rows: 1,
    sampledRows: 0,
    oldestAt: null,
    newestAt: null,
    expectedSlices: 30,
    measuredSlices: 30,
    measuredMs: 30 * 86_400_000,
    losses: [],
    unreadable: [],
    gaps: [],
    sampledGateways: [],
    unreadGateways: [],
    datedAhead: [],
    stale: null,
  };
  const isKept = (state: string) => state === 'met' || state === 'at_risk';

  test('less telemetry never makes a breach a promise kept, and never proves one', () => {
    fc.assert(
      fc.property(counts, certainty, fc.nat({ max: 30 }), (each, asked, slices) => {
        const whole = judgeObjective(each, seen, promisedOf(asked)).state;
        const part = { ...seen, measuredSlices: slices };
        const less = judgeObjective(each, part, promisedOf(asked)).state;

        expect(less === whole || less === 'insufficient_data').toBe(true);
        if (slices < 27) expect(isKept(less)).toBe(false);
        if (whole === 'breached') expect(less).toBe('breached');
      }),
      { seed: 6 },
    );
  });

  test('who asks for confidence never gets a verdict that the counts alone would not give', () => {
    fc.assert(
      fc.property(counts, (each) => {
        const point = judgeObjective(each, seen, promisedOf('point')).state;
        const confident = judgeObjective(each, seen, promisedOf('confident')).state;

        if (confident !== 'insufficient_data') expect(confident).toBe(point);
      }),
      { seed: 6 },
    );
  });
});

test('without data no definition passes as a gate', async () => {
  const empty = await judged([]);

  expect(sloExitState([empty])).toBe('not_verified');
  expect(sloExitState([])).toBe('not_verified');
  expect(sloExitState([empty, { ...empty, state: 'met' } as Judgement])).toBe('not_verified');
});
