import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { limits, MEASURED, planFor, scaleText } from '../../bench/scale.ts';
import { packagePath } from '../../core/package-root.ts';

test('docs/scale.md holds what the arithmetic gives', () => {
  expect(readFileSync(packagePath('docs/scale.md'), 'utf8')).toContain(`\n\n${scaleText()}\n\n`);
});

test('ten times the calls need ten times of everything, and a limit is where a plan needs a second one', () => {
  const [one, ten] = [planFor(1e9), planFor(1e10)];
  expect(ten.storedTb).toBeCloseTo(10 * one.storedTb, 6);
  expect(ten.peakMb).toBeCloseTo(10 * one.peakMb, 6);
  const limitOf = (what: string) =>
    limits().find((each) => each.what.startsWith(what))?.callsPerDay ?? 0;
  for (const [what, needed] of [
    ['one throughput unit', (calls: number) => planFor(calls).units],
    ['one standard namespace', (calls: number) => planFor(calls).namespaces],
    ['one worker', (calls: number) => planFor(calls).workers],
  ] as const) {
    expect([what, needed(limitOf(what) * 0.99), needed(limitOf(what) * 1.01)]).toEqual([
      what,
      1,
      2,
    ]);
  }
});

test('the file is at most 1.3 times the same columns in Parquet', () => {
  const sum = (engine: 'duckDb' | 'parquet') =>
    MEASURED.tables.reduce((total, table) => total + table[engine], 0);
  expect(sum('duckDb') / sum('parquet')).toBeLessThan(1.3);
});
