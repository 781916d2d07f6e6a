import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareWindows } from '../../slo/compare/windows.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { fromDecimal } from '../../slo/rational.ts';
import { sliceState, wholeSlices } from '../../slo/slices.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, insertCalls, insertEvents } from './rows.ts';

/** A day in slices of an hour, each good with 90 % of its calls below a second. */
const SLICED = changed(
  changed(changed(LATENCY, 'Occurrences', 'Timeslices'), 'duration: 30d', 'duration: 1d'),
  'target: 0.95',
  'target: 0.75\n      timeSliceTarget: 0.9\n      timeSliceWindow: 1h',
);

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

async function judged(
  text = SLICED,
  at = AT,
  by: string | null = null,
): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, load(text), { at, by });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

const states = {
  'enough of it is good': [{ good: 9n, bad: 1n, unmeasurable: 0n }, true, 'good'],
  'too little of it is good': [{ good: 8n, bad: 2n, unmeasurable: 0n }, true, 'bad'],
  'what is not known decides': [{ good: 8n, bad: 0n, unmeasurable: 2n }, true, 'unclear'],
  'what is not known could not save it': [{ good: 7n, bad: 2n, unmeasurable: 1n }, true, 'bad'],
  'nobody called': [{ good: 0n, bad: 0n, unmeasurable: 0n }, true, 'no_traffic'],
  'nobody looked': [undefined, false, 'unmeasured'],
} as const;

describe('a slice', () => {
  test.each(Object.entries(states))('%s', (_, [rows, isAlive, state]) => {
    expect(sliceState(rows, fromDecimal('0.9'), isAlive)).toBe(state);
  });

  test('that the window cuts, or that is not over, is not judged', () => {
    const window = { from: '2026-11-19T00:10:00Z', to: '2026-11-19T03:59:59Z' };

    expect(wholeSlices(window, 3_600_000)).toEqual({
      from: '2026-11-19T01:00:00.000Z',
      to: '2026-11-19T03:00:00.000Z',
    });
  });
});

test('slices are counted, not calls: a busy bad hour is one bad slice', async () => {
  const call = (hour: number, latency_ms: number) => ({
    timestamp: ago(hour * 60 - 1),
    latency_ms,
  });
  await insertCalls(store, [
    ...Array.from({ length: 50 }, () => call(2, 5_000)),
    call(1, 10),
    call(3, 10),
    call(4, 10),
    call(5, null as unknown as number),
  ]);
  await insertEvents(store, [{ occurred_at: ago(6 * 60 - 1) }]);

  const judgement = await judged();

  expect(judgement).toMatchObject({
    unit: 'slices',
    good: { rows: 3 },
    bad: { rows: 1 },
    goodRatio: 0.75,
    timeslice: {
      slice: '1h',
      targetRatio: 0.9,
      good: 3,
      bad: 1,
      unclear: 1,
      noTraffic: 1,
      unmeasured: 18,
    },
    evidence: { expectedSlices: 24, measuredSlices: 6 },
    forecast: { withheld: 'the promise is about slices of time, not about rows' },
  });
  expect(judgement.budget).toMatchObject({ consumedRatio: 1, allowedEvents: 1 });
  expect(judgement.lookbacks.find(({ lookback }) => lookback === '2h')).toMatchObject({
    good: 1,
    bad: 1,
  });
});

test('slices that nobody saw are not good ones: they take the verdict away', async () => {
  const text = changed(SLICED, 'slo.mcp/min-coverage: "0"', 'slo.mcp/min-coverage: "0.9"');
  await insertCalls(store, [{ timestamp: ago(30), latency_ms: 1 }]);

  expect(await judged(text)).toMatchObject({
    state: 'insufficient_data',
    dataState: 'partial',
    goodRatio: 1,
    reason: 'Telemetry was seen in only 1 of 24 slices of the window.',
  });
});

