import { expect, test } from 'vitest';
import { Random } from '../../simulate/random.ts';

const draws = (random: Random, count: number, draw: (random: Random) => number): number[] =>
  Array.from({ length: count }, () => draw(random));

test('a seed gives the same stream always, also beyond 32 bits', () => {
  const bits = (seed: number) => draws(new Random(seed), 5, (random) => random.bits());

  expect(bits(42)).toEqual(bits(42));
  expect(bits(42)).not.toEqual(bits(43));
  expect(bits(1)).not.toEqual(bits(1 + 2 ** 32));
});

test('units are spread evenly over [0, 1)', () => {
  const units = draws(new Random(1), 20_000, (random) => random.unit());

  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => units.filter((unit) => Math.floor(unit * 10) === tenth).length,
  );
  for (const count of tenths) expect(count).toBeGreaterThan(1_850);
});

test('log-normal draws have the median and the tail that was asked for', () => {
  const sorted = draws(new Random(2), 20_000, (random) => random.logNormal(200, 0.5)).sort(
    (a, b) => a - b,
  );

  expect(sorted[10_000]).toBeCloseTo(200, -1);
  // The 95th percentile of a log-normal is median * exp(1.645 sigma).
  expect((sorted[19_000] ?? 0) / (200 * Math.exp(1.645 * 0.5))).toBeCloseTo(1, 1);
});

test('items come as often as their weight says', () => {
  const random = new Random(3);
  const items = [
    { name: 'often', weight: 3 },
    { name: 'rare', weight: 1 },
  ];

  const rare = draws(random, 8_000, () => (random.weighted(items).name === 'rare' ? 1 : 0));

  expect(rare.reduce((sum, one) => sum + one) / 8_000).toBeCloseTo(0.25, 1);
});

test('ids have the form that their readers expect', () => {
  const random = new Random(4);

  expect(random.hex(4)).toMatch(/^[0-9a-f]{32}$/);
  expect(random.uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(new Set(draws(random, 1_000, () => Number.parseInt(random.hex(1), 16))).size).toBe(1_000);
});

test('shuffling keeps every item', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = new Random(5).shuffle(items);

  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
});
