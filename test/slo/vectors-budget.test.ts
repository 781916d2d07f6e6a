import { describe, expect, test } from 'vitest';
import { budgetOf, consumed } from '../../slo/budget.ts';
import {
  burnFactor,
  consumedWhenDetected,
  detectedAfterMs,
  LOOKBACKS_MS,
  standardRules,
} from '../../slo/burn-rules.ts';
import type { Tally } from '../../slo/count.ts';
import { durationMs, durationText } from '../../slo/duration.ts';
import { exhaustionMs } from '../../slo/forecast.ts';
import { compare, fromDecimal, ONE, rational, subtract, toNumber } from '../../slo/rational.ts';
import { windowAt } from '../../slo/windows.ts';
import { changed, LATENCY, load } from './documents.ts';
import { vectors } from './vectors.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const tally = (weight: number): Tally => ({ rows: BigInt(weight), weight: BigInt(weight) });
const allowed = (target: number | string) => subtract(ONE, fromDecimal(String(target)));
const burn = (good: number, bad: number, target: number) =>
  consumed(tally(good), tally(bad), fromDecimal(String(target)));

test('the SRE workbook: how soon a budget is gone', () => {
  const { 'burnRateExhaustion_Table5-4': rows } =
    vectors<Record<string, { burnRate: number; seconds: number }[]>>('sre-workbook.json');

  expect(
    rows?.map(({ burnRate }) => exhaustionMs(ONE, fromDecimal(String(burnRate)), 30 * DAY_MS)),
  ).toEqual(rows?.map(({ seconds }) => seconds * 1_000));
});

test('the SRE workbook: tables 5-6 and 5-8, and the pair of its code sample', () => {
  type Row = { burnRate: number; budgetConsumedPct?: number; long?: string; window?: string };
  const book = vectors<Record<string, Row[]>>('sre-workbook.json');
  const tables = [...(book['recommended_Table5-6'] ?? []), ...(book['multiwindow_Table5-8'] ?? [])];
  const factor = (row: Row) =>
    burnFactor(row.budgetConsumedPct ?? 0, 30 * DAY_MS, durationMs(row.long ?? row.window ?? ''));

  expect(tables.map((row) => toNumber(factor(row)))).toEqual(
    tables.map(({ burnRate }) => burnRate),
  );
  expect(
    standardRules(30 * DAY_MS).map(({ severity, longMs, shortMs, factor: f }) => ({
      severity,
      long: longMs,
      short: shortMs,
      burnRate: toNumber(f),
    })),
  ).toEqual(
    (book['multiwindow_codeSample'] as (Row & { severity: string; short: string })[]).map(
      ({ severity, long = '', short, burnRate }) => ({
        severity,
        long: durationMs(long),
        short: durationMs(short),
        burnRate,
      }),
    ),
  );
});

describe('the SRE workbook: worked numbers', () => {
  const rule = (factor: string, long: string) => ({
    factor: fromDecimal(factor),
    longMs: durationMs(long),
  });
  const month = 30 * DAY_MS;

  test.each([
    ['10 m at 1, all fails', rule('1', '10m'), '1', 600],
    ['36 h at 1, all fails', rule('1', '36h'), '1', 129_600],
    ['1 h at 14.4, 15 % fail', rule('14.4', '1h'), '0.15', 5.76 * 60_000],
  ])('detected: %s', (_, each, share, ms) => {
    expect(detectedAfterMs(each, allowed('0.999'), fromDecimal(share))).toBeCloseTo(ms, 6);
  });

  test('consumed: by what was detected, by an outage, by a spike', () => {
    expect(toNumber(consumedWhenDetected(rule('1', '10m'), month)) * 100).toBeCloseTo(
      0.023148148,
      9,
    );
    expect(toNumber(consumedWhenDetected(rule('1000', '1h'), month)) * 100).toBeCloseTo(
      138.88888889,
      8,
    );
    expect(toNumber(consumedWhenDetected(rule('1000', '5m'), month)) * 100).toBeCloseTo(
      11.57407407,
      8,
    );
    expect(toNumber(consumedWhenDetected(rule('10', '1h'), month)) * 100).toBeCloseTo(
      1.38888889,
      8,
    );
    expect(burnFactor(5, month, 36 * HOUR_MS)).toEqual(ONE);
    expect(exhaustionMs(ONE, fromDecimal('35'), month)).toBeCloseTo(20.571428571 * HOUR_MS, -1);
  });

  test('at 90 % a total outage is too slow for the quick page', () => {
    expect(detectedAfterMs(rule('14.4', '1h'), allowed('0.9'))).toBeNull();
    expect(exhaustionMs(ONE, fromDecimal('100000'), month)).toBe(25_920);
    expect(exhaustionMs(ONE, fromDecimal('1000'), month)).toBe(43.2 * 60_000);
  });

  test('trap: one failure of ten burns 100 times too fast, where the text says 1,000', () => {
    expect(toNumber(burn(9, 1, 0.999) ?? ONE)).toBe(100);
    expect(budgetOf(tally(7_200), tally(0), fromDecimal('0.999'))?.allowedEvents).toBe(7.2);
  });
});

