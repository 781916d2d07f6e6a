import { describe, expect, test } from 'vitest';
import { type CalendarRule, periodAt, readLocal, windowAt } from '../../slo/windows.ts';
import { fromLocal, isZone, toLocal } from '../../slo/zone.ts';
import { vectors } from './vectors.ts';

interface Known {
  readonly name: string;
  readonly unit: 'Minute' | 'Hour' | 'Day' | 'Week' | 'Month' | 'Quarter' | 'Year';
  readonly count: number;
  readonly startTime: string;
  readonly timeZone: string;
  readonly timestamp: string;
  readonly expectedBegin: string;
  readonly expectedEnd: string;
}

const { rolling, calendar } =
  vectors<Record<'rolling' | 'calendar', readonly Known[]>>('nobl9-time-windows.json');
const UNITS = { Minute: 'm', Hour: 'h', Day: 'd', Week: 'w', Month: 'M', Quarter: 'Q', Year: 'Y' };
const MS = { Minute: 60_000, Hour: 3_600_000, Day: 86_400_000 } as Record<string, number>;

const rule = (unit: string, count: number, start: string, zone: string): CalendarRule => ({
  kind: 'calendar',
  unit,
  count,
  startLocalMs: readLocal(start),
  zone,
});
const iso = (text: string) => new Date(text).toISOString();

test('all 57 windows of Nobl9', () => {
  const found = [
    ...rolling.map(({ unit, count, timestamp }) =>
      windowAt({ kind: 'rolling', ms: count * (MS[unit] ?? 0) }, new Date(timestamp)),
    ),
    ...calendar.map(({ unit, count, startTime, timeZone, timestamp }) =>
      periodAt(rule(UNITS[unit], count, startTime, timeZone), Date.parse(timestamp)),
    ),
  ];
  const known = [...rolling, ...calendar];

  expect(known).toHaveLength(57);
  expect(found.map(({ from, to }, at) => [known[at]?.name, from, to])).toEqual(
    known.map(({ name, expectedBegin, expectedEnd }) => [
      name,
      iso(expectedBegin),
      iso(expectedEnd),
    ]),
  );
});

const HOUR = 3_600_000;
const lengths: Readonly<Record<string, readonly [CalendarRule, string, number]>> = {
  'the day in Berlin on which clocks are put forward': [
    rule('d', 1, '2026-01-01 00:00:00', 'Europe/Berlin'),
    '2026-03-29T12:00:00Z',
    23,
  ],
  'and the one on which they are put back': [
    rule('d', 1, '2026-01-01 00:00:00', 'Europe/Berlin'),
    '2026-10-25T12:00:00Z',
    25,
  ],
  'a March with a change': [
    rule('M', 1, '2026-01-01 00:00:00', 'Europe/Berlin'),
    '2026-03-10T00:00:00Z',
    31 * 24 - 1,
  ],
  'a February of a leap year': [
    rule('M', 1, '2026-01-01 00:00:00', 'America/New_York'),
    '2028-02-29T23:00:00Z',
    29 * 24,
  ],
  'the year of Samoa without a 30 December': [
    rule('Y', 1, '2011-01-01 00:00:00', 'Pacific/Apia'),
    '2011-06-01T00:00:00Z',
    364 * 24,
  ],
  'half an hour of Lord Howe': [
    rule('d', 1, '2026-01-01 00:00:00', 'Australia/Lord_Howe'),
    '2026-04-04T20:00:00Z',
    24.5,
  ],
};

describe('a period is as long as clocks say', () => {
  test.each(Object.entries(lengths))('%s', (_, [calendarRule, at, hours]) => {
    const { from, to } = periodAt(calendarRule, Date.parse(at));

    expect((Date.parse(to) - Date.parse(from)) / HOUR).toBe(hours);
  });
});

test('judged at its end, a month is whole; a moment later the next has begun', () => {
  const month = rule('M', 1, '2026-01-01 00:00:00', 'Europe/Berlin');

  expect(windowAt(month, new Date('2026-10-31T23:00:00Z'))).toEqual({
    from: '2026-09-30T22:00:00.000Z',
    to: '2026-10-31T23:00:00.000Z',
    period: { from: '2026-09-30T22:00:00.000Z', to: '2026-10-31T23:00:00.000Z' },
  });
  expect(windowAt(month, new Date('2026-10-31T23:00:01Z'))).toMatchObject({
    from: '2026-10-31T23:00:00.000Z',
    period: { to: '2026-11-30T23:00:00.000Z' },
  });
});

test('a local time that comes twice is the first, one that never comes is moved on', () => {
  const at = (text: string) => new Date(fromLocal(Date.parse(text), 'Europe/Berlin')).toISOString();

  expect(at('2026-10-25T02:30:00Z')).toBe('2026-10-25T00:30:00.000Z');
  expect(at('2026-03-29T02:30:00Z')).toBe('2026-03-29T01:30:00.000Z');
  expect(toLocal(Date.parse('2026-03-29T01:30:00.250Z'), 'Europe/Berlin')).toBe(
    Date.parse('2026-03-29T03:30:00.250Z'),
  );
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['+01:00', false],
  ['', false],
])('%s is a zone: %s', (name, is) => {
  expect(isZone(name)).toBe(is);
});
