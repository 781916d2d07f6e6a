import type { EventHubConsumerClient } from '@azure/event-hubs';
import type { Intake } from './intake.ts';
import { endOf, Partition, type Start } from './partition.ts';
import type { Checkpoint, Position } from './positions.ts';

/** Some events of one partition, whole: what is in them, and where the partition stands after them. */
export interface PartitionIntake {
  readonly partition: string;
  readonly position: Position;
  readonly streamCreatedAt: string;
  readonly intake: Intake;
}

/** The partitions of a stream, compared with what the hub says of them. */
export class Partitions {
  readonly #all = new Map<string, Partition>();
  readonly #start: Start;
  readonly #now: () => Date;
  #streamCreatedAt = '';

  constructor(start: Start, now: () => Date) {
    this.#start = start;
    this.#now = now;
  }

  /** Asks the hub what it has, and decides where each partition begins. */
  async arrive(client: EventHubConsumerClient, checkpoints: readonly Checkpoint[]): Promise<void> {
    const { createdOn, partitionIds } = await client.getEventHubProperties();
    const all = await Promise.all(partitionIds.map((id) => client.getPartitionProperties(id)));
    this.#streamCreatedAt = createdOn.toISOString();
    // A partition that came after the first read is read from its first event.
    const start = this.#start === 'latest' && checkpoints.length > 0 ? 'earliest' : this.#start;
    const now = this.#now();
    for (const properties of all) {
      const known = checkpoints.find(({ partition }) => partition === properties.partitionId);
      const earlier = this.#all.get(properties.partitionId);
      const found = Partition.arrive(properties, known, {
        start,
        isAdded: checkpoints.length > 0 && earlier === undefined,
        streamCreatedAt: this.#streamCreatedAt,
        now,
      });
      if (earlier) earlier.comeBack(found, now.toISOString());
      else this.#all.set(properties.partitionId, found);
    }
  }

  /** The same again, from where each partition stands in this process. */
  refresh(client: EventHubConsumerClient): Promise<void> {
    const streamCreatedAt = this.#streamCreatedAt;
    const standing = [...this.#all.values()].flatMap(({ id, position }) =>
      position ? [{ ...position, partition: id, streamCreatedAt }] : [],
    );
    return this.arrive(client, standing);
  }

  /** Asks where each partition ends now, and changes nothing of what is read. */
  async askEnds(client: EventHubConsumerClient, abortSignal: AbortSignal): Promise<void> {
    const asked = [...this.#all.values()].map(async (partition) => {
      partition.end = endOf(await client.getPartitionProperties(partition.id, { abortSignal }));
    });
    await Promise.all(asked);
  }

  /** The partition of that id; one that the hub has added meanwhile is new. */
  of(id: string): Partition {
    const partition = this.#all.get(id) ?? Partition.added(id, this.#start, this.#now());
    this.#all.set(id, partition);
    return partition;
  }

  positionOf(id: string): Position | undefined {
    return this.#all.get(id)?.position;
  }

  ids(): Iterable<string> {
    return this.#all.keys();
  }

  [Symbol.iterator](): Iterator<Partition> {
    return this.#all.values();
  }

  get isCaughtUp(): boolean {
    return [...this.#all.values()].every((partition) => partition.isCaughtUp);
  }

  /** Those that are not, as an error names them, and how many events they are behind. */
  get behind(): { readonly ids: string; readonly events: number } {
    const late = [...this.#all.values()].filter(({ isCaughtUp }) => !isCaughtUp);
    return {
      ids: late.map(({ id }) => id).join(', '),
      events: late.reduce((sum, { lag }) => sum + lag, 0),
    };
  }

  /** Hands over what was accepted since the last time. */
  take(): PartitionIntake[] {
    const streamCreatedAt = this.#streamCreatedAt;
    return [...this.#all.values()].flatMap((partition) => {
      const { id, position, intake } = partition;
      if (intake.isEmpty || position === undefined) return [];
      return [{ partition: id, position, streamCreatedAt, intake: partition.handOver() }];
    });
  }
}
