import { UserError } from './errors.ts';

/** A half-open span of time, `[from, to)`, as ISO-8601 UTC text. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

const HOUR_MS = 3_600_000;

const UNIT_MS = {
  s: 1_000,
  m: 60_000,
  h: HOUR_MS,
  d: 86_400_000,
  w: 604_800_000,
} as const satisfies Readonly<Record<string, number>>;

/** Keeps what is reckoned with a duration within the dates that there are. */
const LONGEST_MS = 36_525 * UNIT_MS.d;

/** Reads '90s', '15m', '24h', '7d' or '2w' as milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(text.trim());
  if (!match) {
    throw new UserError(
      'usage_invalid',
      `'${text}' is not a duration.`,
      "Write a number and a unit, such as '90s', '15m', '24h', '7d' or '2w'.",
    );
  }
  const duration = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  if (duration <= LONGEST_MS) return duration;
  throw new UserError(
    'usage_invalid',
    `'${text}' is longer than a hundred years.`,
    'Write a shorter duration.',
  );
}

/** The window of that duration which ends at `to`. */
export function windowBefore(to: Date, duration: string): TimeWindow {
  const from = new Date(to.getTime() - parseDuration(duration));
  return { from: from.toISOString(), to: to.toISOString() };
}

/**
 * From when on times are not believed: more than a day ahead of now a clock, a zone or a unit is wrong,
 * not the day. A window that was asked for and ends later is believed.
 */
export function notBelievedFrom(now: Date, to?: Date): Date {
  return new Date(Math.max(now.getTime() + UNIT_MS.d, to?.getTime() ?? 0));
}

/** The last full hour at or before a time. */
export function fullHour(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
}

/**
 * Reads an ISO-8601 date or time (UTC unless it says otherwise), 'now', 'now-24h' or 'now+24h'. One that is finer than
 * a millisecond is refused, for what reckons in these: a record at the very end would fall out of a window that was cut.
 */
export function parseInstant(text: string, now: Date): Date {
  if (!/:\d{2}\.\d{3}\d*[1-9]/.test(text)) return instantCut(text, now);
  throw new UserError(
    'usage_invalid',
    `'${text}' is finer than a millisecond.`,
    'Write at most three decimals.',
  );
}

/** As `parseInstant`, as ISO-8601 UTC text to the microsecond, which the tables keep: what a listing shows can be asked for. */
export function exactInstant(text: string, now: Date): string {
  const time = instantCut(text, now).toISOString();
  const micros = /:\d{2}\.\d{3}(\d{1,3})/.exec(text)?.[1]?.padEnd(3, '0') ?? '000';
  return micros === '000' ? time : time.replace('Z', `${micros}Z`);
}

/** Whether a time of ISO-8601 UTC text is before another, whatever decimals they have. */
export function isBefore(a: string, b: string): boolean {
  return a.replace('Z', '').padEnd(26, '0') < b.replace('Z', '').padEnd(26, '0');
}

/** The start of the window of that duration which ends at `to`. */
export function startBefore(to: string, duration: string): string {
  const { from } = windowBefore(new Date(to), duration);
  return `${from.slice(0, -1)}${to.slice(from.length - 1)}`;
}

/** As `parseInstant`, cut to the millisecond, for who keeps the text. */
export function instantCut(text: string, now: Date): Date {
  const relative = /^now(?:([+-])(.+))?$/.exec(text.trim());
  if (relative) {
    const [, sign, duration] = relative;
    const ms = duration === undefined ? 0 : parseDuration(duration);
    return new Date(now.getTime() + (sign === '+' ? ms : -ms));
  }
  if (
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(
      text.trim(),
    )
  ) {
    const iso = text.trim().replace(' ', 'T');
    const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) || iso.length === 10;
    const time = new Date(hasZone ? iso : `${iso}Z`);
    // Date rolls 2026-02-30 over to March; a time that does not exist must be refused instead.
    if (!Number.isNaN(time.getTime()) && isRealDate(iso.slice(0, 10))) return time;
  }
  throw new UserError(
    'usage_invalid',
    `'${text}' is not a time.`,
    "Write a date ('2026-11-21'), an ISO time ('2026-11-21T10:00:00Z'), or 'now-24h'.",
  );
}

function isRealDate(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
