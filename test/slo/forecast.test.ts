import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { foretell, type Outlook, type Step } from '../../slo/forecast.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { fromDecimal } from '../../slo/rational.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { insertManyCalls } from './rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Ten days by the hour with 100 rows each; the last hours have that many bad ones. */
function steps(bad: number, hours: number, before = 0): Step[] {
  return Array.from({ length: 240 }, (_, hour) => ({
    bad: BigInt(hour >= 240 - hours ? bad : before),
    total: 100n,
  }));
}

const outlook: Outlook = {
  target: fromDecimal('0.99'),
  windowMs: 10 * DAY_MS,
  stepMs: HOUR_MS,
  lookbackMs: 6 * HOUR_MS,
  resetInMs: null,
};

describe('a rolling window', () => {
  test('with an even burn of 1 keeps its budget as it is', () => {
    // Each hour one bad of a hundred leaves and one comes: all of the budget is used, always.
    expect(foretell(steps(1, 240), outlook)).toMatchObject({
      burnRate: 1,
      naiveMs: 0,
      exhaustedInMs: 0,
      recoveredInMs: null,
    });
  });

  test('loses its budget when new errors outnumber those that leave', () => {
    // 12 of 240 allowed are used; two more an hour, and none leaves: 228 / 2 hours are left.
    expect(foretell(steps(2, 6), outlook)).toMatchObject({
      burnRate: 2,
      naiveMs: (10 * DAY_MS * 0.95) / 2,
      exhaustedInMs: 114 * HOUR_MS,
      recoveredInMs: null,
      exhaustsBeforeReset: null,
    });
  });

  test('regains an overspent budget when what was bad has left', () => {
    // The first 120 hours had 4 bad each: twice the budget. Sixty hours later it is kept.
    const was = steps(0, 120, 4);

    expect(foretell(was, outlook)).toMatchObject({
      exhaustedInMs: 0,
      naiveMs: 0,
      recoveredInMs: 60 * HOUR_MS,
    });
  });

  test('without errors is never exhausted', () => {
    expect(foretell(steps(0, 240), outlook)).toMatchObject({
      burnRate: 0,
      naiveMs: null,
      exhaustedInMs: null,
    });
  });

  test('without traffic foretells nothing', () => {
    const silent = steps(1, 240).map((step, hour) => (hour < 234 ? step : { bad: 0n, total: 0n }));

    expect(foretell(silent, outlook)).toBeNull();
  });
});

test('a calendar only fills: what is bad stays until its end', () => {
  const filling = { ...outlook, resetInMs: 5 * DAY_MS };

  // 12 bad of 24,000 rows. At 2 % an hour the share stays below 1 % for 228 hours; only 120 are left.
  expect(foretell(steps(2, 6), filling)).toMatchObject({ exhaustsBeforeReset: false });
  expect(foretell(steps(20, 6), filling)).toMatchObject({ exhaustsBeforeReset: true });
});

describe('a month of the calendar in Berlin, through the database', () => {
  const MONTH = changed(
    changed(LATENCY, 'duration: 30d', 'duration: 1M'),
    'isRolling: true',
    "calendar: { startTime: '2026-01-01 00:00:00', timeZone: Europe/Berlin }",
  );
  let store: Store;
  beforeEach(async () => {
    store = await Store.inMemory();
  });
  afterEach(() => store.close());

  async function judged(at: string, text = MONTH): Promise<ObjectiveJudgement> {
    const [judgement] = await judgeAll(store, load(text), { at: new Date(at) });
    if (judgement?.kind !== 'objective') throw new Error('not an objective');
    return judgement;
  }

  test('begins at local midnight, and is judged as far as it has come', async () => {
    await insertManyCalls(store, 5, { timestamp: '2026-10-31T22:59:59Z', latency_ms: 9_000 });
    await insertManyCalls(store, 90, { timestamp: '2026-10-31T23:00:00Z', latency_ms: 10 });
    await insertManyCalls(store, 10, { timestamp: '2026-11-01T12:00:00Z', latency_ms: 9_000 });

    const judgement = await judged('2026-11-03T23:00:00Z');

    expect(judgement).toMatchObject({
      window: { from: '2026-10-31T23:00:00.000Z', to: '2026-11-03T23:00:00.000Z' },
      windowText: '1M, calendar of Europe/Berlin',
      good: { rows: 90 },
      bad: { rows: 10 },
      budget: { consumedRatio: 2 },
      calendar: {
        period: { from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' },
        basis: 'observed',
      },
    });
    // One of 30 days was observed: as many rows are thought to come in each.
    expect(judgement.calendar?.projectedEvents).toBeCloseTo(3_000, 9);
    expect(judgement.calendar?.projectedConsumedRatio).toBeCloseTo(10 / 150, 9);
  });

  test('a day that is not over has gone as far as it has', async () => {
    const hour = '2026-10-31T23:30:00Z';
    await insertManyCalls(store, 100, { timestamp: hour, latency_ms: 10 });
    await insertManyCalls(store, 1, { timestamp: hour, latency_ms: 9_000 });

    const { calendar } = await judged('2026-11-01T01:00:00Z');

    expect(calendar?.elapsedRatio).toBeCloseTo(2 / 720, 12);
    expect(calendar?.projectedEvents).toBeCloseTo(101 * 360, 6);
    expect(calendar?.projectedConsumedRatio).toBeCloseTo(20 / (101 * 360), 12);
  });

  test('of days that nobody saw nothing has gone, and the first is as short as it is', async () => {
    await insertManyCalls(store, 10, { timestamp: '2026-10-31T23:30:00Z', latency_ms: 10 });

    const { calendar } = await judged('2026-11-03T01:00:00Z');

    expect(calendar?.elapsedRatio).toBeCloseTo(2 / 720, 12);
  });

  test('slices of an hour have gone as hours, not as days', async () => {
    const sliced = changed(
      changed(MONTH, 'Occurrences', 'Timeslices'),
      'target: 0.95',
      'target: 0.75\n      timeSliceTarget: 0.9\n      timeSliceWindow: 1h',
    );
    await insertManyCalls(store, 10, { timestamp: '2026-10-31T23:30:00Z', latency_ms: 10 });
    await insertManyCalls(store, 10, { timestamp: '2026-11-01T00:30:00Z', latency_ms: 9_000 });

    const { calendar } = await judged('2026-11-01T02:00:00Z', sliced);

    expect(calendar?.elapsedRatio).toBeCloseTo(2 / 720, 12);
    expect(calendar?.projectedEvents).toBeCloseTo(720, 6);
  });

  test('a new month does not silence alerts: lookbacks reach behind it', async () => {
    await insertManyCalls(store, 10, { timestamp: '2026-10-31T22:50:00Z', latency_ms: 9_000 });

    const { inScope, lookbacks, state } = await judged('2026-10-31T23:10:00Z');

    expect(inScope.rows).toBe(0);
    expect(state).toBe('insufficient_data');
    expect(lookbacks.find(({ lookback }) => lookback === '1h')).toMatchObject({ bad: 10 });
  });
});
