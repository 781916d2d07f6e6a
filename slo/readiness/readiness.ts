import { notBelievedFrom, type TimeWindow } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';
import { doubtsOf } from '../control-verdict.ts';
import type { SloDefinitions } from '../definition.ts';
import { EvidenceReader } from '../evidence.ts';
import { judgeAll } from '../judge.ts';
import type { ControlJudgement, Judgement } from '../judgement.ts';
import { fromDecimal, type Rational } from '../rational.ts';
import { findSource } from '../sources.ts';
import type { VerdictState } from '../states.ts';
import { type CriterionCount, readinessCounts } from './counts.ts';
import { type CheckpointId, CRITERIA, type Criterion, type Required } from './criteria.ts';
import { type Doubts, judgeCount } from './judge-count.ts';

/** One exit criterion with its number, what it rests on, and what is missing. Plain JSON data. */
export interface CriterionResult {
  readonly checkpoint: CheckpointId;
  readonly criterion: string;
  readonly title: string;
  readonly state: VerdictState;
  readonly measured: string;
  readonly required: string;
  /** Empty where nothing is. */
  readonly missing: string;
  /** The sentences of it that are about the evidence as a whole; several criteria may have them. */
  readonly doubts: readonly string[];
  readonly mend: string;
  readonly evidence: string;
  readonly population: number | string | null;
  readonly satisfied: number | string | null;
  readonly failing: number | string | null;
  readonly unobservable: number | string | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Judges exit criteria of a rollout, and of the definitions only those they rest on. Only reads. */
export async function judgeReadiness(
  store: Store,
  definitions: SloDefinitions,
  window: TimeWindow,
  criteria: readonly Criterion[] = CRITERIA,
  now: Date = new Date(),
): Promise<CriterionResult[]> {
  const needed = neededOf(definitions, criteria);
  const judgements = await judgeAll(store, needed, { at: new Date(window.to), now });
  const counts = await readinessCounts(store, window);
  const doubts = await doubtsIn(store, window, now);
  return criteria.flatMap((criterion) => {
    const { shown } = criterion;
    if ('count' in shown) return [fromCount(criterion, counts.get(shown.count), shown.of, doubts)];
    if ('controls' in shown) return [fromControls(criterion, judgements, shown.controls)];
    return judgements.flatMap((each) =>
      each.kind === 'objective' ? [fromObjective(criterion, each)] : [],
    );
  });
}

/** The zero controls that criteria rest on. */
export function neededControls(criteria: readonly Criterion[] = CRITERIA): string[] {
  return criteria.flatMap(({ shown }) => ('controls' in shown ? shown.controls : []));
}

function neededOf(
  { definitions, warnings }: SloDefinitions,
  criteria: readonly Criterion[],
): SloDefinitions {
  const controls = neededControls(criteria);
  const asksObjectives = criteria.some(({ shown }) => 'objectives' in shown);
  const needed = definitions.filter(({ kind, slo }) =>
    kind === 'objective' ? asksObjectives : controls.includes(slo),
  );
  return { definitions: needed, warnings };
}

const DAY_MS = 86_400_000;

/** What the mend of one criterion would not change. */
const MEND_EVIDENCE =
  "What was seen is as it should be; 'coverage' says what is sampled, lost or not observed.";

async function doubtsIn(store: Store, window: TimeWindow, now: Date): Promise<Doubts> {
  const sliceMs = Math.min(DAY_MS, Date.parse(window.to) - Date.parse(window.from));
  const reader = new EvidenceReader(store, notBelievedFrom(now, new Date(window.to)));
  const evidence = await reader.read(findSource('tool_calls'), window, sliceMs, null);
  const nothing = { population: 1, classified: 1, violating: 0, unobservable: 0 };
  const seen = { ...nothing, unobservableBy: [], sampledRows: 0, violations: [] };
  const of = (minCoverage: Rational | null) =>
    doubtsOf(seen, evidence, { onNoExposure: 'met', minCoverage });
  const [all, rest] = [of(fromDecimal('0.9')), new Set(of(null))];
  return { all, coverage: all.filter((doubt) => !rest.has(doubt)) };
}

const NOTHING = { population: 0, satisfied: 0, failing: 0, unobservable: 0, example: null };

function fromCount(
  criterion: Criterion,
  count: CriterionCount | undefined,
  of: string,
  doubts: Doubts,
): CriterionResult {
  const counted = count ?? { criterion: criterion.id, ...NOTHING };
  const { state, reason, doubts: open } = judgeCount(counted, criterion.required, of, doubts);
  const { population, satisfied, failing, unobservable } = counted;
  const { p50Ms = null, p95Ms = null, p99Ms = null } = counted;
  return {
    ...aboutOf(criterion, state, reason, open),
    ...(open.length > 0 ? { mend: MEND_EVIDENCE } : {}),
    measured: `${satisfied} of ${population}${timesText(counted)}`,
    required: requiredText(criterion.required),
    population,
    satisfied,
    failing,
    unobservable,
    p50Ms,
    p95Ms,
    p99Ms,
  };
}

function timesText({ p50Ms, p95Ms, p99Ms }: CriterionCount): string {
  const times = Object.entries({ p50: p50Ms, p95: p95Ms, p99: p99Ms }).flatMap(([name, ms]) =>
    typeof ms === 'number' ? [`${name} ${ms.toFixed(1)} ms`] : [],
  );
  return times.length === 0 ? '' : `: ${times.join(', ')}`;
}

function requiredText(required: Required): string {
  if (required === 'every') return 'all';
  return required === 'one' ? 'at least 1' : `at least ${required.percent} %`;
}

function fromControls(
  criterion: Criterion,
  judgements: readonly Judgement[],
  names: readonly string[],
): CriterionResult {
  const controls = names.map((name) => {
    const found = judgements.find(({ slo, kind }) => slo === name && kind === 'control');
    if (!found) throw new Error(`the control '${name}' was not judged`);
    return found as ControlJudgement;
  });
  const sum = (count: (control: ControlJudgement) => number) =>
    controls.reduce((total, each) => total + count(each), 0);
  const violating = sum((each) => each.violating);
  const population = sum((each) => each.population);
  const open = controls.filter(({ state }) => state !== 'met');
  const isDoubtOnly = open.every(
    (each) => each.population > 0 && each.violating === 0 && each.unobservable === 0,
  );
  return {
    ...aboutOf(
      criterion,
      worstOf(controls.map(({ state }) => state)),
      open.map(({ slo, reason }) => `${slo}: ${reason}`).join(' '),
      [...new Set(open.flatMap(({ doubts }) => doubts))],
    ),
    ...(isDoubtOnly ? { mend: MEND_EVIDENCE } : {}),
    measured: `${violating} of ${population} violate`,
    required: '0',
    evidence: `${criterion.evidence}, ${names.join(', ')}`,
    population,
    satisfied: sum((each) => each.classified - each.violating),
    failing: violating,
    unobservable: sum((each) => each.unobservable),
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
  };
}

function fromObjective(
  criterion: Criterion,
  judgement: Judgement & { kind: 'objective' },
): CriterionResult {
  const { slo, displayName, state, reason, goodText, targetText } = judgement;
  const { good, bad, inScope, unmeasurable } = judgement;
  const holds = state === 'met' || state === 'at_risk';
  return {
    ...aboutOf(criterion, state, holds ? '' : reason),
    criterion: `objective:${slo}`,
    title: displayName,
    measured: goodText ?? 'nothing',
    required: `at least ${targetText}`,
    evidence: `${criterion.evidence}, ${slo}`,
    population: inScope.weight,
    satisfied: good.weight,
    failing: bad.weight,
    unobservable: String(unmeasurable.reduce((sum, { weight }) => sum + BigInt(weight), 0n)),
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
  };
}

function aboutOf(
  { checkpoint, id, title, mend, evidence }: Criterion,
  state: VerdictState,
  missing: string,
  doubts: readonly string[] = [],
) {
  return { checkpoint, criterion: id, title, state, missing, doubts, mend, evidence };
}

const WORST: readonly VerdictState[] = [
  'breached',
  'not_provable',
  'insufficient_data',
  'at_risk',
  'met',
];

/** What several states come to together: one that does not hold is not made up for by others. */
export function worstOf(states: readonly VerdictState[]): VerdictState {
  return WORST.find((state) => states.includes(state)) ?? 'insufficient_data';
}
