/** Why events are missing from a stream. */
export type GapCause =
  /** Older than the hub keeps events: it was read too late. */
  | 'retention'
  /** The hub was deleted and made anew, or failed over: what was left in the old one is gone. */
  | 'recreated'
  /** The hub should have had them, and did not deliver them. */
  | 'loss';

/** Events of one partition that never will be in the store. */
export interface Gap {
  readonly cause: GapCause;
  /** Sequence number of the first that is missing. */
  readonly from: number;
  /** Of the last; null: nobody can know how many there were. */
  readonly to: number | null;
  /** ISO-8601: the event before it was enqueued then; null: unknown. */
  readonly fromAt: string | null;
  /** ISO-8601: the event after it was enqueued then, or the gap was noticed then. */
  readonly toAt: string;
}

export interface Hole {
  readonly cause: 'retention' | 'loss';
  readonly from: number;
  readonly to: number;
}

/**
 * What became of the events after `last` and before `next`, where the partition keeps events from
 * `begin` on: what is older fell to retention, the rest is lost.
 */
export function holesBetween(last: number, next: number, begin: number): Hole[] {
  const kept = Math.min(Math.max(begin, last + 1), next);
  const holes: Hole[] = [
    { cause: 'retention', from: last + 1, to: kept - 1 },
    { cause: 'loss', from: kept, to: next - 1 },
  ];
  return holes.filter(({ from, to }) => from <= to);
}