test('Sloth: factors of its catalogues; what has none is nobody’s default', () => {
  type Alert = { longSeconds: number; shortSeconds: number; burnRateFactor: number };
  type Case = {
    timeWindowSeconds: number;
    error: boolean;
    windowsYaml: string;
    alerts: Alert[] | null;
  };
  const { cases } = vectors<{ cases: Case[] }>('sloth-mwmb.json');
  const found = cases.map(({ timeWindowSeconds, windowsYaml, alerts }) => {
    const percents = [...windowsYaml.matchAll(/errorBudgetPercent: ([\d.]+)/g)].map(([, text]) =>
      fromDecimal(text ?? ''),
    );
    if (percents.length > 0) {
      return percents.map((percent, index) =>
        toNumber(
          burnFactor(
            percent,
            timeWindowSeconds * 1_000,
            (alerts?.[index]?.longSeconds ?? 0) * 1_000,
          ),
        ),
      );
    }
    const isEmpty = windowsYaml.includes('empty');
    const rules = isEmpty ? [] : standardRules(timeWindowSeconds * 1_000);
    return rules.length === 0 ? null : rules.map(({ factor }) => toNumber(factor));
  });

  cases.forEach(({ alerts, error }, index) => {
    expect(found[index] === null).toBe(error);
    alerts?.forEach(({ burnRateFactor }, at) => {
      expect(found[index]?.[at]).toBeCloseTo(burnRateFactor, 12);
    });
  });
});

test('Pyrra: how soon each of its alerts would have the budget gone', () => {
  type Alert = { exhaustsSeconds: number; factor: number };
  const { executed } = vectors<{ executed: { WindowSeconds: number; Alerts: Alert[] }[] }>(
    'pyrra-windows.json',
  );
  const pairs = executed.flatMap(({ WindowSeconds, Alerts }) =>
    Alerts.map(({ factor, exhaustsSeconds }) => [
      Math.round(
        (exhaustionMs(ONE, fromDecimal(String(factor)), WindowSeconds * 1_000) ?? 0) / 1_000,
      ),
      exhaustsSeconds,
    ]),
  );

  expect(pairs.length).toBeGreaterThan(30);
  expect(pairs.filter(([ours = 0, theirs = 0]) => Math.abs(ours - theirs) > 1)).toEqual([]);
});

describe('slokit', () => {
  const kit = vectors<{
    burnFromErrorRatio: { objective: number; errorRatio: number; burn: number }[];
    budgetConsumedOver: { burn: number; window: string; period: string; consumed: number }[];
    lookbackWindows: string[];
    objectiveRange: { rejectedPercent: number[]; rejectedRatio: (number | string)[] };
    durations: { ok: Record<string, number>; bad: string[] };
  }>('slokit.json');

  test('burn rates, shares consumed, lookbacks', () => {
    for (const { objective, errorRatio, burn: rate } of kit.burnFromErrorRatio) {
      expect(toNumber(burn(1_000 - errorRatio * 1_000, errorRatio * 1_000, objective) ?? ONE)).toBe(
        rate,
      );
    }
    for (const { burn: factor, window, period, consumed: share } of kit.budgetConsumedOver) {
      const rule = { factor: fromDecimal(String(factor)), longMs: durationMs(window) };
      expect(toNumber(consumedWhenDetected(rule, durationMs(period)))).toBe(share);
    }
    expect(LOOKBACKS_MS.map(durationText)).toEqual(kit.lookbackWindows);
    expect(budgetOf(tally(999_750), tally(250), fromDecimal('0.999'))).toMatchObject({
      allowedEvents: 1_000,
      consumedRatio: 0.25,
      remainingRatio: 0.75,
    });
    // Their library clamps what is overspent to 0; ours says by how much.
    expect(budgetOf(tally(995_000), tally(5_000), fromDecimal('0.999'))?.remainingEvents).toBe(
      -4_000,
    );
  });

  test('durations and targets that are none are refused', () => {
    for (const [text, seconds] of Object.entries(kit.durations.ok)) {
      if (text !== '1h30m') expect(durationMs(text)).toBe(seconds * 1_000);
    }
    for (const text of kit.durations.bad.filter((each) => each !== '0s')) {
      expect(() => durationMs(text)).toThrow('is not a duration');
    }
    for (const percent of kit.objectiveRange.rejectedPercent) {
      expect(() => load(changed(LATENCY, 'target: 0.95', `targetPercent: ${percent}`))).toThrow();
    }
  });
});

