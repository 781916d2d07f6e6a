import { describe, expect, test } from 'vitest';
import { budgetOf, consumed } from '../../slo/budget.ts';
import { burnPairs, burnState } from '../../slo/burn.ts';
import { burnFactor, STANDARD_RULES, standardRules } from '../../slo/burn-rules.ts';
import type { LookbackTally, Tally } from '../../slo/count.ts';
import { fromDecimal, rational, toNumber } from '../../slo/rational.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const tally = (weight: number): Tally => ({ rows: BigInt(weight), weight: BigInt(weight) });

test('over 30 days the factors are those of the SRE workbook', () => {
  expect(standardRules(30 * DAY_MS).map(({ name, factor }) => [name, toNumber(factor)])).toEqual([
    ['page-quick', 14.4],
    ['page-slow', 6],
    ['ticket-quick', 3],
    ['ticket-slow', 1],
  ]);
});

test('over 28 days they are a little lower, exactly', () => {
  expect(standardRules(28 * DAY_MS).map(({ factor }) => factor)).toEqual([
    fromDecimal('13.44'),
    fromDecimal('5.6'),
    fromDecimal('2.8'),
    rational(14n, 15n),
  ]);
});

test('there is no silent default for a week', () => {
  expect(standardRules(7 * DAY_MS)).toEqual([]);
});

test('every short window is a twelfth of its long one', () => {
  for (const { longMinutes, shortMinutes } of STANDARD_RULES) {
    expect(shortMinutes * 12).toBe(longMinutes);
  }
});

test('five percent of a month within an hour is a burn rate of 36', () => {
  expect(burnFactor(5, 30 * DAY_MS, 60 * MINUTE_MS)).toEqual(rational(36n, 1n));
});

const burns: Readonly<Record<string, readonly [number, number, string, number | null]>> = {
  nothing: [0, 0, '0.999', null],
  'one bad in a thousand is the budget': [999, 1, '0.999', 1],
  'a total outage burns a thousand times too fast': [0, 10, '0.999', 1000],
  'ten percent of ten requests': [9, 1, '0.999', 100],
  'at 90 % nothing burns faster than ten': [0, 7, '0.9', 10],
  'half the budget of a p95': [975, 25, '0.95', 0.5],
};

describe('consumption is (bad / total) / allowed', () => {
  test.each(Object.entries(burns))('%s', (_, [good, bad, target, rate]) => {
    const used = consumed(tally(good), tally(bad), fromDecimal(target));

    expect(used && toNumber(used)).toBe(rate);
  });
});

test('a budget may be overspent, and says by how much', () => {
  expect(budgetOf(tally(9_980), tally(20), fromDecimal('0.999'))).toEqual({
    allowedRatio: 0.001,
    allowedEvents: 10,
    consumedRatio: 2,
    remainingRatio: -1,
    remainingEvents: -10,
  });
});

const seen = (bad: number) => ({ good: tally(1), bad: tally(bad) });
const rule = { factor: fromDecimal('14.4'), minBadEvents: 3n };
const f = fromDecimal;

const states: Readonly<Record<string, readonly [Parameters<typeof burnState>, string]>> = {
  'above in both': [[rule, f('14.5'), f('20'), seen(9)], 'firing'],
  'exactly at the threshold nobody is woken': [[rule, f('14.4'), f('20'), seen(9)], 'increasing'],
  'over and on its way down': [[rule, f('15'), f('14.4'), seen(9)], 'recovering'],
  'below in both': [[rule, f('14'), f('14'), seen(9)], 'quiet'],
  'two bad rows are too few': [[rule, f('500'), f('1000'), seen(2)], 'low_traffic'],
  'three are enough': [[rule, f('500'), f('1000'), seen(3)], 'firing'],
  'ten rows are too few where more are asked for': [
    [{ ...rule, minEvents: 11n }, f('500'), f('1000'), seen(9)],
    'low_traffic',
  ],
  'as many as are asked for are enough': [
    [{ ...rule, minEvents: 10n }, f('500'), f('1000'), seen(9)],
    'firing',
  ],
  'no rows in the short window': [[rule, f('500'), null, seen(3)], 'unknown'],
};

describe('a pair is', () => {
  test.each(Object.entries(states))('%s', (_, [args, state]) => {
    expect(burnState(...args)).toBe(state);
  });
});

test('144 bad of 10,000 at 99.9 % burn 14.4 times too fast, which floats cannot tell', () => {
  const over = (ms: number): LookbackTally => ({ ms, good: tally(9_856), bad: tally(144) });
  const rules = standardRules(30 * DAY_MS).slice(0, 1);

  expect(144 / 10_000 > 14.4 * ((100 - 99.9) / 100)).toBe(true);
  expect(
    burnPairs(
      rules,
      {
        lookbacks: [over(60 * MINUTE_MS), over(5 * MINUTE_MS)],
        good: tally(9_856),
        bad: tally(144),
      },
      fromDecimal('0.999'),
    ),
  ).toEqual([
    {
      name: 'page-quick',
      severity: 'page',
      long: '1h',
      short: '5m',
      threshold: 14.4,
      longBurnRate: 14.4,
      shortBurnRate: 14.4,
      state: 'quiet',
      events: 10_000,
      badEvents: 144,
      minEvents: 0,
      minBadEvents: 3,
      denominator: 'window',
      frozenAt: null,
      firesAboveRatio: 0.0144,
      outageFiresAfterMs: 51_840,
      isSuppressed: false,
      isMuted: false,
    },
  ]);
});

test('against the average of the period, few bad rows at night are few, and many in a rush are many', () => {
  const rules = standardRules(30 * DAY_MS)
    .slice(0, 1)
    .map((each) => ({ ...each, periodMs: 30 * DAY_MS }));
  // 720,000 rows in 30 days are 1,000 an hour; 14.4 times too fast at 99.9 % are more than 14.4 bad ones of them.
  const burns = (good: number, bad: number) => {
    const lookbacks = [60 * MINUTE_MS, 5 * MINUTE_MS].map((ms) => {
      const rows = (each: number) => tally(Math.ceil((each * ms) / (60 * MINUTE_MS)));
      return { ms, good: rows(good), bad: rows(bad) };
    });
    return burnPairs(
      rules,
      { lookbacks, good: tally(719_000), bad: tally(1_000) },
      fromDecimal('0.999'),
    )[0];
  };

  expect(burns(48, 12)).toMatchObject({
    state: 'quiet',
    longBurnRate: 12,
    denominator: 'period',
  });
  expect(burns(9_900, 24)).toMatchObject({ state: 'firing', longBurnRate: 24, shortBurnRate: 24 });
  expect(burns(0, 0)).toMatchObject({ state: 'unknown', longBurnRate: null });
});
