import type { TimeWindow } from '../core/window.ts';
import { durationMs } from './duration.ts';
import { fromLocal, toLocal } from './zone.ts';

/** The time that a promise is about: the last so many days, or a period of the calendar. */
export type WindowRule = RollingRule | CalendarRule;

export interface RollingRule {
  readonly kind: 'rolling';
  readonly ms: number;
}

export interface CalendarRule {
  readonly kind: 'calendar';
  readonly count: number;
  readonly unit: string;
  /** Local time at which one of the periods starts, as milliseconds. */
  readonly startLocalMs: number;
  readonly zone: string;
}

/** What is judged, and for a calendar the whole period that it is the beginning of. */
export interface JudgedWindow extends TimeWindow {
  readonly period: TimeWindow | null;
}

const MONTHS: Readonly<Record<string, number>> = { M: 1, Q: 3, Y: 12 };
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7 };

/** 'YYYY-MM-DD hh:mm:ss' as a local time. */
export function readLocal(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d{2})-(\d{2}) (\d{1,2}):(\d{2}):(\d{2})$/.exec(text) ?? [];
  const [y, m, d, h, i, s] = [year, month, day, hour, minute, second].map(Number);
  return Date.UTC(y ?? 0, (m ?? 1) - 1, d ?? 1, h ?? 0, i ?? 0, s ?? 0);
}

/** The period of the calendar that holds an instant; half open. */
export function periodAt(rule: CalendarRule, instantMs: number): TimeWindow {
  let index = firstGuess(rule, instantMs);
  while (boundary(rule, index) > instantMs) index -= 1;
  while (boundary(rule, index + 1) <= instantMs) index += 1;
  return windowOf(boundary(rule, index), boundary(rule, index + 1));
}

/**
 * The window that ends at `at`, exclusive. A calendar's is the part that has passed of the period in
 * which the last moment before `at` lies: judged at its very end, a month is a whole month.
 */
export function windowAt(rule: WindowRule, at: Date): JudgedWindow {
  if (rule.kind === 'rolling') {
    return { ...windowOf(at.getTime() - rule.ms, at.getTime()), period: null };
  }
  const period = periodAt(rule, at.getTime() - 1);
  return { from: period.from, to: at.toISOString(), period };
}

/** Where a period starts. A day that its month has not moves on: February 31 is March 3. */
function boundary({ startLocalMs, zone, count, unit }: CalendarRule, index: number): number {
  const steps = index * count;
  const start = new Date(startLocalMs);
  const months = MONTHS[unit];
  const days = DAYS[unit];
  if (months === undefined && days === undefined) {
    return fromLocal(startLocalMs, zone) + steps * durationMs(`1${unit}`);
  }
  const local = Date.UTC(
    start.getUTCFullYear(),
    start.getUTCMonth() + steps * (months ?? 0),
    start.getUTCDate() + steps * (days ?? 0),
    start.getUTCHours(),
    start.getUTCMinutes(),
    start.getUTCSeconds(),
  );
  return fromLocal(local, zone);
}

function firstGuess({ startLocalMs, zone, count, unit }: CalendarRule, instantMs: number): number {
  const length = count * durationMs(`1${unit}`);
  return Math.floor((toLocal(instantMs, zone) - startLocalMs) / length);
}

function windowOf(fromMs: number, toMs: number): TimeWindow {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
