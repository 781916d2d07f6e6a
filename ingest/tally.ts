/** What became of the records of a commit or a run; received is the sum of the other four. */
export interface Tally {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly excluded: number;
  /** Values that were taken out of what was stored, by kind. */
  readonly redacted: Readonly<Record<string, number>>;
  /** Columns of what was stored that are empty because what was sent could not be read. */
  readonly unreadable: number;
  /** Records among the excluded that are older than what is kept. */
  readonly expired: number;
}

export const NOTHING: Tally = {
  received: 0,
  stored: 0,
  duplicate: 0,
  rejected: 0,
  excluded: 0,
  redacted: {},
  unreadable: 0,
  expired: 0,
};

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    excluded: a.excluded + b.excluded,
    redacted: addCounts(a.redacted, b.redacted),
    unreadable: a.unreadable + b.unreadable,
    expired: a.expired + b.expired,
  };
}

/** Whether something was set aside that was meant to be used. */
export function isPartlySetAside({ rejected, unreadable }: Tally): boolean {
  return rejected > 0 || unreadable > 0;
}

type Counts = Readonly<Record<string, number>>;

function addCounts(a: Counts, b: Counts): Counts {
  const kinds = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)]));
}
