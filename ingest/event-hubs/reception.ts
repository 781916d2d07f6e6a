import type { EventHubConsumerClient, ReceivedEventData } from '@azure/event-hubs';
import type { Backlog } from './backlog.ts';
import { bodyLine } from './body.ts';
import { type Gap, holesBetween } from './gaps.ts';
import type { Partition } from './partition.ts';

/** The client adds credit with every wait that brings nothing, and never takes it back. */
const MAX_IDLE_CALLS = 3;
const MAX_REREADS = 2;

/** A partition is to be read again from its position. The client must not pass over the batch. */
export class Reread extends Error {
  readonly retryable = false;
}

/** Accepts each event of a partition once, in order, with whatever is missing noted. */
export class Reception {
  readonly #client: EventHubConsumerClient;
  readonly #backlog: Backlog;
  readonly #asLines: boolean;

  constructor(client: EventHubConsumerClient, backlog: Backlog, asLines: boolean) {
    this.#client = client;
    this.#backlog = backlog;
    this.#asLines = asLines;
  }

  /** Accepts events as long as they are wanted. Says whether all were. */
  async accept(
    partition: Partition,
    events: readonly ReceivedEventData[],
    isWanted: () => boolean,
  ): Promise<boolean> {
    for (const event of events) {
      // Before the event is looked into: packed it is small, and unpacked it may be the largest of all.
      while (this.#backlog.isFull) if (!(await this.#hasRoom(partition, isWanted))) return false;
      const last = partition.sequenceNumber;
      if (last !== undefined && event.sequenceNumber <= last) {
        partition.redeliver();
        continue;
      }
      if (last === undefined || event.sequenceNumber > last + 1) {
        const gaps = await this.#missingBefore(partition, event);
        if (!isWanted()) return false;
        // With the event that moves the position past them, that no commit is between.
        for (const gap of gaps) partition.note(gap);
      }
      this.#backlog.add(partition.take(event, this.#lineOf(event)));
    }
    partition.intake.settle();
    return true;
  }

  /** Waits until more may be held. Says whether that is still wanted. */
  async #hasRoom(partition: Partition, isWanted: () => boolean): Promise<boolean> {
    const before = partition.position;
    partition.intake.settle();
    await this.#backlog.room(isWanted);
    if (isWanted() && partition.position !== before) {
      throw new Reread(`${partition.id} stands elsewhere`);
    }
    return isWanted();
  }

  /** Nothing came for a while: a new receiver begins with the credit that it should have. */
  rest(partition: Partition): void {
    partition.idleCalls += 1;
    if (partition.idleCalls < MAX_IDLE_CALLS) return;
    partition.idleCalls = 0;
    throw new Reread('a receiver that had nothing to do');
  }

  #lineOf(event: ReceivedEventData): ReturnType<typeof bodyLine> {
    const { body } = event;
    return bodyLine({ body, contentEncoding: encodingOf(event) }, { asLines: this.#asLines });
  }

  /** Events are missing before this one: tells retention from loss, which is read for again first. */
  async #missingBefore(
    partition: Partition,
    { sequenceNumber, enqueuedTimeUtc }: ReceivedEventData,
  ): Promise<Gap[]> {
    const before = partition.position;
    const toAt = enqueuedTimeUtc.toISOString();
    const unseen = before === undefined ? partition.missingBefore(sequenceNumber, toAt) : undefined;
    if (unseen?.length === 0) return [];
    const { beginningSequenceNumber: begin } = await this.#client.getPartitionProperties(
      partition.id,
    );
    // Another look at the hub has moved it meanwhile, and noted what is missing.
    if (partition.position !== before) throw new Reread(`${partition.id} stands elsewhere`);
    // The hub still has an event before this one, and left it out: it is older than the start.
    if (before === undefined) return begin < sequenceNumber ? [] : (unseen ?? []);
    const holes = holesBetween(before.sequenceNumber, sequenceNumber, begin);
    if (holes.some(({ cause }) => cause === 'loss') && partition.rereads < MAX_REREADS) {
      partition.rereads += 1;
      throw new Reread(`events are missing before ${sequenceNumber}`);
    }
    return holes.map(({ cause, from, to }) => {
      return { cause, from, to, fromAt: before.enqueuedAt, toAt };
    });
  }
}

function encodingOf({ systemProperties, properties }: ReceivedEventData): string | undefined {
  const given =
    systemProperties?.['contentEncoding'] ??
    properties?.['content-encoding'] ??
    properties?.['Content-Encoding'] ??
    properties?.['contentEncoding'];
  return typeof given === 'string' ? given : undefined;
}
