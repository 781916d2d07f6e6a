import type { Counts } from './count.ts';
import type { Objective } from './definition.ts';
import { durationText } from './duration.ts';
import type { Evidence } from './evidence.ts';
import type { CountNote } from './judgement.ts';
import { occurrencesOf } from './maintenance.ts';
import { compare, multiply, ONE, rational, subtract } from './rational.ts';
import type { JudgedWindow } from './windows.ts';

const FIFTH = rational(1n, 5n);
const DAY_MS = 86_400_000;
const HALF = rational(1n, 2n);

/** What the rows show of a definition, beside the verdict: what a reviewer should not overlook. */
export function countNotes(
  counts: Counts,
  objective: Objective,
  window: JudgedWindow,
  evidence: Pick<Evidence, 'oldestAt'>,
): CountNote[] {
  return [
    ...lateBeginning(objective, window, evidence),
    ...dominatingExclusions(counts),
    ...singleEventPages(counts, objective),
    ...lateMaintenance(objective, window),
  ];
}

/** A window that reaches back further than what is kept: its budget is that of the rest. */
function lateBeginning(
  { sliceMs }: Objective,
  { from, to }: JudgedWindow,
  { oldestAt }: Pick<Evidence, 'oldestAt'>,
): CountNote[] {
  if (oldestAt === null || Date.parse(oldestAt) - Date.parse(from) <= sliceMs) return [];
  const days = (since: string) => ((Date.parse(to) - Date.parse(since)) / DAY_MS).toFixed(1);
  const text = `the evidence begins ${oldestAt}: ${days(oldestAt)} of the ${days(from)} days of the window.`;
  return [{ id: 'retention-too-short', text }];
}

function dominatingExclusions({ excluded, inScope, bad, withoutExclusions }: Counts): CountNote[] {
  const allBad = withoutExclusions.bad.weight;
  return excluded.flatMap(({ id, weight, plainBad }) => {
    const ofScope = compare(rational(weight, inScope.weight || 1n), FIFTH) > 0;
    const hidden = plainBad?.weight ?? 0n;
    const ofBad = compare(rational(hidden, allBad || 1n), HALF) > 0;
    if (!ofScope && !ofBad) return [];
    const text = ofBad
      ? `the exclusion '${id}' leaves out ${hidden} of ${allBad} bad; ${bad.weight} are left.`
      : `the exclusion '${id}' leaves out ${weight} of ${inScope.weight} in scope.`;
    return [{ id: 'exclusion-dominates', text }];
  });
}

/** So little traffic that one bad row alone is faster than a rule allows. */
function singleEventPages({ lookbacks }: Counts, { burnRules, target }: Objective): CountNote[] {
  const allowed = subtract(ONE, target);
  return burnRules.flatMap(({ name, factor, longMs, minBadEvents, periodMs }) => {
    if (periodMs !== undefined) return [];
    const long = lookbacks.find(({ ms }) => ms === longMs);
    const rows = (long?.good.rows ?? 0n) + (long?.bad.rows ?? 0n);
    const limit = multiply(factor, allowed);
    if (rows === 0n || rows * limit.num >= limit.den) return [];
    const guard = minBadEvents > 1n ? `; the guard of ${minBadEvents} bad rows holds it back` : '';
    const text = `a single bad row among ${rows} in ${durationText(longMs)} reaches '${name}'${guard}.`;
    return [{ id: 'single-event-pages', text }];
  });
}

function lateMaintenance({ maintenance }: Objective, { from, to }: JudgedWindow): CountNote[] {
  return maintenance.flatMap((planned) => {
    const late = occurrencesOf(planned, Date.parse(from), Date.parse(to)).filter(
      ({ isRetroactive }) => isRetroactive,
    );
    if (late.length === 0) return [];
    const text = `the maintenance '${planned.name}' was declared after it had begun ${late.length === 1 ? 'once' : `${late.length} times`} in this window.`;
    return [{ id: 'retroactive-maintenance', text }];
  });
}
