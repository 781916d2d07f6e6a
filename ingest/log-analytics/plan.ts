import { type Pull, type PullWindow, windowed } from '../kql.ts';
import type { Answer, Target } from '../transports/log-analytics.ts';
import { cellsOf } from './answer.ts';
import { type Asker, Tries } from './asker.ts';
import { explained, QueryFailure } from './failures.ts';
import type { Stretch } from './progress.ts';
import { isoOfTicks, type Ticks, ticksOf, ticksOfMs } from './ticks.ts';
import { type Bin, MAX_BYTES, MAX_ROWS, type Part, TICK_PARTS } from './windows.ts';

/** A table in a workspace, or where a resource is asked. */
export interface Table {
  readonly source: string;
  readonly target: Target;
  readonly pull: Pull;
}

export interface Span {
  readonly from: Ticks;
  readonly to: Ticks;
}

/** What is asked for: by when it was ingested, and where it matters by when it happened. */
export interface Wanted {
  readonly ingested: Span;
  /** Absent: whatever was ingested then, however late it came. */
  readonly happened?: Span | undefined;
  /** Of one tick, some of its rows. */
  readonly part?: Part | undefined;
}

const DAY = ticksOfMs(86_400_000);
const SECOND = ticksOfMs(1_000);
/** The service replaces a time that is two days old, or one day ahead, by that of its arrival. */
const LATE = 3n * DAY;
const AHEAD = 2n * DAY;
const BINS = 200n;
/** Rows that all lie in so few bins are looked at again, closer. */
const FEW_BINS = 25n;
/** From thirty days to one tick. */
const MAX_LOOKS = 8;

/** Asks about one table, and explains what goes wrong. */
export class TableQueries {
  readonly #asker: Asker;
  readonly table: Table;
  readonly #signal: AbortSignal | undefined;

  constructor(asker: Asker, table: Table, signal: AbortSignal | undefined) {
    this.#asker = asker;
    this.table = table;
    this.#signal = signal;
  }

  /** The rows of a window. Throws a QueryFailure when half of it may go through. */
  async rows(wanted: Wanted, tries?: Tries): Promise<Answer> {
    return this.#ask(wanted, '', (answer) => answer, tries);
  }

  /** Waits until what failed may be asked for again; throws the failure where there is no such time. */
  async waitAfter(failure: QueryFailure, tries: Tries): Promise<void> {
    return this.#asker.waitAfter(failure, tries, this.#signal);
  }

  /**
   * How many rows there are in each part of the time, and when that was counted. Where it is not `isNeeded` it is not
   * asked for again and again.
   */
  async histogram(
    wanted: Wanted,
    { isNeeded = true } = {},
  ): Promise<{ bins: readonly Bin[]; at: Date }> {
    let { bins, at, width } = await this.#bins(wanted, isNeeded);
    for (let look = 1; look < MAX_LOOKS; look += 1) {
      const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
      const bytes = bins.reduce((sum, bin) => sum + bin.bytes, 0);
      const fits = rows <= MAX_ROWS && bytes <= MAX_BYTES;
      const first = bins.at(0);
      const last = bins.at(-1);
      if (!first || !last || fits || width === 1n) break;
      const dense = { from: first.at, to: last.at + width };
      if (dense.to - dense.from > width * FEW_BINS) break;
      const ingested = {
        from: dense.from > wanted.ingested.from ? dense.from : wanted.ingested.from,
        to: dense.to < wanted.ingested.to ? dense.to : wanted.ingested.to,
      };
      const closer = await this.#bins({ ...wanted, ingested }, isNeeded);
      ({ bins, width } = closer);
    }
    return { bins, at };
  }

  /** How many rows each of the stretches has by now. */
  async count(stretches: readonly Stretch[]): Promise<{ counts: number[]; at: Date }> {
    const [first] = stretches;
    const last = stretches.at(-1);
    if (!first || !last) throw new Error('nothing to count');
    const sums = stretches.map(
      ({ from, to }, no) =>
        `w${no} = countif(IngestedAt >= datetime(${isoOfTicks(from)}) and IngestedAt < datetime(${isoOfTicks(to)}))`,
    );
    const ingested = { from: first.from, to: last.to };
    try {
      const { cells: rows, at } = await this.#sums({ ingested }, sums.join(', '));
      const [cells = []] = rows;
      return { counts: stretches.map((_, no) => Number(cells[no] ?? 0)), at };
    } catch (error) {
      if (!maySplit(error)) throw error;
      if (stretches.length === 1) {
        const { bins, at } = await this.#bins({ ingested }, true);
        return { counts: [bins.reduce((sum, { rows }) => sum + rows, 0)], at };
      }
      const middle = Math.ceil(stretches.length / 2);
      const left = await this.count(stretches.slice(0, middle));
      const right = await this.count(stretches.slice(middle));
      return { counts: [...left.counts, ...right.counts], at: left.at };
    }
  }

