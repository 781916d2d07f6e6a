import type { Store } from '../../store/store.ts';
import type { Objective, SloDefinitions } from '../definition.ts';
import {
  type Comparison,
  compareJudged,
  type Judged,
  measuredValue,
  whyNot,
} from './comparison.ts';
import { judgedSide } from './judged-sides.ts';

/** A comparison, and the values of the runs before that a criterion can be held against. */
export interface Compared {
  readonly comparison: Comparison;
  readonly valuesBefore: readonly number[];
}

/** Each objective in the window that ends at `at`, against the windows of the same length before. */
export async function compareWindows(
  store: Store,
  { definitions }: SloDefinitions,
  at: Date,
  runs: number,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const definition of definitions) {
    if (definition.kind !== 'objective') continue;
    const current = await judgedSide(store, definition, at, 'this window');
    const before = await sidesBefore(store, definition, current, runs);
    const [previous] = before;
    if (!previous) continue;
    compared.push({
      comparison: compareJudged(current, previous, null, whyNotWindows(current, previous)),
      valuesBefore: before.flatMap((side) => usableValue(current, side)),
    });
  }
  return compared;
}

async function sidesBefore(
  store: Store,
  objective: Objective,
  current: Judged,
  runs: number,
): Promise<Judged[]> {
  const sides: Judged[] = [];
  let end = current.judgement.window.from;
  for (let run = 1; run <= runs; run += 1) {
    const side = await judgedSide(
      store,
      objective,
      new Date(Date.parse(end) + objective.delayMs),
      `${run} before`,
    );
    sides.push(side);
    end = side.judgement.window.from;
  }
  return sides;
}

function whyNotWindows(current: Judged, previous: Judged) {
  const follows = previous.judgement.window.to === current.judgement.window.from;
  return follows ? whyNot(current, previous) : 'other_window';
}

/** A run that broke its promise is nothing to measure others by, nor is one that saw too little. */
function usableValue(current: Judged, side: Judged): number[] {
  const value = measuredValue(side.judgement);
  const isUsable = side.judgement.state !== 'breached' && whyNot(current, side) === null;
  return isUsable && value !== null ? [value] : [];
}
