import { notBelievedFrom, type TimeWindow } from '../core/window.ts';
import { readSqlFile, type SqlField } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import type { Parameter } from '../store/values.ts';
import type { Judgement } from './judgement.ts';
import type { Listing } from './listing.ts';
import type { ReportInput, ReportKind } from './report-input.ts';

const ALWAYS = [
  'sre/summary',
  'sre/loss_accounting',
  'sre/records_dated_ahead',
  'sre/removed_evidence',
  'sre/unreadable_by_source',
  'sre/coverage_by_source',
  'sre/coverage_by_source_and_field',
  'sre/coverage_holes',
  'sre/matches_by_rung',
  'sre/sampling_by_source',
  'sre/hours_by_source',
] as const;

const BY_READER: Readonly<Record<Exclude<ReportKind, 'all'>, readonly string[]>> = {
  soc: [
    'soc/noteworthy_calls',
    'soc/gateway_bypass_by_server',
    'soc/calls_by_agent',
    'soc/tools_by_agent',
    'soc/approvals_by_tool',
  ],
  slo: [
    'sre/calls_by_day',
    'sre/latency_by_day',
    'sre/latency_by_hour',
    'sre/latency_by_tool',
    'sre/outcomes_by_server',
  ],
  cost: [
    'finops/cost_by_currency',
    'finops/cost_by_agent',
    'finops/cost_by_server',
    'finops/cost_by_tool',
    'finops/cost_by_model',
    'finops/cost_by_cost_center',
    'finops/unattributed',
    'finops/unpriced',
  ],
};

export interface ReportOptions {
  readonly window: TimeWindow;
  readonly kind: ReportKind;
  readonly generatedAt: string;
  readonly toolVersion: string;
}

/** The queries that a report of that kind is written from. */
export function answersFor(kind: ReportKind): readonly string[] {
  const readers = kind === 'all' ? Object.values(BY_READER).flat() : BY_READER[kind];
  return [...ALWAYS, ...readers];
}

/** Collects the answers for a report. It only reads, and judges nothing itself. */
export async function buildReport(
  store: Store,
  judgements: readonly Judgement[],
  options: ReportOptions,
): Promise<ReportInput> {
  const answers: Record<string, Listing> = {};
  for (const name of answersFor(options.kind)) {
    answers[name] = await ask(store, name, options);
  }
  return { ...options, answers, judgements };
}

async function ask(
  store: Store,
  name: string,
  { window, generatedAt }: ReportOptions,
): Promise<Listing> {
  const file = readSqlFile(`queries/${name}.sql`);
  const given: Readonly<Record<string, Parameter>> = {
    from_at: window.from,
    to_at: window.to,
    after_at: notBelievedFrom(new Date(generatedAt), new Date(window.to)).toISOString(),
  };
  const params = file.params.map((param) => [param.name, given[param.name] ?? initialOf(param)]);
  const rows = await store.query(file, Object.fromEntries(params) as Record<string, Parameter>);
  const title = file.header['purpose'] ?? name;
  return { title, columns: file.columns, rows, window };
}

/** The default that the query's header states. */
function initialOf({ name, type, initial }: SqlField): Parameter {
  if (initial === undefined) throw new Error(`a report cannot know the parameter '${name}'`);
  return type === 'bigint' || type === 'double' ? Number(initial) : initial;
}
