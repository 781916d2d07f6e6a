import type { TimeWindow } from '../core/window.ts';
import type { Row } from '../store/values.ts';
import type { Judgement } from './judgement.ts';
import type { Listing } from './listing.ts';

export const REPORT_KINDS = ['soc', 'slo', 'cost', 'all'] as const;

export type ReportKind = (typeof REPORT_KINDS)[number];

/** Everything a report is written from. The same input gives the same bytes. */
export interface ReportInput {
  readonly kind: ReportKind;
  readonly window: TimeWindow;
  readonly generatedAt: string;
  readonly toolVersion: string;
  /** Answers by the name of their query: 'sre/summary'. */
  readonly answers: Readonly<Record<string, Listing>>;
  readonly judgements: readonly Judgement[];
}

/** The answer to a query, which the report's kind must have asked for. */
export function answer({ answers }: ReportInput, name: string): Listing {
  const listing = answers[name];
  if (!listing) throw new Error(`the report was built without the answer '${name}'`);
  return listing;
}

/** The rows of an answer, read by the names that its query declares. */
export function rowsOf<T = Row>(input: ReportInput, name: string): readonly T[] {
  return answer(input, name).rows as readonly T[];
}

/** Whether the report speaks to the readers of that kind. */
export function isFor({ kind }: ReportInput, reader: Exclude<ReportKind, 'all'>): boolean {
  return kind === reader || kind === 'all';
}

/** The one row of sre/summary. */
export interface Summary {
  readonly calls: number;
  readonly rows: number;
  readonly success: number;
  readonly failure: number;
  readonly denied: number;
  readonly challenge: number;
  readonly unknown: number;
  readonly failure_ratio: number | null;
  readonly hidden_failures: number;
  readonly matched_calls: number;
  readonly matched_ratio: number | null;
  readonly gateway_only_calls: number;
  readonly server_only_calls: number;
  readonly sampled_calls: number;
  readonly incomplete_calls: number;
  readonly agents: number;
  readonly unowned_agents: number;
  readonly unattributed_calls: number;
  readonly servers: number;
  readonly first_call_at: string | null;
  readonly last_call_at: string | null;
  readonly complete_to_at: string | null;
}

export function summaryOf(input: ReportInput): Summary {
  const [summary] = rowsOf<Summary>(input, 'sre/summary');
  if (!summary) throw new Error('sre/summary gave no row');
  return summary;
}
