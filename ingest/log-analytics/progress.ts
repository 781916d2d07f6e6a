import type { Ticks } from './ticks.ts';
import { type Part, TICK_PARTS } from './windows.ts';

/** A stretch of ingestion time, half-open, and how many rows were read from it. */
export interface Stretch {
  readonly from: Ticks;
  readonly to: Ticks;
  /** Null: more has turned up there, and is still to be read. */
  readonly rows: number | null;
}

/** How far a table has been read, by ingestion time. */
export interface Progress {
  /** Where reading began. */
  readonly begin: Ticks;
  /** Everything before it was read. */
  readonly position: Ticks;
  /** What was read so soon that more rows may turn up in it; in order, none overlap. */
  readonly unsettled: readonly Stretch[];
  /** Ticks that are being read in parts: how many parts, and how many rows they had. */
  readonly within: readonly TickRead[];
}

/** The first parts of a tick were read. */
export interface TickRead {
  readonly at: Ticks;
  readonly parts: number;
  readonly rows: number;
}

/** Of so many parts of the time that settling takes, each is looked at for itself. */
const PARTS = 12n;

/** What is known after a stretch was read whole. What is older than `settledBefore` can gain no more. */
export function afterReading(
  { begin, position, unsettled, within }: Progress,
  read: Stretch & { readonly rows: number },
  settledBefore: Ticks,
  settle: Ticks,
): Progress {
  const others = unsettled.flatMap((each) => without(each, read));
  const kept = read.to <= settledBefore ? others : [...others, read];
  return {
    begin,
    position: read.to > position ? read.to : position,
    unsettled: joined(
      kept.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
      settle / PARTS,
    ),
    within,
  };
}

/**
 * What is known after some parts of a tick were read, in their order: the tick counts as read when all of
 * them were.
 */
export function afterReadingPart(
  progress: Progress,
  { at, part, rows }: { readonly at: Ticks; readonly part: Part; readonly rows: number },
  settledBefore: Ticks,
  settle: Ticks,
): Progress {
  const before = progress.within.find((each) => each.at === at) ?? { parts: 0, rows: 0 };
  if (part.from !== before.parts) throw new Error('parts of a tick came out of their order');
  const others = { ...progress, within: progress.within.filter((each) => each.at !== at) };
  const sum = before.rows + rows;
  if (part.to < TICK_PARTS) {
    return { ...others, within: [...others.within, { at, parts: part.to, rows: sum }] };
  }
  return afterReading(others, { from: at, to: at + 1n, rows: sum }, settledBefore, settle);
}

/** What is known after the rows of the unsettled stretches were counted, in their order. */
export function afterCounting(
  { begin, position, unsettled, within }: Progress,
  counts: readonly number[],
  settledBefore: Ticks,
): Progress {
  const counted = unsettled.map((each, no) =>
    each.rows === null || (counts[no] ?? 0) > each.rows ? { ...each, rows: null } : each,
  );
  return {
    begin,
    position,
    unsettled: counted.filter(({ to, rows }) => rows === null || to > settledBefore),
    // A tick that is to be read again is read from its first part on.
    within: within.filter(({ at }) => at >= position),
  };
}

/** What is left of a stretch beside the part that was read. */
function without(stretch: Stretch, read: Stretch): Stretch[] {
  if (read.to <= stretch.from || read.from >= stretch.to) return [stretch];
  const left = { ...stretch, to: read.from, rows: null };
  const right = { ...stretch, from: read.to, rows: null };
  return [left, right].filter(({ from, to }) => from < to);
}

/** Neighbours become one while they are short, so that there are few. */
function joined(stretches: readonly Stretch[], longest: Ticks): Stretch[] {
  const result: Stretch[] = [];
  for (const next of stretches) {
    const last = result.at(-1);
    const mayJoin =
      last !== undefined &&
      last.rows !== null &&
      next.rows !== null &&
      last.to === next.from &&
      next.to - last.from <= longest;
    if (mayJoin) {
      result[result.length - 1] = {
        from: last.from,
        to: next.to,
        rows: (last.rows ?? 0) + (next.rows ?? 0),
      };
    } else result.push(next);
  }
  return result;
}
