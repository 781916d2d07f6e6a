import type { Counts } from './count.ts';
import type { Objective } from './definition.ts';
import type { Evidence } from './evidence.ts';
import type { CalendarBudget } from './judgement.ts';
import { divide, multiply, ONE, rational, subtract, toNumber } from './rational.ts';
import type { JudgedWindow } from './windows.ts';

/**
 * A calendar's budget is the whole period's. What is used of the budget of the rows seen so far
 * overstates that early in a period; what is used of the budget of as many rows as the period will
 * bring, if it goes on so, is an estimate, and is called one. What has gone of it is what was observed.
 */
export function calendarOf(
  { good, bad }: Counts,
  { target, budgetBasis }: Objective,
  { from, period }: JudgedWindow,
  { measuredMs }: Evidence,
): CalendarBudget | null {
  if (period === null) return null;
  const wholeMs = Date.parse(period.to) - Date.parse(period.from);
  const elapsed = rational(BigInt(measuredMs), BigInt(wholeMs));
  const total = good.weight + bad.weight;
  const isKnown = total > 0n && elapsed.num > 0n;
  const projected = isKnown ? divide(rational(total, 1n), elapsed) : null;
  const used =
    projected === null
      ? null
      : divide(rational(bad.weight, 1n), multiply(subtract(ONE, target), projected));
  return {
    period: { from, to: period.to },
    basis: budgetBasis,
    elapsedRatio: toNumber(elapsed),
    projectedEvents: projected && toNumber(projected),
    projectedConsumedRatio: used && toNumber(used),
  };
}