test('a window that ends inside a slice judges the slices that are over', async () => {
  await insertCalls(store, [{ timestamp: ago(10), latency_ms: 1 }, { timestamp: ago(70) }]);

  const judgement = await judged(SLICED, new Date(AT.getTime() - 5 * 60_000));

  expect(judgement.timeslice).toMatchObject({ good: 1, unmeasured: 22 });
});

describe('periods of a calendar begin with a slice', () => {
  const inZone = (timeZone: string, slice: string, startTime = '2026-01-01 00:00:00') =>
    changed(
      changed(SLICED, 'timeSliceWindow: 1h', `timeSliceWindow: ${slice}`),
      'isRolling: true',
      `isRolling: false\n      calendar: { startTime: '${startTime}', timeZone: ${timeZone} }`,
    );

  test.each([
    ['UTC', '1d'],
    ['Europe/Berlin', '1h'],
    ['Asia/Kolkata', '30m'],
    ['Asia/Kathmandu', '15m'],
  ])('in %s slices of %s are taken', (zone, slice) => {
    expect(load(inZone(zone, slice)).definitions).toHaveLength(1);
  });

  test.each([
    ['Asia/Kolkata', '1h'],
    ['Asia/Kathmandu', '30m'],
    ['Europe/Berlin', '1d'],
    // Half an hour in summer alone.
    ['Australia/Lord_Howe', '1h'],
  ])(
    'in %s slices of %s are refused: what lies across midnight would be in no period',
    (zone, slice) => {
      expect(() => load(inZone(zone, slice))).toThrow(
        `slices of ${slice} begin on the clock of UTC, and the periods of this calendar do not begin with one.`,
      );
    },
  );

  test('at a time of the day that is no slice they are refused', () => {
    expect(() => load(inZone('UTC', '1h', '2026-01-01 00:30:00'))).toThrow('do not begin with one');
  });
});

test('groups have the rows of theirs, and are not judged by a promise about slices', async () => {
  await insertCalls(store, [
    { timestamp: ago(30), latency_ms: 1, agent_id: 'a' },
    { timestamp: ago(90), latency_ms: 5_000, agent_id: 'b' },
    { timestamp: ago(91), latency_ms: 5_000, agent_id: 'b' },
  ]);

  const { breakdown, bad, budget } = await judged(SLICED, AT, 'agent_id');

  expect([bad.rows, budget?.consumedRatio]).toEqual([1, 2]);
  expect(breakdown?.groups).toMatchObject(
    [
      { value: 'b', good: 0, bad: 2, shareOfBad: 1 },
      { value: 'a', good: 1, bad: 0, shareOfBad: 0 },
    ].map((each) => ({
      ...each,
      state: null,
      shareOfBudget: null,
      lookbacks: [],
      reason: 'The promise is about slices of time: rows are counted, and not judged.',
    })),
  );
});

test('a difference between shares of slices has no mix of rows', async () => {
  await insertCalls(store, [
    { timestamp: ago(30), latency_ms: 1, agent_id: 'a' },
    { timestamp: ago(25 * 60), latency_ms: 1, agent_id: 'a' },
    { timestamp: ago(26 * 60), latency_ms: 5_000, agent_id: 'b' },
  ]);

  const [found] = await compareWindows(store, load(SLICED), AT, 1, 'agent_id');

  expect(found?.comparison).toMatchObject({
    difference: { difference: 0.5 },
    decomposition: null,
  });
});

test('too few slices to judge are called slices', async () => {
  const text = changed(SLICED, 'slo.mcp/min-events: "1"', 'slo.mcp/min-events: "100"');
  await insertCalls(store, [{ timestamp: ago(30), latency_ms: 1 }]);

  expect((await judged(text)).reason).toBe(
    'Only 1 slices were measured, where 100 are needed to judge.',
  );
});

test('so are those of which none could be measured', async () => {
  await insertCalls(store, [{ timestamp: ago(30), server_id: null, latency_ms: 1 }]);

  expect((await judged()).reason).toBe('None of the 1 slices in scope could be measured.');
});
