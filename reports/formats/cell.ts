import type { Value } from '../../store/values.ts';
import type { Column } from '../listing.ts';
import { amountText, grouped, percent, timeText } from '../reading.ts';

/** One value as plain text, exact; absent is the empty string. */
export function exactText(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'object') return JSON.stringify(value, bigintAsText);
  return String(value);
}

/** JSON has no integers beyond 2^53 that survive a reader, so they are written as text. */
export function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/**
 * One value for people: money to the cent, shares in percent, times to the millisecond, fractions
 * rounded; absent is a dash. The formats that machines read have all of it.
 */
export function readableText(value: Value, { name, type, unit }: Column): string {
  if (value === null) return '-';
  if (typeof value === 'number') {
    if (unit === 'ratio') return percent(value);
    return Number.isInteger(value) ? String(value) : rounded(value, unit === 'ms' ? 1 : 3);
  }
  if (typeof value !== 'string') return exactText(value);
  if (type === MONEY) return name === 'quantity' ? grouped(value, 0, 6) : amountText(value);
  return /^timestamp/i.test(type) ? timeText(value) : value;
}

/** Quantities are as exact as what they cost. */
const MONEY = 'decimal(38,12)';

function rounded(value: number, places: number): string {
  return String(Number(Math.abs(value) >= 1 ? value.toFixed(places) : value.toPrecision(4)));
}
