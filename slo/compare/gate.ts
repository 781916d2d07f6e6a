import { UserError } from '../../core/errors.ts';
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
  const { change, current } = comparison;
  if (criterion === null) {
    const state = change === 'regressed' ? 'fail' : 'pass';
    return {
      gate: text,
      state: change === 'not_comparable' ? 'inconclusive' : state,
      value: null,
      limit: null,
    };
  }
  const before = aggregateOf(valuesBefore, aggregate);
  const held = holds(criterion, current.value, before);
  return {
    gate: text,
    state: held === null ? 'inconclusive' : held ? 'pass' : 'fail',
    value: current.value,
    limit: limitOf(criterion, before),
  };
}
