import { UserError } from '../../core/errors.ts';
import type { Comparison } from './comparison.ts';
import {
  type Aggregate,
  aggregateOf,
  type GateCriterion,
  holds,
  limitOf,
  parseCriterion,
} from './criteria.ts';
import type { Compared } from './windows.ts';

/** What a gate asks of comparisons: no proven regression, or a criterion in Keptn's notation. */
export interface Gate {
  readonly text: string;
  /** NULL: every objective that the criterion can be about. */
  readonly slo: string | null;
  /** NULL: 'regression'. */
  readonly criterion: GateCriterion | null;
}

export interface GateOutcome {
  readonly gate: string;
  /** `inconclusive`: there was nothing to hold it against. It is no pass. */
  readonly state: 'pass' | 'fail' | 'inconclusive';
  readonly value: number | null;
  readonly limit: number | null;
  /** What there was not, where it is inconclusive. */
  readonly why: string | null;
}

/** A state, and why it is none of the other two. */
interface Held {
  readonly state: GateOutcome['state'];
  readonly why: string | null;
}

/** Reads 'regression', '<=+10%' or 'read-only-latency <=+10%'. */
export function parseGate(text: string): Gate {
  const [, slo = null, rest = ''] = /^\s*(?:([a-z0-9][-a-z0-9]*)\s+)?(\S.*?)\s*$/.exec(text) ?? [];
  const criterion = rest === 'regression' ? null : parseCriterion(rest);
  return { text: text.trim(), slo, criterion };
}

/** Refuses a gate on what is not compared: it would never fail. */
export function ensureGates(gates: readonly Gate[], slos: readonly string[]): void {
  for (const { slo, text } of gates) {
    if (slo === null || slos.includes(slo)) continue;
    throw new UserError(
      'usage_invalid',
      `The gate '${text}' names no objective.`,
      `Use one of: ${[...slos].sort().join(', ')}.`,
    );
  }
}

/** What each gate says of one comparison; a number without a name is about latencies. */
export function gateOutcomes(
  gates: readonly Gate[],
  compared: Compared,
  aggregate: Aggregate,
): GateOutcome[] {
  const { comparison } = compared;
  return gates
    .filter(({ slo, criterion }) =>
      slo === null ? criterion === null || comparison.type === 'latency' : slo === comparison.slo,
    )
    .map((gate) => outcomeOf(gate, compared, aggregate));
}

function outcomeOf(
  { text, criterion }: Gate,
  { comparison, valuesBefore }: Compared,
  aggregate: Aggregate,
): GateOutcome {
  if (criterion === null) {
    return { gate: text, ...regressionState(comparison), value: null, limit: null };
  }
  const before = aggregateOf(valuesBefore, aggregate);
  const { value } = comparison.current;
  const limit = limitOf(criterion, before);
  return { gate: text, ...criterionState(comparison, criterion, before), value, limit };
}

const held = (isHeld: boolean): Held => ({ state: isHeld ? 'pass' : 'fail', why: null });
const inconclusive = (why: string): Held => ({ state: 'inconclusive', why });

/** That nothing was shown to be worse is a pass only where it would have shown. */
function regressionState({ change, reason, current, previous, unversioned }: Comparison): Held {
  if (change === 'not_comparable') return inconclusive(reason);
  if (change === 'regressed') return held(false);
  if (unversioned?.mayBeWorse) {
    return inconclusive('rows that name no version may have been of the newer one');
  }
  const doubtful = [current, previous].find(({ dataState }) => dataState !== 'ok');
  if (change === 'improved' || doubtful === undefined) return held(true);
  return inconclusive(`of ${doubtful.name} the data is ${doubtful.dataState}`);
}

/** As of a verdict: too little seen takes a pass away and never a failure; too few rows take both. */
function criterionState(
  { current, type }: Comparison,
  criterion: GateCriterion,
  before: number | null,
): Held {
  const doubt = `of ${current.name} the data is ${current.dataState}`;
  if (!['ok', 'partial', 'stale'].includes(current.dataState)) return inconclusive(doubt);
  const limit = limitOf(criterion, before);
  // The rank is held by a call that failed without an answer: slower than any number.
  const isEndless = type === 'latency' && current.value === null && current.goodRatio !== null;
  const isUpper = criterion.operator === '<' || criterion.operator === '<=';
  const isHeld =
    isEndless && isUpper && limit !== null ? false : holds(criterion, current.value, before);
  if (isHeld === null) {
    return inconclusive(
      limit === null
        ? 'no window before that kept its promise has a number'
        : `${current.name} has no number`,
    );
  }
  if (!isHeld) return held(false);
  return current.dataState === 'ok' ? held(true) : inconclusive(doubt);
}

/** Gates that were held against nothing; that none failed says nothing of them. */
export function idleGates(
  gates: readonly Gate[],
  outcomes: readonly GateOutcome[],
): readonly string[] {
  const held = new Set(outcomes.map(({ gate }) => gate));
  return gates.map(({ text }) => text).filter((text) => !held.has(text));
}
