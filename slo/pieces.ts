/**
 * Rows are counted in pieces of time: whole slices of 5 minutes (or 1), counted from 1970, so that
 * counts can be kept and used again. A window or a lookback may begin inside a slice; such a slice
 * is cut in two, so that every sum over pieces is exact. All of them end together and are whole
 * numbers of slices long, so that one phase cuts them all.
 */
export interface Cuts {
  readonly grainUs: number;
  /** How far into its slice a cut lies; 0: nothing is cut. */
  readonly phaseUs: number;
  /** Slices that are cut, by number. */
  readonly slices: readonly number[];
}

const SECOND_US = 1_000_000;
/** Kept counts are of the first; the others are for lookbacks that are no whole number of it. */
export const GRAINS_US: readonly number[] = [300 * SECOND_US, 60 * SECOND_US, SECOND_US];

/** Slices of the widest kind, none of them cut. */
export const NO_CUTS: Cuts = { grainUs: 300 * SECOND_US, phaseUs: 0, slices: [] };

/** The cuts at these edges, in the widest slices that all spans are whole numbers of. */
export function cutsOf(edgesMs: readonly number[], spansMs: readonly number[]): Cuts {
  for (const grainUs of GRAINS_US) {
    if (spansMs.some((ms) => (ms * 1000) % grainUs !== 0)) continue;
    const cuts = cutsAt(edgesMs, grainUs);
    if (cuts) return cuts;
  }
  throw new Error('the edges of one objective are not in step');
}

function cutsAt(edgesMs: readonly number[], grainUs: number): Cuts | null {
  const inside = edgesMs.map((ms) => ms * 1000).filter((us) => mod(us, grainUs) !== 0);
  const phases = new Set(inside.map((us) => mod(us, grainUs)));
  if (phases.size > 1) return null;
  const slices = [...new Set(inside.map((us) => Math.floor(us / grainUs)))].sort((a, b) => a - b);
  return { grainUs, phaseUs: [...phases][0] ?? 0, slices };
}

/** The start of the piece that a time lies in, in microseconds. */
export function pieceSql(time: string, { grainUs, phaseUs, slices }: Cuts): string {
  const slice = `x_div(x_us(${time}), ${grainUs})`;
  const start = `${slice} * ${grainUs}`;
  if (slices.length === 0) return start;
  const isCut = `${slice} in (${slices.join(', ')}) and x_us(${time}) - ${start} >= ${phaseUs}`;
  return `${start} + case when ${isCut} then ${phaseUs} else 0 end`;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
