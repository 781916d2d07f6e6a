/** What publishing has to do to a table. */
export interface Change {
  readonly table: string;
  /** Which of its rows go, as a condition; undefined: it has none. */
  readonly gone: string | undefined;
  /** The rows that come: a temporary table, or one with a condition. */
  readonly came: string;
}

/** Rows of a published table and those that are to take the place of some of them. */
export interface Compared {
  readonly table: string;
  /** The column by which rows are told apart. */
  readonly key: string | undefined;
  /** Which of the published rows are replaced, as a condition. */
  readonly replaced: string;
  /** What comes: a temporary table, or one with a condition. */
  readonly made: string;
}

/** Changes published tables without a transaction: by rows that nobody sees before it is said of all of them at once. */
export interface Generations {
  /** Makes a temporary table of the rows that only one side has: the key, and `side`, -1 or 1. Returns how many. */
  readonly compare: (into: string, compared: Compared) => Promise<number>;
  /** Publishes all of it if `isStill` holds when all is written, and says whether it did. */
  readonly publish: (
    changes: readonly Change[],
    isStill: () => Promise<boolean>,
  ) => Promise<boolean>;
  /** A condition that holds for the same rows of a published table, by which fewer are read. */
  readonly narrowed: (table: string, condition: string) => Promise<string>;
}
