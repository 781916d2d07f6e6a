import type { Timeslice } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { durationMs } from './duration.ts';
import { definitionInvalid } from './place.ts';
import { compare, fromDecimal, ONE, ZERO } from './rational.ts';
import { refuseFields } from './read-definition.ts';
import type { ObjectiveSpec } from './slo-spec.ts';
import type { WindowRule } from './windows.ts';
import { fromLocal } from './zone.ts';

type Path = readonly (string | number)[];

const DAY_MS = 86_400_000;

/** What makes a slice of time good, where an SLO promises good slices; NULL where it promises good rows. */
export function timesliceOf(
  { document, windowRule }: SloInput,
  objective: ObjectiveSpec,
  path: Path,
): Timeslice | null {
  const { place, spec } = document;
  if (spec.budgetingMethod !== 'Timeslices') {
    const names = ['timeSliceTarget', 'timeSliceWindow'];
    refuseFields(place, path, objective, names, "needs 'budgetingMethod: Timeslices'");
    return null;
  }
  const { timeSliceTarget, timeSliceWindow } = objective;
  const target = timeSliceTarget === undefined ? ZERO : fromDecimal(String(timeSliceTarget));
  if (compare(target, ZERO) <= 0 || compare(target, ONE) > 0 || timeSliceWindow === undefined) {
    throw definitionInvalid(
      place,
      path,
      "time slices need a 'timeSliceTarget' above 0 and at most 1, and a 'timeSliceWindow'.",
      "Write, for example, 'timeSliceTarget: 0.99' and 'timeSliceWindow: 5m'.",
    );
  }
  const ms = durationMs(timeSliceWindow);
  if (ms <= 0 || (DAY_MS % ms !== 0 && ms % DAY_MS !== 0)) {
    throw definitionInvalid(
      place,
      [...path, 'timeSliceWindow'],
      `a day is not a whole number of slices of ${timeSliceWindow}.`,
      "Write a slice such as '1m', '5m', '1h' or '1d'.",
    );
  }
  if (!startsWithSlice(windowRule, Math.min(ms, DAY_MS))) {
    throw definitionInvalid(
      place,
      [...path, 'timeSliceWindow'],
      `slices of ${timeSliceWindow} begin on the clock of UTC, and the periods of this calendar do not begin with one.`,
      "Write a shorter slice, such as '15m', or a calendar with 'timeZone: UTC'.",
    );
  }
  return { ms, target };
}

/** What of a slice lies in another period is judged in neither. Clocks that change are looked at in each month. */
function startsWithSlice(rule: WindowRule, ms: number): boolean {
  if (rule.kind === 'rolling') return true;
  const first = new Date(rule.startLocalMs);
  const timeOfDay = rule.startLocalMs % DAY_MS;
  return Array.from({ length: 12 }, (_, month) =>
    fromLocal(Date.UTC(first.getUTCFullYear(), month, 1) + timeOfDay, rule.zone),
  ).every((startMs) => startMs % ms === 0);
}
