import type { EventHubConsumerClient, ReceivedEventData } from '@azure/event-hubs';
import type { Backlog } from './backlog.ts';
import { bodyLine } from './body.ts';
import { holesBetween } from './gaps.ts';
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
      const last = partition.position?.sequenceNumber;
      if (last !== undefined && event.sequenceNumber <= last) {
        partition.redeliver();
        continue;
      }
      if (last !== undefined && event.sequenceNumber > last + 1) {
        await this.#settleHole(partition, event);
        if (!isWanted()) return false;
      }
      this.#backlog.add(partition.take(event, this.#lineOf(event)));
    }
    partition.intake.settle();
    return true;
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
  async #settleHole(
    partition: Partition,
    { sequenceNumber, enqueuedTimeUtc }: ReceivedEventData,
  ): Promise<void> {
    const before = partition.position;
    if (before === undefined) return;
    const { beginningSequenceNumber: begin } = await this.#client.getPartitionProperties(
      partition.id,
    );
    const holes = holesBetween(before.sequenceNumber, sequenceNumber, begin);
    if (holes.some(({ cause }) => cause === 'loss') && partition.rereads < MAX_REREADS) {
      partition.rereads += 1;
      throw new Reread(`events are missing before ${sequenceNumber}`);
    }
    const toAt = enqueuedTimeUtc.toISOString();
    for (const { cause, from, to } of holes) {
      partition.note({ cause, from, to, fromAt: before.enqueuedAt, toAt });
    }
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
