import type { Value } from '../../store/values.ts';
import { exactText } from '../formats/cell.ts';
import { type Column, isNumeric } from '../listing.ts';
import { amountText, grouped, percent, timeText } from '../reading.ts';
import { shortened } from '../visible.ts';
import { badge, isBadge } from './badge.ts';
import { type Content, html } from './markup.ts';

const LONGEST_TEXT = 240;
const LONGEST_LINE = 30;

/** One value as a table of the page shows it. */
export function cell(column: Column, value: Value): Content {
  if (value === null || value === '') return html`<span class="absent" title="not known">–</span>`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = exactText(value);
  if (isNumeric(column)) return figureText(text, column);
  if (isTime(column)) return time(text, column.name !== 'timestamp');
  if (STATES.test(column.name) && isBadge(text)) return badge(text);
  if (column.type === 'uuid') return html`<bdi class="id">${text}</bdi>`;
  if (text.length <= LONGEST_LINE) return html`<bdi class="short">${breakable(text)}</bdi>`;
  return html`<bdi class="long">${shortened(text, LONGEST_TEXT)}</bdi>`;
}

/** Names may be broken between their words, where the page lets them be broken at all. */
function breakable(text: string): Content[] {
  const words = text.split(/(?<=_)(?=.)|(?<=[a-z])(?=[A-Z])/);
  return words.map((word, no) => (no === 0 ? word : html`<wbr>${word}`));
}

/** Columns whose words are states, shown with their mark. */
const STATES = /(?:outcome|state|tool_class|approval_result)$/;

export function isTime({ type }: Column): boolean {
  return /^(?:timestamp|date)/i.test(type);
}

/** A time in UTC: of a call to the millisecond, of others to the second. */
function time(iso: string, isCoarse: boolean): Content {
  const text = timeText(iso);
  return html`<time datetime="${iso}">${isCoarse ? text.slice(0, 19) : text}</time>`;
}

function figureText(text: string, { name, unit, type }: Column): string {
  if (unit === 'ratio') return percent(Number(text));
  if (name === 'quantity') return grouped(text, 0, 6);
  if (/^decimal/i.test(type)) return amountText(text);
  return grouped(text, 0, unit === 'ms' ? (Math.abs(Number(text)) >= 10 ? 0 : 1) : 3);
}
