/** A small generator of numbers from a seed: the same on every machine. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const FIRST_DAY = Date.UTC(2026, 9, 22);

/** The start of an hour of the fixture's month, as the store writes times. */
export function hourAt(hours: number): string {
  return new Date(FIRST_DAY + hours * 3_600_000).toISOString().replace('.000Z', 'Z');
}