  /** When the first of the rows that are kept was ingested; undefined: there are none. */
  async earliest(ingested: Span): Promise<Ticks | undefined> {
    const isLeast = ingested.to - ingested.from <= DAY;
    try {
      const { cells } = await this.#sums({ ingested }, 'first = min(IngestedAt)', isLeast);
      const cell = cells[0]?.[0];
      return typeof cell === 'string' ? ticksOf(cell) : undefined;
    } catch (error) {
      if (!maySplit(error) || isLeast) throw error;
      const [early, late] = halvesOf(ingested);
      return (await this.earliest(early)) ?? (await this.earliest(late));
    }
  }

  /** What is to be told of a failure, and of the time that was asked for last. */
  explain(error: unknown, ingested?: Span): unknown {
    if (!(error instanceof QueryFailure)) return error;
    const { source, target, pull } = this.table;
    const { id, isResource } = target;
    const since = ingested && isoOfTicks(ingested.from);
    return explained(error, { source, target: id, isResource, table: pull.table, since });
  }

  async #bins(
    wanted: Wanted,
    isNeeded: boolean,
  ): Promise<{ bins: readonly Bin[]; at: Date; width: Ticks }> {
    const { from, to } = wanted.ingested;
    const width = widthOf(to - from);
    const bin = width < SECOND ? `${width}tick` : `${width / SECOND}s`;
    const sums = `rows = count(), bytes = sum(estimate_data_size(*)) by at = bin(IngestedAt, ${bin})`;
    const isLeast = to - from <= SECOND * BINS;
    try {
      const { cells, at } = await this.#sums(wanted, sums, isLeast && isNeeded);
      const bins = cells
        .map(([time, rows, bytes]) => ({
          at: ticksOf(String(time)),
          width,
          rows: Number(rows),
          bytes: Number(bytes),
        }))
        .toSorted((a, b) => (a.at < b.at ? -1 : 1));
      return { bins, at, width };
    } catch (error) {
      if (!maySplit(error) || isLeast) throw error;
      const [early, late] = halvesOf(wanted.ingested);
      const left = await this.#bins({ ...wanted, ingested: early }, isNeeded);
      const right = await this.#bins({ ...wanted, ingested: late }, isNeeded);
      return { bins: [...left.bins, ...right.bins], at: left.at, width };
    }
  }

  /** The cells of a summary; of one that cannot be asked for in halves again and again, where it does not come whole. */
  async #sums(
    wanted: Wanted,
    sums: string,
    isLeast = false,
  ): Promise<{ cells: ReturnType<typeof cellsOf>; at: Date }> {
    const read = ({ body, at }: Answer) => ({ cells: cellsOf(body), at });
    return this.#ask(wanted, `| summarize ${sums}`, read, new Tries(isLeast));
  }

  #ask<T>(
    { ingested, happened, part }: Wanted,
    sums: string,
    read: (answer: Answer) => T,
    tries?: Tries,
  ): Promise<T> {
    const { pull, target } = this.table;
    // The column's bound includes both ends.
    const time = happened
      ? { from: happened.from, to: happened.to - 1n }
      : { from: ingested.from - LATE, to: ingested.to + AHEAD };
    const window: PullWindow = {
      time: { from: isoOfTicks(time.from), to: isoOfTicks(time.to) },
      ingested: { from: isoOfTicks(ingested.from), to: isoOfTicks(ingested.to) },
      part: part && { ...part, of: TICK_PARTS },
    };
    const kql = windowed(pull, window, `${pull.pipeline.trimEnd()}\n${sums}`);
    return this.#asker.ask({ target, kql, span: time, signal: this.#signal }, read, tries);
  }
}

function maySplit(error: unknown): boolean {
  return error instanceof QueryFailure && error.maySplit;
}

function halvesOf({ from, to }: Span): [Span, Span] {
  const middle = from + (to - from) / 2n;
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** Of one of at most so many bins, in whole seconds where there are any. */
function widthOf(ticks: Ticks): Ticks {
  const width = (ticks + BINS - 1n) / BINS;
  if (width > SECOND) return ((width + SECOND - 1n) / SECOND) * SECOND;
  return width > 1n ? width : 1n;
}
