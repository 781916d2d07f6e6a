import { UserError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { instantCut } from '../core/window.ts';
import type { SqlField } from '../store/sql-file.ts';
import type { Parameter } from '../store/values.ts';

/** What is asked with parameters: a query of ours. */
export interface Asked {
  readonly name: string;
  readonly params: readonly SqlField[];
  readonly file: { readonly path: string };
}

type Convert = (text: string, now: Date) => Parameter | undefined;

/** How the text of `--param name=text` becomes a value of each type; undefined: it does not. */
const CONVERT: Readonly<Record<string, { readonly convert: Convert; readonly example: string }>> = {
  timestamptz: { convert: instant, example: "'2026-11-21T10:00:00Z', '2026-11-21' or 'now-24h'" },
  varchar: { convert: (text) => text, example: 'text' },
  'varchar[]': {
    convert: (text) => (text === '' ? [] : text.split(',')),
    example: 'texts with commas between',
  },
  bigint: { convert: wholeNumber, example: 'a whole number such as 100' },
  double: { convert: finiteNumber, example: 'a number such as 1500 or 0.95' },
  boolean: { convert: truth, example: 'true or false' },
};

/**
 * Turns what a user gave as text into the parameters of a query, with the header's defaults for what
 * was not given. Unknown, missing and unreadable parameters are refused.
 */
export function bindParameters(
  query: Asked,
  given: Readonly<Record<string, string>>,
  now: Date = new Date(),
): Record<string, Parameter> {
  refuseUnknown(query, Object.keys(given));
  return Object.fromEntries(
    query.params.map((param) => {
      const text = Object.hasOwn(given, param.name) ? given[param.name] : param.initial;
      if (text === undefined) throw missing(query, param);
      return [param.name, converted(query, param, text, now)];
    }),
  );
}

function converted(query: Asked, param: SqlField, text: string, now: Date): Parameter {
  const type = CONVERT[param.type];
  if (!type) throw new Error(`${query.file.path}: no parameter can have the type '${param.type}'`);
  const value = type.convert(text, now);
  if (value !== undefined && !isBelow(value, leastOf(param))) return value;
  throw new UserError(
    'usage_invalid',
    `The parameter '${param.name}' of ${query.name} cannot be '${text}'.`,
    `Write ${type.example}${boundText(leastOf(param))}: it is ${param.meaning.replace(/ ?\(default:.*\)$/, '')}.`,
  );
}

/** What has a unit is an amount; a limit of none would look like an answer. */
function leastOf({ name, type, unit }: SqlField): number | undefined {
  if (name === 'limit') return 1;
  return unit === '-' || !['bigint', 'double'].includes(type) ? undefined : 0;
}

function isBelow(value: Parameter, least: number | undefined): boolean {
  return least !== undefined && typeof value === 'number' && value < least;
}

function boundText(least: number | undefined): string {
  return least === undefined ? '' : ` (${least} or more)`;
}

function refuseUnknown(query: Asked, given: readonly string[]): void {
  const known = query.params.map(({ name }) => name);
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const [near] = nearest(unknown, known);
  throw new UserError(
    'usage_invalid',
    `The query ${query.name} has no parameter '${unknown}'.`,
    known.length === 0
      ? 'Leave it out; this query takes none.'
      : `${near ? `Did you mean '${near}'? ` : ''}It takes: ${known.join(', ')}.`,
  );
}

function missing(query: Asked, param: SqlField): UserError {
  return new UserError(
    'usage_invalid',
    `The query ${query.name} needs the parameter '${param.name}': ${param.meaning}.`,
    `Give it: --param ${param.name}=VALUE, where VALUE is ${CONVERT[param.type]?.example ?? param.type}.`,
  );
}

/** Keeps the text of an absolute time, because a Date would drop its microseconds. */
function instant(text: string, now: Date): Parameter | undefined {
  try {
    const time = instantCut(text, now);
    return text.trim().startsWith('now') ? time.toISOString() : text.trim();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function wholeNumber(text: string): Parameter | undefined {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function finiteNumber(text: string): Parameter | undefined {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim());
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function truth(text: string): Parameter | undefined {
  const word = text.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
