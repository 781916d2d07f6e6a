import type { Ticks } from './ticks.ts';

/** A stretch of ingestion time, and what it is expected to hold. */
export interface Window {
  /** From then to where it begins there was nothing when rows were counted. */
  readonly after: Ticks;
  readonly from: Ticks;
  readonly to: Ticks;
  readonly rows: number;
  readonly bytes: number;
  /** Of one tick whose rows are too many for an answer: those parts of it. */
  readonly part?: Part;
}

/** Rows of a tick by their hash: from <= hash < to, of TICK_PARTS. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** A batch of rows may have one ingestion time, so that no shorter window divides it. */
export const TICK_PARTS = 65_536;

/** What one answer is to hold at most: it is in memory several times, and so is the next. */
export const MAX_ROWS = 12_500;
export const MAX_BYTES = 10 * 1024 * 1024;
/** A service that is slow is not asked for less than this share of it. */
const LEAST_SHARE = 1 / 4096;
const GROWTH = 1.5;

/** The windows of a table that are still to be read, in order; their size follows what comes back. */
export class Windows {
  readonly #ahead: Window[];
  /** Of what an answer may hold; less while the service does not manage more. */
  #share = 1;
  /** Bytes of an answer for each that was expected. */
  #bytesRatio = 1;

  constructor(windows: readonly Window[]) {
    this.#ahead = windows.toReversed();
  }

  get expected(): { readonly rows: number; readonly bytes: number; readonly queries: number } {
    return {
      rows: this.#ahead.reduce((sum, { rows }) => sum + rows, 0),
      bytes: this.#ahead.reduce((sum, { bytes }) => sum + bytes, 0),
      queries: this.#ahead.reduce((sum, each) => sum + this.#partsOf(each), 0),
    };
  }

  /** Whether a window is ahead that comes before that one. */
  isBefore(other: Window): boolean {
    const next = this.#ahead.at(-1);
    if (next === undefined) return false;
    if (next.from !== other.from) return next.from < other.from;
    return (next.part?.from ?? 0) < (other.part?.from ?? 0);
  }

  /** The next window, no larger than what may go through. */
  take(): Window | undefined {
    const next = this.#ahead.pop();
    if (next === undefined) return undefined;
    const [first, rest] = cut(next, this.#partsOf(next));
    if (rest) this.#ahead.push(rest);
    return first;
  }

  /** Both halves are to be read in place of a window that did not go through; false: it has none. */
  halve(window: Window): boolean {
    const [first, rest] = cut(window, 2);
    if (rest === undefined) return false;
    this.#ahead.push(rest, first);
    const size = Math.max(window.rows / MAX_ROWS, (window.bytes * this.#bytesRatio) / MAX_BYTES);
    this.#share = Math.max(LEAST_SHARE, Math.min(this.#share, size || this.#share) / 2);
    return true;
  }

  /** These are to be read in place of a window that held too much; together they are that window. */
  replace(windows: readonly Window[]): void {
    this.#ahead.push(...windows.toReversed());
  }

  /** A window went through: what it held tells what the next will hold. */
  settle({ rows, bytes }: Window, found: { readonly rows: number; readonly bytes: number }): void {
    this.#share = Math.min(1, this.#share * GROWTH);
    if (rows === 0 || bytes === 0 || found.rows === 0) return;
    const ratio = found.bytes / found.rows / (bytes / rows);
    this.#bytesRatio = (this.#bytesRatio + ratio) / 2;
  }

  #partsOf({ rows, bytes }: Window): number {
    const share = Math.max(rows / MAX_ROWS, (bytes * this.#bytesRatio) / MAX_BYTES);
    return Math.max(1, Math.ceil(share / this.#share));
  }
}

/** The first of so many equal parts, and the rest as one: how large its parts are is told when their turn comes. */
function cut(window: Window, parts: number): [Window, Window?] {
  const { from, to, rows, bytes } = window;
  if (to - from === 1n) return cutTick(window, parts);
  const count = BigInt(parts) < to - from ? BigInt(parts) : to - from;
  if (count < 2n) return [window];
  const at = from + (to - from) / count;
  const share = 1 / Number(count);
  return [
    { ...window, to: at, rows: rows * share, bytes: bytes * share },
    { after: at, from: at, to, rows: rows * (1 - share), bytes: bytes * (1 - share) },
  ];
}

/** As `cut`, where there is no time left to divide. */
function cutTick(window: Window, parts: number): [Window, Window?] {
  const { rows, bytes, part = { from: 0, to: TICK_PARTS } } = window;
  const count = Math.min(parts, part.to - part.from);
  if (count < 2) return [window];
  const at = part.from + Math.floor((part.to - part.from) / count);
  const share = 1 / count;
  const rest = { rows: rows * (1 - share), bytes: bytes * (1 - share) };
  return [
    { ...window, rows: rows * share, bytes: bytes * share, part: { ...part, to: at } },
    { ...window, ...rest, after: window.from, part: { ...part, from: at } },
  ];
}

/** A part of a histogram by ingestion time. */
export interface Bin {
  readonly at: Ticks;
  readonly width: Ticks;
  readonly rows: number;
  readonly bytes: number;
}

/** Windows for all rows of `[from, to)`, each about as large as an answer may be. */
export function windowsOf(
  bins: readonly Bin[],
  { from, to }: { readonly from: Ticks; readonly to: Ticks },
): Window[] {
  const windows: Window[] = [];
  const within = bins
    .filter(({ at, width, rows }) => rows > 0 && at < to && at + width > from)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  for (const bin of within) {
    const last = windows.at(-1);
    const end = bin.at + bin.width < to ? bin.at + bin.width : to;
    const fits = last && last.rows + bin.rows <= MAX_ROWS && last.bytes + bin.bytes <= MAX_BYTES;
    if (last && fits) {
      const { rows, bytes } = bin;
      windows[windows.length - 1] = {
        ...last,
        to: end,
        rows: last.rows + rows,
        bytes: last.bytes + bytes,
      };
      continue;
    }
    const after = last?.to ?? from;
    const start = bin.at > after ? bin.at : after;
    if (start < end)
      windows.push({ after, from: start, to: end, rows: bin.rows, bytes: bin.bytes });
  }
  return windows;
}

/** In place of a window that holds more than an answer may: the same time, by what is where. Undefined: it would fit. */
export function closerWindows(window: Window, bins: readonly Bin[]): Window[] | undefined {
  const sum = (of: (bin: Bin) => number) => bins.reduce((total, bin) => total + of(bin), 0);
  if (sum(({ rows }) => rows) <= MAX_ROWS && sum(({ bytes }) => bytes) <= MAX_BYTES)
    return undefined;
  const [first, ...others] = windowsOf(bins, window);
  if (first === undefined) return undefined;
  const closer = [{ ...first, after: window.after }, ...others];
  const last = closer.at(-1)?.to ?? window.from;
  // Where nothing was counted may be something by now.
  if (last < window.to) closer.push({ after: last, from: last, to: window.to, rows: 0, bytes: 0 });
  return closer;
}