test('vendors: factors of Splunk, days of Datadog', () => {
  type Splunk = { periodDays: number; long: string; budgetConsumed: number; factor: number };
  const { splunk, datadog } = vectors<{
    splunk: { cases: Splunk[] };
    datadog: { cases: { periodDays: number; burn: number; exhaustionDays: number }[] };
  }>('vendor-tables.json');

  for (const { periodDays, long, budgetConsumed, factor } of splunk.cases) {
    const percent = fromDecimal(String(Math.round(budgetConsumed * 100)));
    expect(toNumber(burnFactor(percent, periodDays * DAY_MS, durationMs(long)))).toBe(factor);
  }
  for (const { periodDays, burn: rate, exhaustionDays } of datadog.cases) {
    expect(exhaustionMs(ONE, fromDecimal(String(rate)), periodDays * DAY_MS)).toBe(
      exhaustionDays * DAY_MS,
    );
  }
});

describe('slo-generator', () => {
  interface Report {
    readonly sli_measurement: number;
    readonly error_budget_target: number;
    readonly error_budget_burn_rate: number;
    readonly error_budget_consumed_ratio: number;
    readonly error_budget_remaining_minutes: number;
    readonly alert: boolean;
  }
  type Case = {
    goal: number;
    window: number;
    threshold: number;
    good: number;
    bad: number;
    out: Report;
  };
  const { grid } = vectors<{ grid: Case[] }>('slo-generator.json');

  test('168 reports: level, budget, what is left; a percentage of theirs is a ratio of ours', () => {
    expect(grid).toHaveLength(168);
    for (const { goal, window, good, bad, out } of grid) {
      const budget = budgetOf(tally(good), tally(bad), fromDecimal(String(goal)));
      expect(good / (good + bad)).toBeCloseTo(out.sli_measurement, 6);
      expect(budget?.allowedRatio).toBeCloseTo(out.error_budget_target, 12);
      expect((budget?.consumedRatio ?? 0) * 100).toBeCloseTo(out.error_budget_consumed_ratio, -1);
      const minutes = ((budget?.allowedRatio ?? 0) * (budget?.remainingRatio ?? 0) * window) / 60;
      // They round the level to six digits first.
      expect(Math.abs(minutes - out.error_budget_remaining_minutes)).toBeLessThan(window * 1e-6);
    }
  });

  test('trap: they round a burn rate to one decimal and then compare; ours is compared as it is', () => {
    const differing = grid.filter(({ goal, threshold, good, bad, out }) => {
      const rate = burn(good, bad, goal) ?? rational(0n, 1n);
      const isFaster = compare(rate, fromDecimal(String(threshold))) > 0;
      if (isFaster !== out.alert) {
        expect(Math.abs(toNumber(rate) - threshold)).toBeLessThanOrEqual(0.05 + 1e-9);
      }
      return isFaster !== out.alert;
    });
    const rate = burn(9_896, 104, 0.99) ?? ONE;

    expect(differing.length).toBeLessThan(20);
    expect(compare(rate, ONE)).toBeGreaterThan(0);
    expect(toNumber(rate)).toBe(1.04);
  });

  test('trap: a goal of 100 % has a burn rate of 0 there, and is refused here', () => {
    expect(() => load(changed(LATENCY, 'target: 0.95', 'target: 1.0'))).toThrow(
      'a target of 100 % leaves no error budget',
    );
  });
});

describe('Kibana', () => {
  const { errorBudget, dateRange, validation } = vectors<{
    errorBudget: { target: number; cases: { good: number; total: number; consumed: number }[] };
    dateRange: {
      now: string;
      cases: { type: string; unit?: string; duration?: string; from: string; to: string }[];
    };
    validation: { target?: number; valid: boolean }[];
  }>('kibana.json');

  test('budgets; no data and more good than there is are no levels here', () => {
    for (const { good, total, consumed: share } of errorBudget.cases) {
      if (total === 0) expect(burn(0, 0, errorBudget.target)).toBeNull();
      else if (good <= total) {
        expect(toNumber(burn(good, total - good, errorBudget.target) ?? ONE)).toBeCloseTo(share, 6);
      }
    }
  });

  test('windows; theirs end a millisecond early', () => {
    const at = new Date(dateRange.now);
    const unit = { week: 'w', month: 'M' } as Record<string, string>;
    for (const each of dateRange.cases) {
      const window =
        each.type === 'rolling'
          ? windowAt({ kind: 'rolling', ms: durationMs(each.duration ?? '') }, at)
          : windowAt(
              {
                kind: 'calendar',
                count: 1,
                unit: unit[each.unit ?? ''] ?? '',
                // A Monday, and a first of a month.
                startLocalMs: Date.UTC(2024, 0, 1),
                zone: 'UTC',
              },
              at,
            );
      expect(window.from).toBe(each.from);
      if (window.period) expect(Date.parse(window.period.to) - 1).toBe(Date.parse(each.to));
      else expect(window.to).toBe(each.to);
    }
  });

  test('targets of 0 and 1 are refused', () => {
    for (const { target } of validation.filter((each) => each.target !== undefined)) {
      expect(() => load(changed(LATENCY, 'target: 0.95', `target: ${target}`))).toThrow();
    }
  });
});
