import { parseDuration } from '../core/window.ts';

const CALENDAR_DAYS: Readonly<Record<string, number>> = { M: 30, Q: 90, Y: 365 };

/** An OpenSLO duration in milliseconds; a rolling month, quarter or year is 30, 90 or 365 days. */
export function durationMs(text: string): number {
  const days = CALENDAR_DAYS[text.slice(-1)];
  return days === undefined ? parseDuration(text) : parseDuration(`${text.slice(0, -1)}d`) * days;
}

/** Whether the unit has no length of its own. */
export function isCalendarUnit(text: string): boolean {
  return text.slice(-1) in CALENDAR_DAYS;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** '5m', '3d': the largest unit that divides it. */
export function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
