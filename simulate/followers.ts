import type { Faults } from './fault-table.ts';
import type { Random } from './random.ts';

/** A call that comes because of the one before it: at its side, or in its place. */
export type Follower = 'concurrent' | 'retry';

/** As every call may have a follower, so large a share of all calls are followers. */
export function drawFollower(
  random: Random,
  { concurrent, retries }: Faults,
): Follower | undefined {
  if (concurrent + retries === 0) return undefined;
  const share = random.unit();
  if (share < concurrent) return 'concurrent';
  return share < concurrent + retries ? 'retry' : undefined;
}

const MOST_ITEMS = 4;

/** How many calls to put into one request: 1 is no batch. `rate` is the share of the calls. */
export function drawItems(random: Random, rate: number, room: number): number {
  const items = 2 + (rate > 0 ? random.int(0, MOST_ITEMS - 2) : 0);
  // Batches have more calls than other requests, so that fewer of them do.
  const perRequest = rate / (rate + (1 - rate) * ((2 + MOST_ITEMS) / 2));
  return random.chance(perRequest) ? Math.min(items, room) : 1;
}
