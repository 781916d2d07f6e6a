import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import type { Assessment } from './assess.ts';
import type { Counts } from './count.ts';
import type { Control, Objective } from './definition.ts';
import type { ControlRevision, Revision } from './judgement.ts';
import { toCount } from './rational.ts';
import type { VerdictState } from './states.ts';
import type { JudgedWindow } from './windows.ts';

interface KeptVerdict {
  readonly state: VerdictState;
  readonly good: number | bigint | string;
  readonly bad: number | bigint | string;
  readonly judged_at: string;
}

/** The verdict that was kept for the same window and definition, where late rows have changed it. */
export async function revisionOf(
  store: Store,
  { slo, objective, hash }: Objective,
  window: JudgedWindow,
  { good, bad }: Counts,
  state: VerdictState,
): Promise<Revision | null> {
  const [kept] = await store.query<KeptVerdict>('slo/kept_verdict.sql', {
    slo,
    objective,
    definition_hash: hash,
    window_from: window.from,
    window_to: window.to,
  });
  if (!kept) return null;
  const [keptGood, keptBad] = [BigInt(kept.good), BigInt(kept.bad)];
  if (kept.state === state && keptGood === good.weight && keptBad === bad.weight) return null;
  return {
    state: kept.state,
    good: toCount(keptGood),
    bad: toCount(keptBad),
    judgedAt: kept.judged_at,
  };
}

interface KeptControlVerdict {
  readonly state: VerdictState;
  readonly population: number;
  readonly violating: number;
  readonly unobservable: number;
  readonly judged_at: string;
}

/** Likewise of a zero control. */
export async function controlRevisionOf(
  store: Store,
  { slo, hash }: Control,
  window: TimeWindow,
  { population, violating, unobservable }: Assessment,
  state: VerdictState,
): Promise<ControlRevision | null> {
  const [kept] = await store.query<KeptControlVerdict>('slo/kept_control_verdict.sql', {
    slo,
    definition_hash: hash,
    window_from: window.from,
    window_to: window.to,
  });
  if (!kept) return null;
  const { judged_at: judgedAt, ...was } = kept;
  const isSame =
    was.state === state &&
    was.population === population &&
    was.violating === violating &&
    was.unobservable === unobservable;
  return isSame ? null : { ...was, judgedAt };
}
