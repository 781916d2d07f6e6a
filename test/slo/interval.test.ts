import { describe, expect, test } from 'vitest';
import { effectiveRows, wilson } from '../../slo/interval.ts';

/** Worked by hand from the closed form at the ends: z^2 / (n + z^2). */
const ends = [
  [10, '0.95', 3.841458820694124 / 13.841458820694124],
  [100, '0.95', 3.841458820694124 / 103.84145882069413],
  [10, '0.99', 6.6348966010212145 / 16.634896601021214],
] as const;

describe('at the ends, where the interval of Wald has no width', () => {
  test.each(ends)('%d rows at %s', (n, confidence, width) => {
    expect(wilson(0, n, confidence)?.high).toBeCloseTo(width, 12);
    expect(wilson(0, n, confidence)?.low).toBe(0);
    expect(wilson(1, n, confidence)?.low).toBeCloseTo(1 - width, 12);
    expect(wilson(1, n, confidence)?.high).toBe(1);
  });
});

test('half of a hundred', () => {
  const { low, high } = wilson(0.5, 100, '0.95') ?? { low: 0, high: 0 };

  expect(low).toBeCloseTo(0.40383153, 7);
  expect(high).toBeCloseTo(0.59616847, 7);
});

test('3,838 good rows without a bad one are needed to show 99.9 %', () => {
  expect(wilson(1, 3_838, '0.95')?.low).toBeGreaterThanOrEqual(0.999);
  expect(wilson(1, 3_837, '0.95')?.low).toBeLessThan(0.999);
});

test('no rows have no interval', () => {
  expect(wilson(1, 0, '0.95')).toBeNull();
});

test('sampled rows are worth fewer than they stand for', () => {
  expect(effectiveRows(100, 100)).toBe(100);
  expect(effectiveRows(100, 10 * 10 * 10)).toBe(10);
  expect(effectiveRows(0, 0)).toBe(0);
});
