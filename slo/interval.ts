/** Two-sided normal quantiles; display and guard only, a verdict compares exact counts. */
const Z: Readonly<Record<'0.9' | '0.95' | '0.99', number>> = {
  '0.9': 1.6448536269514722,
  '0.95': 1.959963984540054,
  '0.99': 2.5758293035489004,
};

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's interval for a share seen in `n` rows. Unlike Wald's it has a width at 0 and at 1, where
 * service levels live.
 */
export function wilson(share: number, n: number, confidence: keyof typeof Z): Interval | null {
  return wilsonAt(share, n, Z[confidence]);
}

/** The same at any normal quantile; each of its ends is a bound of one side. */
export function wilsonAt(share: number, n: number, z: number): Interval | null {
  if (!(n > 0)) return null;
  const z2 = z ** 2;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // The ends are exact; floats would leave them a hair off.
  return {
    low: share === 0 ? 0 : centre - half,
    high: share === 1 ? 1 : centre + half,
  };
}

/** How many unsampled rows would say as much (Kish): (sum of weights)^2 / sum of squared weights. */
export function effectiveRows(weight: number, squaredWeight: number): number {
  return squaredWeight > 0 ? (weight * weight) / squaredWeight : 0;
}
