import type { Timeslice } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { durationMs } from './duration.ts';
import { definitionInvalid } from './place.ts';
import { compare, fromDecimal, ONE, ZERO } from './rational.ts';
import { refuseFields } from './read-definition.ts';
import type { ObjectiveSpec } from './slo-spec.ts';

type Path = readonly (string | number)[];

const DAY_MS = 86_400_000;

/** What makes a slice of time good, where an SLO promises good slices; NULL where it promises good rows. */
export function timesliceOf(
  { document }: SloInput,
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
  if (ms > 0 && (DAY_MS % ms === 0 || ms % DAY_MS === 0)) return { ms, target };
  throw definitionInvalid(
    place,
    [...path, 'timeSliceWindow'],
    `a day is not a whole number of slices of ${timeSliceWindow}.`,
    "Write a slice such as '1m', '5m', '1h' or '1d'.",
  );
}
