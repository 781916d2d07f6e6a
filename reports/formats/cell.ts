import type { Value } from '../../store/values.ts';

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

/** One value for people: fractions are rounded for reading, absent is a dash. */
export function readableText(value: Value): string {
  if (value === null) return '-';
  if (typeof value !== 'number' || Number.isInteger(value)) return exactText(value);
  return Math.abs(value) >= 1
    ? String(Number(value.toFixed(3)))
    : String(Number(value.toPrecision(4)));
}
