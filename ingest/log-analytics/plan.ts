import { type Pull, type PullWindow, windowed } from '../kql.ts';
import type { Answer, Target } from '../transports/log-analytics.ts';
import { cellsOf } from './answer.ts';
import type { Asker } from './asker.ts';
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
  async rows(wanted: Wanted): Promise<Answer> {
    return this.#ask(wanted, '');
  }

  /** How many rows there are in each part of the time, and when that was counted. */
  async histogram(wanted: Wanted): Promise<{ bins: readonly Bin[]; at: Date }> {
    let { bins, at, width } = await this.#bins(wanted);
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
      const closer = await this.#bins({ ...wanted, ingested });
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
      const { body, at } = await this.#ask({ ingested }, `| summarize ${sums.join(', ')}`);
      const [cells = []] = cellsOf(body);
      return { counts: stretches.map((_, no) => Number(cells[no] ?? 0)), at };
    } catch (error) {
      if (!maySplit(error)) throw error;
      if (stretches.length === 1) {
        const { bins, at } = await this.#bins({ ingested });
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
    try {
      const { body } = await this.#ask({ ingested }, '| summarize first = min(IngestedAt)');
      const cell = cellsOf(body)[0]?.[0];
      return typeof cell === 'string' ? ticksOf(cell) : undefined;
    } catch (error) {
      if (!maySplit(error) || ingested.to - ingested.from <= DAY) throw error;
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

  async #bins(wanted: Wanted): Promise<{ bins: readonly Bin[]; at: Date; width: Ticks }> {
    const { from, to } = wanted.ingested;
    const width = widthOf((to - from) / BINS);
    const bin = width < SECOND ? `${width}tick` : `${width / SECOND}s`;
    const sums = `| summarize rows = count(), bytes = sum(estimate_data_size(*)) by at = bin(IngestedAt, ${bin})`;
    try {
      const { body, at } = await this.#ask(wanted, sums);
      const bins = cellsOf(body)
        .map(([time, rows, bytes]) => ({
          at: ticksOf(String(time)),
          width,
          rows: Number(rows),
          bytes: Number(bytes),
        }))
        .toSorted((a, b) => (a.at < b.at ? -1 : 1));
      return { bins, at, width };
    } catch (error) {
      if (!maySplit(error) || to - from <= SECOND * BINS) throw error;
      const [early, late] = halvesOf(wanted.ingested);
      const left = await this.#bins({ ...wanted, ingested: early });
      const right = await this.#bins({ ...wanted, ingested: late });
      return { bins: [...left.bins, ...right.bins], at: left.at, width };
    }
  }

  #ask({ ingested, happened, part }: Wanted, sums: string): Promise<Answer> {
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
    return this.#asker.ask({ target, kql, span: time, signal: this.#signal });
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

/** Whole seconds where there are any. */
function widthOf(ticks: Ticks): Ticks {
  if (ticks >= SECOND) return ticks - (ticks % SECOND);
  return ticks > 1n ? ticks : 1n;
}
