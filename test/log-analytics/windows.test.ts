import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_ROWS, type Window, Windows, windowsOf } from '../../ingest/log-analytics/windows.ts';

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

      for (const [no, { after, from, to }] of went.entries()) {
        expect(after).toBe(went[no - 1]?.to ?? 3n);
        expect(from >= after && to > from).toBe(true);
      }
      for (const { at, width, rows } of given.filter((each) => each.rows > 0)) {
        for (let tick = at > 3n ? at : 3n; tick < at + width && tick < 995n; tick += 1n) {
          expect([rows, went.filter(({ from, to }) => from <= tick && tick < to).length]).toEqual([
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

test('one tick has no halves', () => {
  const windows = new Windows([{ after: 0n, from: 4n, to: 5n, rows: 1, bytes: 1 }]);

  expect(windows.halve(windows.take() as Window)).toBe(false);
});
