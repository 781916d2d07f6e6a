import type { Rule } from './definition.ts';
import { compile, type Scope } from './predicate.ts';

export type ClassKind = 'excluded' | 'unmeasurable' | 'good' | 'bad';

/** One of the classes that a row can fall in; `test` is SQL, NULL for the last one. */
export interface RowClass {
  readonly kind: ClassKind;
  readonly id: string;
  readonly reason: string;
  /** Who answers for the rule, and where it was decided. */
  readonly owner?: string | null | undefined;
  readonly ticket?: string | null | undefined;
  readonly test: string | null;
}

/** The classes that a definition's own rules make, in file order. */
export function ruleClasses(
  scope: Scope,
  kind: 'excluded' | 'unmeasurable',
  rules: readonly Rule[],
): RowClass[] {
  return rules.map((rule) => ({
    kind,
    id: rule.id,
    reason: rule.reason,
    owner: rule.owner,
    ticket: rule.ticket,
    test: compile(scope, rule),
  }));
}

/**
 * The number of the first class whose test holds. The last class has none, so every row has exactly
 * one. `skip` leaves classes out: how the row would count without them.
 */
export function classNumber(classes: readonly RowClass[], skip: ClassKind | null = null): string {
  const tests = classes.flatMap(({ kind, test }, index) =>
    test === null || kind === skip ? [] : [`        when ${test} then ${index}`],
  );
  return ['case', ...tests, `        else ${classes.length - 1}`, '    end'].join('\n');
}
