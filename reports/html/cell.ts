import type { Value } from '../../store/values.ts';
import { exactText } from '../formats/cell.ts';
import { type Column, isNumeric } from '../listing.ts';
import { shortened } from '../visible.ts';
import { badge, isBadge } from './badge.ts';
import { type Content, html } from './markup.ts';

const LONGEST_TEXT = 240;

/** One value as a table of the page shows it. */
export function cell(column: Column, value: Value): Content {
  if (value === null || value === '') {
    return html`<span class="absent" title="not known">–</span>`;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isNumeric(column)) return figure(exactText(value), column);
  const text = exactText(value);
  if (isTime(column)) return time(text);
  if (isBadge(text)) return badge(text);
  return html`<bdi>${shortened(text, LONGEST_TEXT)}</bdi>`;
}

export function isTime({ type }: Column): boolean {
  return /^(?:timestamp|date)/i.test(type);
}

/** A time in UTC, to the millisecond where it has one. */
export function time(iso: string): Content {
  return html`<time datetime="${iso}">${timeText(iso)}</time>`;
}

/** '2026-11-20T14:02:11.123456Z' as '2026-11-20 14:02:11.123'. */
export function timeText(iso: string): string {
  return iso.replace('T', ' ').replace(/(?:(\.\d{3})\d*)?Z$/, '$1');
}

/** A number for reading. The text may be a decimal too long for a float, and is never made one. */
export function figure(text: string, { name, unit, type }: Column): string {
  if (unit === 'ratio' || name.endsWith('_ratio')) return percent(Number(text));
  return grouped(text, fractionDigits(text, unit ?? '', type));
}

function fractionDigits(text: string, unit: string, type: string): readonly [number, number] {
  const size = Math.abs(Number(text));
  if (/^decimal/i.test(type)) return size >= 1 || size === 0 ? [2, 2] : [2, 6];
  if (unit === 'ms') return size >= 10 ? [0, 0] : [0, 1];
  return [0, 3];
}

/** With thousands separators; a string keeps all its digits, which a float would not. */
export function grouped(
  text: string | number,
  [least, most] = [0, 3] as readonly number[],
): string {
  return new Intl.NumberFormat('en-US', {
    minimumFractionDigits: least ?? 0,
    maximumFractionDigits: most ?? 3,
  }).format(text as number);
}

/** A share in percent: '100 %' only where it is all of it, '0 %' only where it is none. */
export function percent(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  if (ratio === 0 || ratio === 1) return `${ratio * 100} %`;
  const value = ratio * 100;
  const digits = [1, 2, 3, 4].find((places) => {
    const shown = Number(value.toFixed(places));
    return shown !== 0 && shown !== 100;
  });
  if (digits !== undefined) return `${grouped(Number(value.toFixed(digits)), [0, digits])} %`;
  return ratio < 0.5 ? '< 0.0001 %' : '> 99.9999 %';
}
