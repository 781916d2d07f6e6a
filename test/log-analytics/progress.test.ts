import { expect, test } from 'vitest';
import {
  afterCounting,
  afterReading,
  afterReadingPart,
  type Progress,
} from '../../ingest/log-analytics/progress.ts';
import { TICK_PARTS } from '../../ingest/log-analytics/windows.ts';

const SETTLE = 120n;
const START: Progress = { begin: 0n, position: 0n, unsettled: [], within: [] };

test('what is old enough when it is read has settled', () => {
  expect(afterReading(START, { from: 0n, to: 100n, rows: 5 }, 100n, SETTLE)).toEqual({
    begin: 0n,
    position: 100n,
    unsettled: [],
    within: [],
  });
});

test('what is read soon is looked at again; short stretches are one', () => {
  const first = afterReading(START, { from: 0n, to: 4n, rows: 5 }, 0n, SETTLE);
  const second = afterReading(first, { from: 4n, to: 10n, rows: 1 }, 0n, SETTLE);
  const third = afterReading(second, { from: 10n, to: 13n, rows: 0 }, 0n, SETTLE);

  expect(third).toEqual({
    begin: 0n,
    position: 13n,
    unsettled: [
      { from: 0n, to: 10n, rows: 6 },
      { from: 10n, to: 13n, rows: 0 },
    ],
    within: [],
  });
});

const UNSETTLED: Progress = {
  begin: 0n,
  position: 30n,
  unsettled: [
    { from: 0n, to: 10n, rows: 6 },
    { from: 10n, to: 20n, rows: 7 },
    { from: 20n, to: 30n, rows: 0 },
  ],
  within: [],
};

test('a stretch that has gained rows is to be read again; one that has not, and is old, is done', () => {
  expect(afterCounting(UNSETTLED, [6, 8, 0], 20n).unsettled).toEqual([
    { from: 10n, to: 20n, rows: null },
    { from: 20n, to: 30n, rows: 0 },
  ]);
});

test('rows that retention took are no reason to read again', () => {
  expect(afterCounting(UNSETTLED, [2, 7, 0], 30n).unsettled).toEqual([]);
});

test('a stretch that is read again in parts is done when all of them are', () => {
  const counted = afterCounting(UNSETTLED, [6, 8, 0], 20n);
  const half = afterReading(counted, { from: 10n, to: 15n, rows: 3 }, 20n, SETTLE);

  expect(half.position).toBe(30n);
  expect(half.unsettled).toEqual([
    { from: 15n, to: 20n, rows: null },
    { from: 20n, to: 30n, rows: 0 },
  ]);
  expect(afterReading(half, { from: 15n, to: 20n, rows: 5 }, 20n, SETTLE).unsettled).toEqual([
    { from: 20n, to: 30n, rows: 0 },
  ]);
  // Stopped between the two: what was not read is still to be.
  expect(afterCounting(half, [0, 0], 40n).unsettled).toEqual([{ from: 15n, to: 20n, rows: null }]);
});

test('a tick counts as read when all of its parts were, in their order', () => {
  const before = afterReading(START, { from: 0n, to: 4n, rows: 0 }, 0n, SETTLE);
  const first = { at: 4n, part: { from: 0, to: 100 }, rows: 7 };
  const rest = { at: 4n, part: { from: 100, to: TICK_PARTS }, rows: 5 };

  const some = afterReadingPart(before, first, 0n, SETTLE);
  expect(some).toEqual({ ...before, within: [{ at: 4n, parts: 100, rows: 7 }] });
  expect(() => afterReadingPart(before, rest, 0n, SETTLE)).toThrow('out of their order');
  expect(() => afterReadingPart(some, first, 0n, SETTLE)).toThrow('out of their order');
  expect(afterReadingPart(some, rest, 0n, SETTLE)).toEqual({
    begin: 0n,
    position: 5n,
    unsettled: [{ from: 0n, to: 5n, rows: 12 }],
    within: [],
  });
});
