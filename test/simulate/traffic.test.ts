import { expect, test } from 'vitest';
import { isoMicros, isoTicks, microsOf, portalTime, unixNanos } from '../../simulate/timestamps.ts';
import { Traffic } from '../../simulate/traffic.ts';

const at = (text: string) => microsOf(new Date(text));

test('a working day is busier by day than by night, and than a Sunday', () => {
  // Monday 16 to Sunday 22 November 2026.
  const traffic = new Traffic(new Date('2026-11-16T00:00:00Z'), new Date('2026-11-23T00:00:00Z'));
  const times = Array.from({ length: 70_000 }, (_, index) =>
    traffic.timeAt((index + 0.5) / 70_000),
  );
  const between = (from: string, to: string) =>
    times.filter((time) => time >= at(from) && time < at(to)).length;

  const noon = between('2026-11-16T10:00:00Z', '2026-11-16T11:00:00Z');
  const night = between('2026-11-16T02:00:00Z', '2026-11-16T03:00:00Z');
  const sunday = between('2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z');

  expect(noon / night).toBeCloseTo(36, -1);
  expect(sunday / noon).toBeCloseTo(0.3, 1);
  expect(times.toSorted((a, b) => a - b)).toEqual(times);
});

test('a window that is no whole number of hours is kept exactly', () => {
  const from = new Date('2026-11-16T10:59:30Z');
  const to = new Date('2026-11-16T11:00:15Z');
  const traffic = new Traffic(from, to);

  expect(traffic.timeAt(0)).toBe(microsOf(from));
  expect(traffic.timeAt(1)).toBe(microsOf(to) - 1);
  expect(traffic.progressAt(traffic.timeAt(0))).toBe(0);
});

const times = {
  'seven digits': [isoTicks, '2026-11-21T18:05:09.1230455Z'],
  'six digits': [isoMicros, '2026-11-21T18:05:09.123045Z'],
  'the portal': [portalTime, '11/21/2026, 6:05:09.123 PM'],
  nanoseconds: [unixNanos, '1795284309123045000'],
} as const;

test.each(Object.entries(times))('a time as %s', (_, [write, text]) => {
  expect(write(at('2026-11-21T18:05:09Z') + 123_045)).toBe(text);
});

test.each([
  ['2026-11-21T00:00:00Z', '11/21/2026, 12:00:00.000 AM'],
  ['2026-11-21T12:30:00Z', '11/21/2026, 12:30:00.000 PM'],
])('%s is %s in the portal', (iso, text) => {
  expect(portalTime(at(iso))).toBe(text);
});
