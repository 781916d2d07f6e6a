import { wilson } from '../interval.ts';

/** Good rows of measured ones, and how many unsampled rows those are worth. */
export interface Share {
  readonly good: number;
  readonly total: number;
  readonly effective: number;
}

/** Better or worse only where the whole interval is on one side of no difference. */
export type Change = 'improved' | 'regressed' | 'unchanged';

export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly change: Change;
}

/** Newcombe's interval for the difference of two shares, from Wilson's of each; NULL without rows. */
export function differenceOf(
  current: Share,
  previous: Share,
  confidence: '0.9' | '0.95' | '0.99',
): Difference | null {
  const [now, before] = [shareOf(current), shareOf(previous)];
  const [around, aroundBefore] = [
    wilson(now, current.effective, confidence),
    wilson(before, previous.effective, confidence),
  ];
  if (!around || !aroundBefore) return null;
  const difference = now - before;
  const low = difference - Math.hypot(now - around.low, aroundBefore.high - before);
  const high = difference + Math.hypot(around.high - now, before - aroundBefore.low);
  return { difference, low, high, change: changeOf(low, high) };
}

function shareOf({ good, total }: Share): number {
  return total === 0 ? Number.NaN : good / total;
}

function changeOf(low: number, high: number): Change {
  if (low > 0) return 'improved';
  return high < 0 ? 'regressed' : 'unchanged';
}
