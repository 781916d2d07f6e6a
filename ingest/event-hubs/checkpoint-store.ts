import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';
import type { Position } from './positions.ts';

/**
 * What the client asks for where it stands. Positions are those that were accepted in this process,
 * begun from the store's. Ownership is this process's alone: which process may write at all, or which
 * partitions are its own, is decided elsewhere, so what a dead one claimed cannot hold up the next.
 */
export class StreamCheckpoints implements CheckpointStore {
  readonly #positionOf: (partition: string) => Position | undefined;
  readonly #partitions: () => Iterable<string>;
  readonly #isWanted: (partition: string) => boolean;
  readonly #owned = new Map<string, PartitionOwnership>();
  #claims = 0;

  constructor(
    partitions: () => Iterable<string>,
    positionOf: (partition: string) => Position | undefined,
    isWanted: (partition: string) => boolean,
  ) {
    this.#partitions = partitions;
    this.#positionOf = positionOf;
    this.#isWanted = isWanted;
  }

  async listOwnership(): Promise<PartitionOwnership[]> {
    return [...this.#owned.values()];
  }

  async claimOwnership(wanted: PartitionOwnership[]): Promise<PartitionOwnership[]> {
    // The client asks for all that nobody has here, again and again.
    const own = wanted.filter(({ partitionId }) => this.#isWanted(partitionId));
    return own.map((ownership) => {
      this.#claims += 1;
      const claimed = {
        ...ownership,
        etag: String(this.#claims),
        lastModifiedTimeInMs: Date.now(),
      };
      this.#owned.set(ownership.partitionId, claimed);
      return claimed;
    });
  }

  /** A partition whose reader ended is free at once, not when its claim would expire. */
  abandon(partition: string): void {
    this.#owned.delete(partition);
  }

  /** The commit of the rows owns the checkpoint. */
  async updateCheckpoint(): Promise<void> {
    throw new Error('a checkpoint moves in the transaction of its rows, and nowhere else');
  }

  async listCheckpoints(
    fullyQualifiedNamespace: string,
    eventHubName: string,
    consumerGroup: string,
  ): Promise<Checkpoint[]> {
    const place = { fullyQualifiedNamespace, eventHubName, consumerGroup };
    return [...this.#partitions()].flatMap((partitionId) => {
      const position = this.#positionOf(partitionId);
      return position ? [{ ...place, ...position, partitionId }] : [];
    });
  }
}
