import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHubConsumerClient, ReceivedEventData, Subscription } from '@azure/event-hubs';
import { messageOf, UserError } from '../../core/errors.ts';
import type { HubAccess } from '../event-hubs/access.ts';
import { bodyLine } from '../event-hubs/body.ts';
import { StreamCheckpoints } from '../event-hubs/checkpoint-store.ts';
import { clientFailure, explained, isFinal, isForeignPosition } from '../event-hubs/failures.ts';
import { holesBetween } from '../event-hubs/gaps.ts';
import type { Partition, Start } from '../event-hubs/partition.ts';
import { type PartitionIntake, Partitions } from '../event-hubs/partitions.ts';
import type { Checkpoint } from '../event-hubs/positions.ts';
import { Signal } from '../event-hubs/signal.ts';

export interface StreamOptions {
  readonly checkpoints: readonly Checkpoint[];
  readonly start: Start;
  /** Hands on each line of a body that is not JSON, see bodyLine. */
  readonly asLines?: boolean;
  readonly now: () => Date;
  /** How long the stream may bring nothing that it should, before it is read again or given up. */
  readonly patienceMs?: number;
}

/** Events that are held until they are taken; more, and the client is made to wait. */
const MAX_HELD_EVENTS = 24_000;
const MAX_HELD_BYTES = 40 * 1024 * 1024;
/** The client adds credit with every wait that brings nothing, and never takes it back. */
const MAX_IDLE_CALLS = 3;
/** A wait that begins while the client is being closed is not cancelled, but lasts this long. */
const MAX_WAIT_SECONDS = 10;
/** So long a client may take to close; nothing is lost by leaving it. */
const MAX_CLOSE_MS = 3_000;
const MAX_REREADS = 2;
/** A silent stream is begun anew so often within the patience: that costs nothing, and mends a lost link. */
const MAX_RESTARTS = 5;
const PATIENCE_MS = 60_000;
/** A new link needs a moment before it can bring anything. */
const MIN_SILENCE_MS = 2_000;
const BATCH_EVENTS = 1000;

/** A partition is to be read again from its position. The client must not pass over the batch. */
class Reread extends Error {
  readonly retryable = false;
}

/**
 * Reads an event hub: accepts each event once, in order, with whatever is missing noted. What was
 * accepted is held until `take`; storing it is the caller's. May be driven to the end of what is
 * there (`isCaughtUp`), or without end.
 */
export class HubStream {
  readonly access: HubAccess;
  readonly #options: StreamOptions;
  readonly #checkpoints: StreamCheckpoints;
  readonly #client: EventHubConsumerClient;
  readonly #partitions: Partitions;
  readonly #changed = new Signal();
  readonly #taken = new Signal();
  #subscription: Subscription | undefined;
  /** Handlers of an earlier subscription may still run; what they bring is not taken. */
  #generation = 0;
  #failure: unknown;
  #heldEvents = 0;
  #heldBytes = 0;
  #progressAt = performance.now();
  /** What the client reported since an event came last. */
  #trouble: UserError | undefined;
  #restarts = 0;

