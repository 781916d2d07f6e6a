import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../../core/package-root.ts';
import {
  type Aggregate,
  aggregateOf,
  type GateCriterion,
  holds,
  type Operator,
  parseCriterion,
} from '../../../slo/compare/criteria.ts';
import { differenceOf } from '../../../slo/compare/difference.ts';
import { sloExitState } from '../../../slo/exit-state.ts';

function read<T>(name: string): T {
  const path = packagePath('test', 'slo', 'fixtures', 'vectors', name);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

interface Keptn {
  readonly criteriaParsing: readonly {
    readonly criteria: string;
    readonly operator: string;
    readonly value: number;
    readonly percentage: boolean;
    readonly relativeToPrevious: boolean;
    readonly increase: boolean;
  }[];
  readonly comparison: readonly {
    readonly name: string;
    readonly current: number;
    readonly operator: Operator;
    readonly value: number;
    readonly percentage: boolean;
    readonly increase: boolean;
    readonly previous: readonly number[];
    readonly aggregate: Aggregate;
    readonly expected: boolean;
  }[];
  readonly 'analysis(lifecycle-toolkit)': {
    readonly cases: readonly {
      readonly name: string;
      readonly pass: boolean;
      readonly trap?: string;
    }[];
  };
  readonly aggregate: readonly {
    readonly previous: readonly number[];
    readonly successes?: readonly boolean[];
    readonly aggregate: Aggregate;
    readonly value: number;
    readonly skip: boolean;
  }[];
}

const keptn = read<Keptn>('keptn.json');

describe("Keptn's criteria", () => {
  test.each(keptn.criteriaParsing)('$criteria', (row) => {
    expect(parseCriterion(row.criteria)).toEqual({
      text: row.criteria.trim(),
      operator: row.operator,
      value: row.value,
      isPercentage: row.percentage,
      isRelative: row.relativeToPrevious,
      isIncrease: row.increase,
    });
  });

  test.each(keptn.comparison)('$name', (row) => {
    const criterion: GateCriterion = {
      text: row.name,
      operator: row.operator,
      value: row.value,
      isPercentage: row.percentage,
      isRelative: true,
      isIncrease: row.increase,
    };
    expect(holds(criterion, row.current, aggregateOf(row.previous, row.aggregate))).toBe(
      row.expected,
    );
  });

  test.each(keptn.aggregate)('$aggregate of $previous, $successes', (row) => {
    const usable = row.previous.filter((_, index) => row.successes?.[index] ?? true);
    expect(aggregateOf(usable, row.aggregate)).toBe(row.skip ? null : row.value);
  });

  test('the trap of Keptn is none: an analysis without objectives passes there, and is not verified here', () => {
    const vacuous = keptn['analysis(lifecycle-toolkit)'].cases.filter(({ trap }) => trap);

    expect(vacuous).toEqual([expect.objectContaining({ name: 'no objectives', pass: true })]);
    expect(sloExitState([])).toBe('not_verified');
  });

  test('the trap of Keptn is none: without a run before, a relative criterion is no pass', () => {
    expect(holds(parseCriterion('<=+10%'), 5, aggregateOf([], 'avg'))).toBeNull();
    expect(holds(parseCriterion('<=+10%'), null, 5)).toBeNull();
    expect(holds(parseCriterion('<600'), 599, null)).toBe(true);
  });

  test.each(['', '600', '<=', '<=ten', '<= 1 0', '=<5', '<5; 6', '<=+-5', '<1e3'])(
    "'%s' is no criterion",
    (text) => {
      expect(() => parseCriterion(text)).toThrow(`'${text}' is no criterion.`);
    },
  );
});

interface Newcombe {
  readonly cases: readonly {
    readonly current: readonly [number, number];
    readonly previous: readonly [number, number];
    readonly diff: number;
    readonly low: number;
    readonly high: number;
  }[];
}

describe('the difference of two shares, as statsmodels has it', () => {
  test.each(read<Newcombe>('newcombe.json').cases)('$current with $previous', (row) => {
    const share = ([good, total]: readonly [number, number]) => ({ good, total, effective: total });
    const found = differenceOf(share(row.current), share(row.previous), '0.95');

    expect(found?.difference).toBeCloseTo(row.diff, 12);
    expect(found?.low).toBeCloseTo(row.low, 9);
    expect(found?.high).toBeCloseTo(row.high, 9);
    const isSame = row.low <= 0 && row.high >= 0;
    expect(found?.change).toBe(isSame ? 'unchanged' : row.low > 0 ? 'improved' : 'regressed');
  });

  test('nothing has no difference from anything', () => {
    const none = { good: 0, total: 0, effective: 0 };
    expect(differenceOf(none, { good: 1, total: 1, effective: 1 }, '0.95')).toBeNull();
  });
});
