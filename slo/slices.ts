import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { type Counts, type LastSeen, NOTHING, type Tally, whole } from './count.ts';
import type { Objective, Timeslice } from './definition.ts';
import { lookbacksSince } from './last-seen.ts';
import { compare, type Rational, rational } from './rational.ts';
import { run, type SliceCounts } from './slice-counts.ts';

/** `unclear`: good or bad, depending on rows that could not be measured. */
export type SliceState = 'good' | 'bad' | 'unclear' | 'no_traffic' | 'unmeasured';

export interface Slice {
  readonly startMs: number;
  readonly state: SliceState;
}

/** The rows of one slice, by weight. */
export interface SliceRows {
  readonly good: bigint;
  readonly bad: bigint;
  readonly unmeasurable: bigint;
}

/** Whole slices only: one that the window cuts, or that is not over yet, says nothing. */
export function wholeSlices({ from, to }: TimeWindow, ms: number): TimeWindow {
  const start = Math.ceil(Date.parse(from) / ms) * ms;
  const end = Math.max(start, Math.floor(Date.parse(to) / ms) * ms);
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

/** A slice without rows had no traffic where the source was alive, and nobody looked where it was not. */
export function sliceState(
  rows: SliceRows | undefined,
  target: Rational,
  isAlive: boolean,
): SliceState {
  const { good, bad, unmeasurable } = rows ?? { good: 0n, bad: 0n, unmeasurable: 0n };
  const total = good + bad + unmeasurable;
  if (total === 0n) return isAlive ? 'no_traffic' : 'unmeasured';
  if (compare(rational(good, total), target) >= 0) return 'good';
  return compare(rational(good + unmeasurable, total), target) < 0 ? 'bad' : 'unclear';
}

/** Every whole slice of the scanned time with its state, oldest first. */
export async function slicesOf(
  store: Store,
  objective: Objective & { readonly timeslice: Timeslice },
  counted: SliceCounts,
  isAlive: (startMs: number) => boolean,
  isLeftOut: (startMs: number) => boolean,
): Promise<Slice[]> {
  const { ms, target } = objective.timeslice;
  const { from, to } = wholeSlices(counted.scanned, ms);
  const rows = await rowsBySlice(store, objective, counted, ms);
  const slices: Slice[] = [];
  for (let start = Date.parse(from); start < Date.parse(to); start += ms) {
    if (isLeftOut(start)) continue;
    const state = sliceState(rows.get(start), target, isAlive(start));
    slices.push({ startMs: start, state });
  }
  return slices;
}

async function rowsBySlice(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  ms: number,
): Promise<Map<number, SliceRows>> {
  const { classes } = counted.statement;
  const of = (kind: string) => {
    const numbers = classes.flatMap((each, index) => (each.kind === kind ? [index] : []));
    const isThat = numbers.length === 0 ? 'false' : `class_no in (${numbers.join(', ')})`;
    return `coalesce(sum(piece_weight) filter (where ${isThat}), 0)`;
  };
  const sql = `select
    x_div(piece_at_us, ${ms * 1000}) as slice_no,
    ${of('good')} as good,
    ${of('bad')} as bad,
    ${of('unmeasurable')} as unmeasurable
from slice_counts
group by slice_no
order by slice_no`;
  const found = await run(store, objective, sql, counted.statement);
  return new Map(
    found.map((row) => [
      Number(row['slice_no']) * ms,
      {
        good: whole(row['good']),
        bad: whole(row['bad']),
        unmeasurable: whole(row['unmeasurable']),
      },
    ]),
  );
}

/** The slices as counts: what a verdict, a budget and a burn rate are worked out from. */
export function countsOfSlices(
  slices: readonly Slice[],
  counted: Pick<SliceCounts, 'window' | 'scanned' | 'lookbacksMs'>,
  sliceMs: number,
): Counts {
  const { window, lookbacksMs } = counted;
  const toMs = Date.parse(window.to);
  const tallyOf = (state: SliceState, sinceMs: number): Tally => {
    const count = slices.filter((each) => each.state === state && each.startMs >= sinceMs).length;
    return count === 0 ? NOTHING : { rows: BigInt(count), weight: BigInt(count) };
  };
  const over = (ms: number, endMs: number) => ({
    ms,
    good: tallyOf('good', endMs - ms),
    bad: tallyOf('bad', endMs - ms),
  });
  const last = slices.findLast(({ state }) => state === 'good' || state === 'bad');
  const lastMs = last === undefined ? null : last.startMs + sliceMs;
  const lastSeen: LastSeen | null =
    lastMs === null
      ? null
      : {
          at: new Date(lastMs).toISOString(),
          lookbacks: lookbacksSince(counted, lastMs).map((ms) => over(ms, lastMs)),
        };
  const since = Date.parse(window.from);
  const [good, bad] = [tallyOf('good', since), tallyOf('bad', since)];
  const unclear = tallyOf('unclear', since);
  const reason = 'good or bad, depending on rows that could not be measured';
  return {
    inScope: {
      rows: good.rows + bad.rows + unclear.rows,
      weight: good.weight + bad.weight + unclear.weight,
    },
    good,
    bad,
    excluded: [],
    unmeasurable: [{ id: 'unclear-slices', reason, ...unclear }],
    assumed: [],
    withoutExclusions: { good, bad, unmeasurable: unclear },
    lookbacks: lookbacksMs.map((ms) => over(ms, toMs)),
    lastSeen,
    squaredWeight: Number(good.rows + bad.rows),
  };
}
