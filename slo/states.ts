/** The published states of a verdict (DESIGN section 5). */
export type VerdictState = 'met' | 'at_risk' | 'breached' | 'insufficient_data' | 'not_provable';

/** What is the matter with the data; the first that applies. */
export type DataState =
  | 'ok'
  | 'no_telemetry'
  | 'stale'
  | 'no_traffic'
  | 'inconsistent'
  | 'partial'
  | 'insufficient_events';

/** A state with the sentence that explains it. */
export interface Verdict {
  readonly state: VerdictState;
  readonly reason: string;
}
