import type { OwnershipView } from '../../store/ownership.ts';

/** What one reader of a stream is to have, beside the others. */
export interface Share {
  /** So many of its partitions are for others. */
  readonly excess: number;
  /** Partitions that nobody has, and that are for it. */
  readonly free: readonly string[];
}

/**
 * Shares are even: no reader has two partitions more than another. Where they do not divide, those who have most keep
 * one more. All who look at the same come to the same, so that a partition is not given up by two where one is enough.
 */
export function shareOf(
  self: string,
  partitions: readonly string[],
  { owners, partitions: owned }: OwnershipView,
): Share {
  const readers = [...new Set([self, ...owners.map(({ id }) => id)])].sort();
  const had = new Map(readers.map((reader) => [reader, 0]));
  for (const partition of partitions) {
    const owner = owned.get(partition)?.id;
    if (owner !== undefined) had.set(owner, (had.get(owner) ?? 0) + 1);
  }
  const byMost = [...readers].sort((a, b) => (had.get(b) ?? 0) - (had.get(a) ?? 0));
  const hasOneMore = byMost.indexOf(self) < partitions.length % readers.length;
  const due = Math.floor(partitions.length / readers.length) + (hasOneMore ? 1 : 0);
  const has = had.get(self) ?? 0;
  const free = partitions.filter((partition) => !owned.has(partition));
  return { excess: Math.max(0, has - due), free: free.slice(0, Math.max(0, due - has)) };
}
