/** What became of the records of a commit or a run; received is the sum of the other four. */
export interface Tally {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly excluded: number;
}

export const NOTHING: Tally = { received: 0, stored: 0, duplicate: 0, rejected: 0, excluded: 0 };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    excluded: a.excluded + b.excluded,
  };
}
