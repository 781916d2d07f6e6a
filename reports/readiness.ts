import type { Row } from '../store/values.ts';
import type { Column, Listing } from './listing.ts';
import { visible } from './visible.ts';

/** What a report needs of one exit criterion of a rollout; the judge in slo/readiness gives it. */
export interface CriterionResult {
  readonly checkpoint: string;
  readonly criterion: string;
  readonly title: string;
  readonly state: string;
  readonly measured: string;
  readonly required: string;
  readonly missing: string;
  /** The sentences of `missing` that are about the evidence as a whole. */
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

const text = (name: string): Column => ({ name, type: 'varchar' });
const count = (name: string): Column => ({ name, type: 'bigint' });
const time = (name: string): Column => ({ name, type: 'double', unit: 'ms' });

const COLUMNS: readonly Column[] = [
  text('checkpoint'),
  text('state'),
  text('title'),
  text('measured'),
  text('required'),
  text('criterion'),
  text('missing'),
  text('mend'),
  text('evidence'),
  count('population'),
  count('satisfied'),
  count('failing'),
  count('unobservable'),
  time('p50_ms'),
  time('p95_ms'),
  time('p99_ms'),
];

const BRIEF = ['checkpoint', 'state', 'title', 'measured', 'required'] as const;

/** Exit criteria as a listing: one row each. */
export function readinessListing(results: readonly CriterionResult[]): Listing {
  return { columns: COLUMNS, rows: results.map(rowOf), brief: BRIEF };
}

function rowOf({ p50Ms, p95Ms, p99Ms, missing, doubts: _, ...result }: CriterionResult): Row {
  return {
    ...result,
    missing: missing === '' ? null : missing,
    mend: missing === '' ? null : result.mend,
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    p99_ms: p99Ms,
  };
}

const HOLDS = new Set(['met', 'at_risk']);

/** What keeps each checkpoint closed, in words for a terminal. */
export function readinessText(
  results: readonly CriterionResult[],
  checkpoints: Readonly<Record<string, string>>,
): string {
  const closed: string[] = [];
  const shared = sharedDoubts(results);
  const parts = Object.entries(checkpoints).flatMap(([id, title]) => {
    const criteria = results.filter(({ checkpoint }) => checkpoint === id);
    if (criteria.length === 0) return [];
    const open = criteria.filter(({ state }) => !HOLDS.has(state));
    const lines = [
      `${title}: ${standingOf(open.length, criteria.length, closed)}`,
      ...open.flatMap((each) => missingLines(each, shared)),
    ];
    if (open.length > 0) closed.push(title);
    return [`${lines.map((line) => visible(line)).join('\n')}\n`];
  });
  return [...doubtParts(shared), ...parts].join('\n');
}

/** What is doubted of more than one criterion is said once, and called by its number. */
function sharedDoubts(results: readonly CriterionResult[]): readonly string[] {
  const all = results.filter(({ state }) => !HOLDS.has(state)).flatMap(({ doubts }) => doubts);
  return [...new Set(all.filter((doubt, index) => all.indexOf(doubt) !== index))];
}

function doubtParts(shared: readonly string[]): string[] {
  if (shared.length === 0) return [];
  const lines = shared.map((doubt, index) => `  [${index + 1}] ${doubt}`);
  return [
    `${['In doubt for several criteria', ...lines].map((line) => visible(line)).join('\n')}\n`,
  ];
}

function standingOf(open: number, all: number, closed: readonly string[]): string {
  const holds = `${all - open} of ${all} criteria hold`;
  if (open > 0) return `not ready, ${holds}`;
  const [first] = closed;
  return first === undefined ? `ready, ${holds}` : `${holds}, and “${first}” comes first`;
}

function missingLines(
  { title, state, missing, mend, evidence }: CriterionResult,
  shared: readonly string[],
): string[] {
  const referring = shared.reduce(
    (text, doubt, index) => text.replaceAll(doubt, `[${index + 1}]`),
    missing,
  );
  return [
    `  - ${title}: ${state.replaceAll('_', ' ')}. ${referring}`,
    `    ${mend} See: ${evidence}`,
  ];
}
