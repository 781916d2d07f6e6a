import { shortened } from './visible.ts';

/** Numbers and times as people read them; used by every report, and by nothing that is parsed. */

/** With thousands separators; text keeps all its digits, which a float would not. Never '-0'. */
export function grouped(value: string | number | bigint, least = 0, most = 3): string {
  return new Intl.NumberFormat('en-US', {
    minimumFractionDigits: least,
    maximumFractionDigits: Math.max(least, most),
    signDisplay: 'negative',
  }).format(value as number);
}

/** Beyond this a float of milliseconds has no decimals that mean anything. */
const FINEST = 12;

/** With as many decimals as it takes to stay on its side of a limit: 1500.001 is not '1,500' beside 1500. */
export function groupedBeside(value: number, limit: number): string {
  const side = (each: number) => Math.sign(each - limit);
  let digits = 0;
  while (digits < FINEST && side(Number(value.toFixed(digits))) !== side(value)) digits += 1;
  return grouped(value, 0, digits);
}

/** '1 call', '1,204 calls'. */
export function counted(count: number | string, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${String(count) === '1' ? one : many}`;
}

/** A share in percent: '100 %' only where it is all of it, '0 %' only where it is none. */
export function percent(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return '–';
  const value = ratio * 100;
  if (ratio === 0 || ratio === 1) return `${value} %`;
  const digits = [1, 2, 3, 4].find((places) => {
    const shown = Number(value.toFixed(places));
    return shown !== 0 && shown !== 100;
  });
  if (digits !== undefined) return `${grouped(Number(value.toFixed(digits)), 0, digits)} %`;
  return ratio < 0.5 ? '< 0.0001 %' : '> 99.9999 %';
}

/** '2026-11-20T14:02:11.123456Z' as '2026-11-20 14:02:11.123'. */
export function timeText(iso: string): string {
  return iso
    .replace('T', ' ')
    .replace(/(?:(\.\d{3})\d*)?Z$/, (_, ms) => (ms === '.000' ? '' : (ms ?? '')));
}

/** An amount of money: two decimals, or more where it is less than one. */
export function amountText(amount: string): string {
  const size = Math.abs(Number(amount));
  return grouped(amount, 2, size >= 1 || size === 0 ? 2 : 6);
}

/** 'a, b and c', of a longer list the first few and how many more. */
export function listed(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  const shown = rest > 0 ? [...names.slice(0, most), `${grouped(rest)} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** A name from telemetry inside a sentence: long ones are cut, and say so. */
export function named(name: string | null, otherwise = '(unknown)'): string {
  return name === null || name === '' ? otherwise : shortened(name, 80);
}
