import type { TimeWindow } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';
import type { Objective, SloDefinitions } from '../definition.ts';
import { periodAt } from '../windows.ts';
import {
  type Comparison,
  compareJudged,
  type Judged,
  measuredValue,
  type Side,
  sideOf,
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
  mix: string | null = null,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const definition of definitions) {
    if (definition.kind !== 'objective') continue;
    const current = await judgedSide(store, definition, at, 'this window', mix);
    const before = await sidesBefore(store, definition, current, runs, mix);
    const [previous] = before;
    if (!previous) continue;
    const comparison = compareJudged(current, previous, null, whyNotWindows(current, previous));
    compared.push({
      comparison: {
        ...comparison,
        wholePeriodBefore: await wholePeriodBefore(store, definition, current),
      },
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
  mix: string | null,
): Promise<Judged[]> {
  const sides: Judged[] = [];
  let next = current;
  for (let run = 1; run <= runs; run += 1) {
    const at = new Date(endBefore(objective, next).getTime() + objective.delayMs);
    next = await judgedSide(store, objective, at, `${run} before`, mix);
    sides.push(next);
  }
  return sides;
}

/**
 * The end of the window before. Of a calendar: as much of the period before as has gone of this one,
 * so that a month to date is held against a month to the same date.
 */
function endBefore({ windowRule }: Objective, { judgement }: Judged): Date {
  const { window, calendar } = judgement;
  if (windowRule.kind === 'rolling' || calendar === null) return new Date(window.from);
  const { period } = calendar;
  const before = periodAt(windowRule, Date.parse(period.from) - 1);
  const elapsed = (Date.parse(window.to) - Date.parse(window.from)) / lengthOf(period);
  return new Date(Math.round(Date.parse(before.from) + elapsed * lengthOf(before)));
}

/** A month to date says nothing of how the month before ended. */
async function wholePeriodBefore(
  store: Store,
  objective: Objective,
  { judgement: { calendar } }: Judged,
): Promise<Side | null> {
  const { windowRule, delayMs } = objective;
  if (windowRule.kind === 'rolling' || calendar === null) return null;
  const before = periodAt(windowRule, Date.parse(calendar.period.from) - 1);
  const at = new Date(Date.parse(before.to) + delayMs);
  return sideOf(await judgedSide(store, objective, at, 'whole period before'));
}

function lengthOf({ from, to }: TimeWindow): number {
  return Date.parse(to) - Date.parse(from);
}

function whyNotWindows(current: Judged, previous: Judged) {
  const [now, before] = [spanOf(current), spanOf(previous)];
  return before.to === now.from ? whyNot(current, previous) : 'other_window';
}

function spanOf({ judgement }: Judged): TimeWindow {
  return judgement.calendar?.period ?? judgement.window;
}

/** A run that broke its promise is nothing to measure others by, nor is one that saw too little. */
function usableValue(current: Judged, side: Judged): number[] {
  const { state, dataState } = side.judgement;
  const value = measuredValue(side.judgement);
  const isFirm = dataState === 'ok' && state !== 'breached';
  return isFirm && whyNot(current, side) === null && value !== null ? [value] : [];
}
