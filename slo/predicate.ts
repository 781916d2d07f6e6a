import { nearest } from '../core/nearest.ts';
import type { YamlPath } from '../core/yaml-file.ts';
import type { Binder } from './binder.ts';
import { wordsOf } from './closed-sets.ts';
import type { Columns, ColumnType } from './columns.ts';
import type { Condition, Predicate } from './definition.ts';
import { definitionInvalid, type Place } from './place.ts';

/** What the predicates of one definition are compiled against. */
export interface Scope {
  readonly source: string;
  readonly columns: Columns;
  readonly binder: Binder;
  readonly place: Place;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

const ORDERED = new Set(['lt', 'lte', 'gt', 'gte']);
const WHOLE_VALUES = new Set(['eq', 'ne', 'in', 'not-in']);
const TEXT_ONLY = new Set(['prefix', 'suffix', 'contains']);

/**
 * A condition as SQL that is true or false, never NULL: a comparison with a missing value is false,
 * and `not` negates that. In SQL's own logic `not (approval_result = 'approved')` is NULL for a call
 * without an approval, which would hide exactly the call that a control looks for.
 */
export function compile(scope: Scope, { when, path }: Condition): string {
  return allOf(scope, when, path);
}

/** The column, quoted, after a check that the source has it. */
export function column(scope: Scope, name: string, path: YamlPath, type?: ColumnType): string {
  const actual = scope.columns.get(name);
  if (actual === undefined) {
    throw definitionInvalid(
      scope.place,
      path,
      `the source '${scope.source}' has no column '${name}'.`,
      `Use one of: ${[...scope.columns.keys()].sort().join(', ')}.`,
    );
  }
  if (type !== undefined && actual !== type) {
    throw definitionInvalid(
      scope.place,
      path,
      `the column '${name}' holds ${actual}, where ${type} is needed.`,
      'Name another column, or correct the value.',
    );
  }
  return `"${name}"`;
}

function allOf(scope: Scope, predicates: readonly Predicate[], path: YamlPath): string {
  return join(scope, predicates, path, ' and ');
}

function join(
  scope: Scope,
  predicates: readonly Predicate[],
  path: YamlPath,
  operator: ' and ' | ' or ',
): string {
  const parts = predicates.map((each, index) => one(scope, each, [...path, index]));
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(operator)})`;
}

function one(scope: Scope, predicate: Predicate, path: YamlPath): string {
  if (predicate.any) return join(scope, predicate.any, [...path, 'any'], ' or ');
  if (predicate.all) return allOf(scope, predicate.all, [...path, 'all']);
  if (predicate.not) return `(not ${allOf(scope, predicate.not, [...path, 'not'])})`;
  return comparison(scope, predicate, path);
}

function comparison(scope: Scope, { field = '', op = '', value }: Predicate, path: YamlPath) {
  const fieldPath = [...path, 'field'];
  const left = column(scope, field, fieldPath);
  const type = scope.columns.get(field) ?? 'other';
  if (op === 'is-null') return `(${left} is null)`;
  if (op === 'is-not-null') return `(${left} is not null)`;
  if (op.endsWith('-field')) {
    const right = column(scope, String(value), [...path, 'value'], type);
    return twoValued(`${left} ${SYMBOLS[op.slice(0, -'-field'.length)]} ${right}`);
  }
  refuseMeaningless(scope, op, type, field, fieldPath);
  const operand = (each: unknown, at: YamlPath) => {
    if (WHOLE_VALUES.has(op) && typeof each === 'string') refuseUnknown(scope, field, each, at);
    return bound(scope, type, field, each, at);
  };
  const subject = type === 'text' ? `x_text(${left})` : left;
  if (op === 'in' || op === 'not-in') {
    const values = (value as unknown[]).map((each, index) =>
      operand(each, [...path, 'value', index]),
    );
    return twoValued(`${subject} ${op === 'in' ? 'in' : 'not in'} (${values.join(', ')})`);
  }
  const right = operand(value, [...path, 'value']);
  if (op === 'prefix') return twoValued(`substr(${subject}, 1, length(${right})) = ${right}`);
  if (op === 'suffix') return twoValued(`right(${subject}, length(${right})) = ${right}`);
  if (op === 'contains') return twoValued(`x_contains(${subject}, ${right})`);
  return twoValued(`${subject} ${SYMBOLS[op]} ${right}`);
}

function twoValued(sql: string): string {
  return `coalesce(${sql}, false)`;
}

function refuseMeaningless(
  scope: Scope,
  op: string,
  type: ColumnType,
  field: string,
  path: YamlPath,
): void {
  const meaningless =
    (TEXT_ONLY.has(op) && type !== 'text') || (ORDERED.has(op) && type === 'boolean');
  if (!meaningless && type !== 'other') return;
  throw definitionInvalid(
    scope.place,
    path,
    `'${op}' has no meaning for the column '${field}', which holds ${type}.`,
    'Use another operator or column.',
  );
}

/** A word that a column never holds is a mistyped one: compared with it, every row is as it should be, or none. */
function refuseUnknown({ place, source }: Scope, field: string, value: string, path: YamlPath) {
  const words = wordsOf(source, field);
  if (words === undefined || words.includes(value)) return;
  const [near] = nearest(value, words);
  throw definitionInvalid(
    place,
    path,
    `the column '${field}' never holds '${value}'.`,
    `${near === undefined ? '' : `Did you mean '${near}'? `}It is one of: ${words.join(', ')}.`,
  );
}

function bound(
  { place, binder }: Scope,
  type: ColumnType,
  field: string,
  value: unknown,
  path: YamlPath,
): string {
  if (type === 'text' && typeof value === 'string') return binder.bind(value, 'Varchar');
  if (type === 'boolean' && typeof value === 'boolean') return binder.bind(value, 'Boolean');
  if (type === 'time' && typeof value === 'string' && isInstant(value)) {
    return binder.bind(value, 'Timestamp');
  }
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) {
    return binder.bind(value, Number.isSafeInteger(value) ? 'Bigint' : 'Double');
  }
  throw definitionInvalid(
    place,
    path,
    `the column '${field}' holds ${type}, which cannot be compared with ${JSON.stringify(value)}.`,
    type === 'time'
      ? "Write an ISO time in UTC, such as '2026-11-21T10:00:00Z'."
      : `Write a ${type}${type === 'text' ? ' in quotes' : ''}.`,
  );
}

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}
