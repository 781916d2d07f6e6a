import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompose, exactParts, type GroupCount } from '../../../slo/compare/decompose.ts';
import { add, rational, subtract, ZERO } from '../../../slo/rational.ts';

const group = (value: string, good: number, bad: number): GroupCount => ({ value, good, bad });

function levelOf(groups: readonly GroupCount[]) {
  const sum = (of: (each: GroupCount) => number | string) =>
    groups.reduce((all, each) => all + BigInt(of(each)), 0n);
  const good = sum((each) => each.good);
  return rational(good, good + sum((each) => each.bad));
}

const groups = fc
  // The rest of the values may be called as one of them is.
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(500), fc.nat(500)), {
    minLength: 1,
  })
  .map((rows) => rows.map(([value, good, bad]) => group(value, good, bad)))
  .filter((rows) => rows.some(({ good, bad }) => Number(good) + Number(bad) > 0));

test('mix and rate of all groups add up to the difference, to the last digit', () => {
  fc.assert(
    fc.property(groups, groups, (current, previous) => {
      const sum = exactParts(current, previous).reduce(
        (all, { mix, rate }) => add(all, add(mix, rate)),
        ZERO,
      );
      expect(sum).toEqual(subtract(levelOf(current), levelOf(previous)));
    }),
  );
});

describe('a difference', () => {
  test('that is another mix alone', () => {
    const { mix, rate } = decompose(
      'tool_name',
      [group('fast', 90, 10), group('slow', 450, 450)],
      [group('fast', 810, 90), group('slow', 50, 50)],
    );

    expect([mix, rate]).toEqual([expect.closeTo(-0.32, 12), 0]);
  });

  test('that is another level alone', () => {
    const { mix, rate, parts } = decompose(
      'tool_name',
      [group('fast', 80, 20), group('slow', 50, 50)],
      [group('fast', 90, 10), group('slow', 50, 50)],
    );

    expect([mix, rate]).toEqual([0, expect.closeTo(-0.05, 12)]);
    expect(parts[0]).toEqual({ value: 'fast', mix: 0, rate: expect.closeTo(-0.05, 12) });
  });

  test('by what was not there before is all mix', () => {
    const { mix, rate } = decompose(
      'agent_id',
      [group('a', 9, 1), group('new', 0, 10)],
      [group('a', 9, 1)],
    );

    expect([mix, rate]).toEqual([expect.closeTo(-0.45, 12), 0]);
  });
});
