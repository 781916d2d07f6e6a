import type { TimeWindow } from '../../core/window.ts';
import type { ObjectiveJudgement } from '../judgement.ts';
import type { DataState } from '../states.ts';
import { type Decomposition, decompose } from './decompose.ts';
import { type Change, type Difference, differenceOf, type Share } from './difference.ts';

/** Why two figures say nothing about each other. It is not a pass. */
export type NotComparable =
  | 'no_current'
  | 'no_previous'
  | 'other_definition'
  | 'other_window'
  | 'coverage'
  | 'sampling'
  | 'sources'
  | 'column_missing';

export interface Side {
  readonly name: string;
  readonly window: TimeWindow;
  readonly good: number | string;
  readonly measured: number | string;
  readonly goodRatio: number | null;
  /** The percentile of a latency in its unit; of a ratio the share in percent. */
  readonly value: number | null;
  readonly state: string;
  /** What is the matter with its data; no gate passes on data that a verdict could not rest on. */
  readonly dataState: DataState;
  readonly sourceTables: readonly string[];
}

/** Rows of a server that name no version, and so are on neither side of two versions. */
export interface Unversioned {
  readonly good: number | string;
  readonly bad: number | string;
  /** If all that is bad of them was of the newer version, it would be the worse one. */
  readonly mayBeWorse: boolean;
}

/** One objective, as it is and as it was. Plain JSON data. */
export interface Comparison {
  readonly slo: string;
  readonly displayName: string;
  /** What is compared beside time: NULL, or the server of two versions. */
  readonly subject: string | null;
  readonly change: Change | 'not_comparable';
  readonly reason: string;
  readonly why: NotComparable | null;
  readonly type: 'ratio' | 'latency';
  readonly current: Side;
  readonly previous: Side;
  readonly difference: Difference | null;
  readonly confidence: string;
  /** How much of the difference is another mix of rows; NULL of slices, and unless it was asked for. */
  readonly decomposition: Decomposition | null;
  /** Of two versions; NULL of two windows. */
  readonly unversioned: Unversioned | null;
  /** Of a calendar, all of the period before; `previous` is as much of it as has gone of this one. */
  readonly wholePeriodBefore: Side | null;
}

const REASONS: Readonly<Record<NotComparable, string>> = {
  no_current: 'Nothing was measured that could be compared.',
  no_previous: 'Nothing was measured before.',
  other_definition: 'The definition was another one before.',
  other_window: 'The windows do not follow each other.',
  coverage: 'Too little of one of the windows was observed.',
  sampling: 'Only one of the two rests on a sample.',
  sources: 'The evidence comes from other sources than before.',
  column_missing: 'Its source does not say which server version a row is of.',
};

/** A judgement with what it rests on. */
export interface Judged {
  readonly name: string;
  readonly judgement: ObjectiveJudgement;
  /** Whether enough of its window was observed, whatever else is the matter with its data. */
  readonly isCovered: boolean;
  readonly sourceTables: readonly string[];
}

/** What became of an objective between two judgements of it. */
export function compareJudged(
  current: Judged,
  previous: Judged,
  subject: string | null,
  why: NotComparable | null = whyNot(current, previous),
): Comparison {
  const { slo, displayName, type, interval } = current.judgement;
  const confidence = (interval?.confidence ?? '0.95') as '0.9' | '0.95' | '0.99';
  const difference =
    why === null
      ? differenceOf(shareIn(current.judgement), shareIn(previous.judgement), confidence)
      : null;
  return {
    slo,
    displayName,
    subject,
    change: difference?.change ?? 'not_comparable',
    reason: why === null ? '' : REASONS[why],
    why,
    type,
    current: sideOf(current),
    previous: sideOf(previous),
    difference,
    confidence,
    decomposition: why === null ? decompositionOf(current, previous) : null,
    unversioned: null,
    wholePeriodBefore: null,
  };
}

/** What the rows without a version could make of a comparison of two. */
export function unversionedIn(
  { current, previous }: { readonly current: Judged; readonly previous: Judged },
  unversioned: ObjectiveJudgement,
): Unversioned {
  const { good, total, effective } = shareIn(current.judgement);
  const bad = Number(unversioned.bad.weight);
  const worst = { good, total: total + bad, effective: effective + Number(unversioned.bad.rows) };
  const { confidence = '0.95' } = current.judgement.interval ?? {};
  const difference = differenceOf(
    worst,
    shareIn(previous.judgement),
    confidence as '0.9' | '0.95' | '0.99',
  );
  return {
    good: unversioned.good.weight,
    bad: unversioned.bad.weight,
    mayBeWorse: bad > 0 && difference?.change === 'regressed',
  };
}

/** The groups have rows, which do not add up to a difference between slices of time. */
function decompositionOf(current: Judged, previous: Judged): Decomposition | null {
  const [now, before] = [current.judgement.breakdown, previous.judgement.breakdown];
  if (current.judgement.unit === 'slices') return null;
  return now && before ? decompose(now.dimension, now.groups, before.groups) : null;
}

/** The first reason, if there is one, for which the two cannot be compared. */
export function whyNot(current: Judged, previous: Judged): NotComparable | null {
  const [now, before] = [current.judgement, previous.judgement];
  if (now.definitionHash !== before.definitionHash) return 'other_definition';
  if (now.goodRatio === null) return 'no_current';
  if (before.goodRatio === null) return 'no_previous';
  if (!current.isCovered || !previous.isCovered) return 'coverage';
  if (isSampled(now) !== isSampled(before)) return 'sampling';
  return current.sourceTables.join() === previous.sourceTables.join() ? null : 'sources';
}

function isSampled({ good, bad }: ObjectiveJudgement): boolean {
  return BigInt(good.weight) + BigInt(bad.weight) !== BigInt(good.rows) + BigInt(bad.rows);
}

function shareIn({ good, bad, effectiveEvents }: ObjectiveJudgement): Share {
  const total = Number(BigInt(good.weight) + BigInt(bad.weight));
  return { good: Number(good.weight), total, effective: effectiveEvents };
}

export function sideOf({ name, judgement, sourceTables }: Judged): Side {
  const { window, good, bad, goodRatio, state, dataState } = judgement;
  return {
    name,
    window,
    good: good.weight,
    measured: String(BigInt(good.weight) + BigInt(bad.weight)),
    goodRatio,
    value: measuredValue(judgement),
    state,
    dataState,
    sourceTables,
  };
}

/** What a criterion of a gate is held against. */
export function measuredValue({ type, percentile, goodRatio }: ObjectiveJudgement): number | null {
  if (type === 'latency') return percentile?.value ?? null;
  return goodRatio === null ? null : goodRatio * 100;
}
