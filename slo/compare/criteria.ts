import { UserError } from '../../core/errors.ts';

export type Operator = '<' | '<=' | '=' | '>=' | '>';
export type Aggregate = 'avg' | 'p50' | 'p90' | 'p95';

/** A criterion of a gate in Keptn's notation: '<600', '<=+10%'. */
export interface GateCriterion {
  readonly text: string;
  readonly operator: Operator;
  readonly value: number;
  readonly isPercentage: boolean;
  /** Measured from what was before: a sign or a percentage says so. */
  readonly isRelative: boolean;
  readonly isIncrease: boolean;
}

const CRITERION = /^\s*(<=|>=|<|>|=)\s*([+-]?)\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/;

/** Reads one criterion; anything else is an error that says how one looks. */
export function parseCriterion(text: string): GateCriterion {
  const [, operator, sign = '', value = '', percent = ''] = CRITERION.exec(text) ?? [];
  if (operator === undefined) {
    throw new UserError(
      'usage_invalid',
      `'${text}' is no criterion.`,
      "Write an operator and a number: '<600', or '<=+10%' for at most 10 % more than before.",
    );
  }
  return {
    text: text.trim(),
    operator: operator as Operator,
    value: Number(value),
    isPercentage: percent !== '',
    isRelative: percent !== '' || sign !== '',
    // 'at most 10 %' is meant of more.
    isIncrease: sign === '+' || (sign === '' && percent !== ''),
  };
}

/** What a value is held against; NULL: it is relative, and there is nothing before. */
export function limitOf(criterion: GateCriterion, before: number | null): number | null {
  const { value, isPercentage, isRelative, isIncrease } = criterion;
  if (!isRelative) return value;
  if (before === null) return null;
  const step = isPercentage ? (before * value) / 100 : value;
  return isIncrease ? before + step : before - step;
}

/** Whether the value holds; NULL where that cannot be said, which is no pass. */
export function holds(
  criterion: GateCriterion,
  value: number | null,
  before: number | null,
): boolean | null {
  const limit = limitOf(criterion, before);
  if (value === null || limit === null) return null;
  // 10 + 10 % is 11, whatever binary fractions make of it.
  const difference = value - limit;
  const isEqual = Math.abs(difference) <= 1e-9 * Math.max(1, Math.abs(value), Math.abs(limit));
  switch (criterion.operator) {
    case '<':
      return difference < 0 && !isEqual;
    case '<=':
      return difference < 0 || isEqual;
    case '=':
      return isEqual;
    case '>=':
      return difference > 0 || isEqual;
    case '>':
      return difference > 0 && !isEqual;
  }
}

const RANK: Readonly<Record<Exclude<Aggregate, 'avg'>, number>> = { p50: 50, p90: 90, p95: 95 };

/** What several runs before come to: their mean, or a nearest rank of them. NULL without any. */
export function aggregateOf(values: readonly number[], aggregate: Aggregate): number | null {
  if (values.length === 0) return null;
  if (aggregate === 'avg') return values.reduce((sum, each) => sum + each, 0) / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((RANK[aggregate] * sorted.length) / 100);
  return sorted[rank - 1] ?? null;
}
