import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  closerWindows,
  MAX_ROWS,
  TICK_PARTS,
  type Window,
  Windows,
  windowsOf,
} from '../../ingest/log-analytics/windows.ts';

const bin = fc.record({
  at: fc.bigInt({ min: 0n, max: 99n }).map((no) => no * 10n),
  width: fc.constant(10n),
  rows: fc.integer({ min: 0, max: 3 * MAX_ROWS }),
  bytes: fc.integer({ min: 0, max: 90_000_000 }),
});
const bins = fc.uniqueArray(bin, { selector: ({ at }) => at, maxLength: 40 });

/** Takes all windows, halving each for which `fails` says so. */
function taken(windows: Windows, fails: (window: Window) => boolean): Window[] {
  const went: Window[] = [];
  for (let next = windows.take(); next !== undefined; next = windows.take()) {
    if (fails(next) && windows.halve(next)) continue;
    windows.settle(next, next);
    went.push(next);
  }
  return went;
}

test('whatever does not go through, every row has one window, and they come in order', () => {
  fc.assert(
    fc.property(bins, fc.bigInt({ min: 1n, max: 40n }), (given, longest) => {
      const went = taken(
        new Windows(windowsOf(given, { from: 3n, to: 995n })),
        ({ from, to }) => to - from > longest,
      );

      // Of a tick that is asked for in parts, the first stands for all.
      const times = went.filter(({ part }) => part === undefined || part.from === 0);
      for (const [no, { after, from, to }] of times.entries()) {
        expect(after).toBe(times[no - 1]?.to ?? 3n);
        expect(from >= after && to > from).toBe(true);
      }
      for (const { at, width, rows } of given.filter((each) => each.rows > 0)) {
        for (let tick = at > 3n ? at : 3n; tick < at + width && tick < 995n; tick += 1n) {
          expect([rows, times.filter(({ from, to }) => from <= tick && tick < to).length]).toEqual([
            rows,
            1,
          ]);
        }
      }
    }),
  );
});

test('dense times get short windows, sparse ones long', () => {
  const windows = windowsOf(
    [
      { at: 0n, width: 10n, rows: 10, bytes: 1_000 },
      { at: 500n, width: 10n, rows: 10, bytes: 1_000 },
      { at: 510n, width: 10n, rows: 30_000, bytes: 6_000_000 },
    ],
    { from: 0n, to: 1_000n },
  );
  const went = taken(new Windows(windows), () => false);

  expect(went.map(({ from, to }) => [from, to])).toEqual([
    [0n, 510n],
    [510n, 513n],
    [513n, 516n],
    [516n, 520n],
  ]);
});

test('what has one ingestion time is asked for in parts, in their order, and none of them twice', () => {
  const narrow = ({ part }: Window) => part !== undefined && part.to - part.from <= TICK_PARTS / 64;
  const windows = [
    { after: 0n, from: 4n, to: 5n, rows: 5 * MAX_ROWS, bytes: 1 },
    { after: 5n, from: 9n, to: 10n, rows: 1, bytes: 1 },
  ];
  const went = taken(new Windows(windows), (window) => !narrow(window));

  expect(went[0]).toMatchObject({ after: 0n, from: 4n, to: 5n });
  for (const tick of [4n, 9n]) {
    const parts = went.filter(({ from }) => from === tick).map(({ part }) => part);
    expect(parts.length).toBeGreaterThanOrEqual(64);
    expect(parts.map((part) => part?.from)).toEqual([
      0,
      ...parts.slice(0, -1).map((part) => part?.to),
    ]);
    expect(parts.at(-1)?.to).toBe(TICK_PARTS);
  }
  // As many as an answer may hold were asked for at first.
  expect(new Windows(windows).take()?.part).toEqual({ from: 0, to: Math.floor(TICK_PARTS / 5) });
});

test('one part of a tick has no halves', () => {
  const part = { from: 7, to: 8 };
  const windows = new Windows([{ after: 0n, from: 4n, to: 5n, rows: 1, bytes: 1, part }]);

  expect(windows.halve(windows.take() as Window)).toBe(false);
});

test('a window that held too much is divided by what is where, to its end', () => {
  const window = { after: 0n, from: 10n, to: 1_000n, rows: 100, bytes: 1_000 };
  const batch = { at: 500n, width: 1n, rows: 5 * MAX_ROWS, bytes: 1 };
  const few = { at: 20n, width: 1n, rows: 3, bytes: 1 };

  expect(closerWindows(window, [few])).toBeUndefined();
  expect(closerWindows(window, [])).toBeUndefined();
  expect(closerWindows(window, [few, batch])).toEqual([
    { after: 0n, from: 20n, to: 21n, rows: 3, bytes: 1 },
    { after: 21n, from: 500n, to: 501n, rows: 5 * MAX_ROWS, bytes: 1 },
    { after: 501n, from: 501n, to: 1_000n, rows: 0, bytes: 0 },
  ]);
});
