import { instantCut } from '../core/window.ts';
import type { Parameter } from '../store/values.ts';

/** Types of parameters in KQL, and what `--param` text of each is read as. */
export const READ_AS: Readonly<Record<string, string>> = {
  datetime: 'timestamptz',
  string: 'varchar',
  'string[]': 'varchar[]',
  long: 'bigint',
  real: 'double',
  bool: 'boolean',
};

/** A value as KQL has it: nothing of it can end the literal that it stands in. */
export function kqlLiteral(type: string, value: Parameter): string {
  if (type === 'string') return textLiteral(String(value));
  if (type === 'string[]' && Array.isArray(value)) {
    const texts = value.map((each) => textLiteral(String(each)));
    return texts.length === 0 ? 'dynamic([])' : `pack_array(${texts.join(', ')})`;
  }
  if (type === 'long' && typeof value === 'number') return `long(${value})`;
  if (type === 'real' && typeof value === 'number') return `real(${value})`;
  if (type === 'bool' && typeof value === 'boolean') return String(value);
  throw new Error(`no parameter can have the type '${type}'`);
}

/** A time; one that is reckoned from now stays so, because the query is run later than it is written. */
export function kqlTime(text: string, now: Date): string {
  const relative = /^now(?:-(\d+(?:\.\d+)?)\s*([smhdw]))?$/.exec(text.trim());
  if (relative) {
    const [, count, unit] = relative;
    if (count === undefined) return 'now()';
    return unit === 'w' ? `ago(${Number(count) * 7}d)` : `ago(${Number(count)}${unit})`;
  }
  const time = instantCut(text, now).toISOString();
  // Ticks of 100 ns, which a Date does not hold.
  const fraction = /\.(\d{1,7})/.exec(text)?.[1] ?? '0';
  return `datetime(${time.slice(0, 19)}.${fraction.padEnd(7, '0')}Z)`;
}

/** Printable ASCII stands for itself; everything else, quotes and backslashes are written as code units. */
function textLiteral(text: string): string {
  const escaped = text.replace(/[^ -~]|['"\\]/g, (unit) =>
    [...Array(unit.length).keys()]
      .map((at) => `\\u${unit.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `'${escaped}'`;
}