  private constructor(access: HubAccess, options: StreamOptions) {
    this.access = access;
    this.#options = options;
    this.#partitions = new Partitions(options.start, options.now);
    this.#checkpoints = new StreamCheckpoints(
      () => this.#partitions.ids(),
      (id) => this.#partitions.positionOf(id),
    );
    this.#client = access.connect(this.#checkpoints);
  }

  /** Asks the hub what it has. UserError: it cannot be reached, or may not be read. */
  static async open(access: HubAccess, options: StreamOptions): Promise<HubStream> {
    const stream = new HubStream(access, options);
    try {
      await stream.#partitions.arrive(stream.#client, options.checkpoints);
      return stream;
    } catch (error) {
      await closed(stream.#client);
      throw explained(error, access, { during: 'opening' });
    }
  }

  get partitions(): Iterable<Partition> {
    return this.#partitions;
  }

  get isCaughtUp(): boolean {
    return this.#partitions.isCaughtUp;
  }

  get heldEvents(): number {
    return this.#heldEvents;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** What ended the stream; undefined while it can go on. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Begins to read, or begins again where it stands. */
  start(): void {
    const generation = this.#generation;
    const { start } = this.#options;
    const isTime = start !== 'earliest' && start !== 'latest';
    this.#progressAt = performance.now();
    this.#subscription = this.#client.subscribe(
      {
        processEvents: (events, { partitionId }) => this.#handle(generation, partitionId, events),
        processError: async (error, { partitionId }) => {
          if (generation === this.#generation) await this.#note(error, partitionId);
        },
        processClose: async (_, { partitionId }) => this.#checkpoints.abandon(partitionId),
      },
      {
        // Where no position is known; a partition that is added later must not begin at its end.
        startPosition: isTime ? { enqueuedOn: new Date(start) } : { offset: '-1' },
        maxBatchSize: BATCH_EVENTS,
        prefetchCount: BATCH_EVENTS,
        maxWaitTimeInSeconds: MAX_WAIT_SECONDS,
        skipParsingBodyAsJson: true,
      },
    );
  }

  /** Takes nothing more; what was accepted can still be taken. */
  async stop(): Promise<void> {
    this.#generation += 1;
    this.#taken.notify();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await closed(this.#client);
  }

  /** Wakes who waits in `changed`. */
  wake(): void {
    this.#changed.notify();
  }

  /** Waits until something was accepted or has failed, at most so long. */
  changed(ms: number): Promise<void> {
    return this.#changed.wait(ms);
  }

  /** Hands over what was accepted since the last time; the caller stores all of it, or ends. */
  take(): PartitionIntake[] {
    const taken = this.#partitions.take();
    this.#heldEvents = 0;
    this.#heldBytes = 0;
    this.#taken.notify();
    return taken;
  }

  /** To be called now and then: reads again what should have come and did not, or gives up. */
  async watch(): Promise<void> {
    const patienceMs = this.#options.patienceMs ?? PATIENCE_MS;
    const silenceMs = Math.max(patienceMs / (MAX_RESTARTS + 1), MIN_SILENCE_MS);
    const isBlocked = this.#heldEvents > 0 || this.isCaughtUp || this.#failure !== undefined;
    if (isBlocked || performance.now() - this.#progressAt < silenceMs) return;
    this.#restarts += 1;
    if (this.#restarts > MAX_RESTARTS) {
      return this.#fail(this.#trouble ?? (await this.#silence()));
    }
    await this.stop();
    await this.#refresh();
    if (!this.isCaughtUp) this.start();
  }

  /** Why nothing comes: a connection of its own is told what an open one no longer hears. */
  async #silence(): Promise<UserError> {
    const asking = this.access.connect(this.#checkpoints);
    try {
      await asking.getEventHubProperties();
    } catch (error) {
      return explained(error, this.access, { during: 'opening' });
    } finally {
      await closed(asking);
    }
    const { ids, events } = this.#partitions.behind;
    return new UserError(
      'source_unreachable',
      `The event hub '${this.access.hub}' stopped delivering: partition ${ids} has ${events} more events and sends none.`,
      'Repeat the command: what was stored is kept, and the rest is read again.',
    );
  }

  /** Compares where each partition stands with what the hub has now. */
  async #refresh(): Promise<void> {
    try {
      await this.#partitions.refresh(this.#client);
    } catch (error) {
      this.#fail(explained(error, this.access, { during: 'opening' }));
    }
    this.#changed.notify();
  }

  async #handle(generation: number, id: string, events: ReceivedEventData[]): Promise<void> {
    if (generation !== this.#generation) return;
    const partition = this.#partitions.of(id);
    try {
      await this.#accept(generation, partition, events);
    } catch (error) {
      if (error instanceof Reread) throw error;
      // Only a failed question to the hub may be asked again; anything else is an error of ours.
      if (error instanceof TypeError || error instanceof RangeError) this.#fail(error);
      await this.#note(error, id);
      throw new Reread(messageOf(error), { cause: error });
    }
    if (generation === this.#generation) await this.#room(generation);
  }

  async #accept(
    generation: number,
    partition: Partition,
    events: readonly ReceivedEventData[],
  ): Promise<void> {
    if (events.length === 0) return this.#rest(partition);
    partition.idleCalls = 0;
    partition.troubleSince = undefined;
    const { asLines = false } = this.#options;
    for (const event of events) {
      const last = partition.position?.sequenceNumber;
      if (last !== undefined && event.sequenceNumber <= last) {
        partition.redeliver();
        continue;
      }
      if (last !== undefined && event.sequenceNumber > last + 1) {
        await this.#settleHole(partition, event);
        if (generation !== this.#generation) return;
      }
      const body = bodyLine({ body: event.body, contentEncoding: encodingOf(event) }, { asLines });
      this.#heldBytes += partition.take(event, body);
      this.#heldEvents += 1;
    }
    partition.intake.settle();
    this.#progressAt = performance.now();
    this.#restarts = 0;
    this.#trouble = undefined;
    this.#changed.notify();
  }

  /** Nothing came for a while: a new receiver begins with the credit that it should have. */
  #rest(partition: Partition): void {
    partition.idleCalls += 1;
    if (partition.idleCalls < MAX_IDLE_CALLS) return;
    partition.idleCalls = 0;
    throw new Reread('a receiver that had nothing to do');
  }

  /** Events are missing before this one: tells retention from loss, which is read for again first. */
  async #settleHole(partition: Partition, { sequenceNumber, enqueuedTimeUtc }: ReceivedEventData) {
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

  /** Makes the client wait while too much is held. */
  async #room(generation: number): Promise<void> {
    while (
      generation === this.#generation &&
      (this.#heldEvents > MAX_HELD_EVENTS || this.#heldBytes > MAX_HELD_BYTES)
    ) {
      await this.#taken.wait();
    }
  }

  async #note(error: unknown, id: string): Promise<void> {
    if (error instanceof Reread || (error as Error).name === 'AbortError') return;
    const failure = clientFailure(error);
    if (isForeignPosition(failure)) await this.#leaveForeignPosition(id);
    const during = id === '' ? 'opening' : 'receiving';
    this.#trouble = explained(error, this.access, { during });
    if (isFinal(failure)) return this.#fail(this.#trouble);
    const partition = id === '' ? undefined : this.#partitions.of(id);
    const now = performance.now();
    const since = partition?.troubleSince ?? this.#progressAt;
    if (partition) partition.troubleSince = since;
    if (now - since > (this.#options.patienceMs ?? PATIENCE_MS)) this.#fail(this.#trouble);
  }

  /** The hub does not know the offset: it is another hub, or numbers its places anew. */
  async #leaveForeignPosition(id: string): Promise<void> {
    const partition = this.#partitions.of(id);
    const before = partition.position;
    await this.#refresh();
    if (partition.position === before) partition.readFromEarliest();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#changed.notify();
  }
}

/** Waits until a client is closed; not for ever, as one that was just about to open a link never is. */
async function closed(client: EventHubConsumerClient): Promise<void> {
  const giveUp = new AbortController();
  const late = sleep(MAX_CLOSE_MS, undefined, { signal: giveUp.signal });
  await Promise.race([client.close(), late]).catch(() => undefined);
  giveUp.abort();
  await late.catch(() => undefined);
}

function encodingOf({ systemProperties, properties }: ReceivedEventData): string | undefined {
  const given =
    systemProperties?.['contentEncoding'] ??
    properties?.['content-encoding'] ??
    properties?.['Content-Encoding'] ??
    properties?.['contentEncoding'];
  return typeof given === 'string' ? given : undefined;
}
