import type { EventHubConsumerClient, PartitionProperties } from '@azure/event-hubs';
import type { Intake } from './intake.ts';
import { endOf, Partition, type Start, type StoredPlace } from './partition.ts';
import type { Checkpoint, Position } from './positions.ts';

/** Some events of one partition, whole: what is in them, and where the partition stands after them. */
export interface PartitionIntake {
  readonly partition: string;
  readonly position: Position;
  readonly streamCreatedAt: string;
  /** What the store has of it before; undefined: nothing. */
  readonly after: StoredPlace | undefined;
  readonly intake: Intake;
}

export interface PartitionsOptions {
  readonly start: Start;
  readonly now: () => Date;
  /** Other processes may read some: only what is adopted is read here. */
  readonly isShared: boolean;
}

/** The partitions of a stream, compared with what the hub says of them. */
export class Partitions {
  /** Those that are read here. */
  readonly #all = new Map<string, Partition>();
  /** Those that are not, each as it would be if it were. */
  readonly #elsewhere = new Map<string, Partition>();
  readonly #start: Start;
  readonly #now: () => Date;
  readonly #isShared: boolean;
  #streamCreatedAt = '';

  constructor({ start, now, isShared }: PartitionsOptions) {
    this.#start = start;
    this.#now = now;
    this.#isShared = isShared;
  }

  /** Asks the hub what it has, and decides where each partition begins. */
  async arrive(client: EventHubConsumerClient, checkpoints: readonly Checkpoint[]): Promise<void> {
    const before = new Map(this.#all);
    const { createdOn, partitionIds } = await client.getEventHubProperties();
    const all = await propertiesOf(client, partitionIds);
    this.#streamCreatedAt = createdOn.toISOString();
    for (const found of this.#find(all, checkpoints)) {
      const known = this.#isShared ? before : this.#all;
      const earlier = known.get(found.id);
      if (earlier) earlier.comeBack(found, this.#now().toISOString());
      else if (this.#isShared) this.#seeElsewhere(found);
      else this.#all.set(found.id, found);
    }
  }

  #find(all: readonly PartitionProperties[], checkpoints: readonly Checkpoint[]): Partition[] {
    // A partition that came after the first read is read from its first event.
    const start = this.#start === 'latest' && checkpoints.length > 0 ? 'earliest' : this.#start;
    const now = this.#now();
    return all.map((properties) => {
      const { partitionId } = properties;
      const known = checkpoints.find(({ partition }) => partition === partitionId);
      return Partition.arrive(properties, known, {
        start,
        isAdded: checkpoints.length > 0 && !this.#all.has(partitionId),
        streamCreatedAt: this.#streamCreatedAt,
        now,
      });
    });
  }

  #seeElsewhere(found: Partition): void {
    if (this.#all.has(found.id)) return;
    const known = this.#elsewhere.get(found.id);
    if (known) known.end = found.end;
    else this.#elsewhere.set(found.id, found);
  }

  /** Reads these here from now on, each from its checkpoint. */
  async adopt(
    client: EventHubConsumerClient,
    ids: readonly string[],
    checkpoints: readonly Checkpoint[],
  ): Promise<void> {
    const { createdOn } = await client.getEventHubProperties();
    // What is read here already has to hear of a hub that was made anew as well.
    if (createdOn.toISOString() !== this.#streamCreatedAt) await this.refresh(client);
    for (const found of this.#find(await propertiesOf(client, ids), checkpoints)) {
      const earlier = this.#elsewhere.get(found.id);
      found.events = earlier?.events ?? 0;
      found.redelivered = earlier?.redelivered ?? 0;
      this.#elsewhere.delete(found.id);
      this.#all.set(found.id, found);
    }
  }

  /** What was read here is another's from now on; nothing of it may wait to be handed over. */
  leave(ids: readonly string[]): void {
    for (const id of ids) {
      const partition = this.#all.get(id);
      if (partition) this.#elsewhere.set(id, partition);
      this.#all.delete(id);
    }
  }

  /** Takes note of where others have come to. */
  learn(checkpoints: readonly Checkpoint[]): void {
    for (const known of checkpoints) {
      const partition = this.#elsewhere.get(known.partition);
      if (partition === undefined) continue;
      partition.position = known;
      // The hub was made anew meanwhile: what it held when this began is not to come any more.
      const isAnother =
        Date.parse(String(known.streamCreatedAt)) > Date.parse(this.#streamCreatedAt);
      if (isAnother) partition.target = -1;
    }
  }

  /** A partition that was added while the stream is read, as long as nobody reads it here. */
  noteAdded(id: string): void {
    if (this.#all.has(id) || this.#elsewhere.has(id)) return;
    this.#elsewhere.set(id, Partition.added(id, this.#start, this.#now()));
  }

  /** Those that are not read here. */
  get elsewhere(): Iterable<Partition> {
    return this.#elsewhere.values();
  }

  /** Whether others have read what was there when this began. */
  get areOthersCaughtUp(): boolean {
    return [...this.#elsewhere.values()].every((partition) => partition.isCaughtUp);
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
    const asked = [...this.#all.values(), ...this.#elsewhere.values()].map(async (partition) => {
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
      const { id, position, intake, stored: after } = partition;
      if (intake.isEmpty || position === undefined) return [];
      const { sequenceNumber } = position;
      const handedOver = partition.handOver({ sequenceNumber, streamCreatedAt });
      return [{ partition: id, position, streamCreatedAt, after, intake: handedOver }];
    });
  }
}

function propertiesOf(
  client: EventHubConsumerClient,
  ids: readonly string[],
): Promise<PartitionProperties[]> {
  return Promise.all(ids.map((id) => client.getPartitionProperties(id)));
}
