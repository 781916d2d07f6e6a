import type { EventHubConsumerClient, ReceivedEventData, Subscription } from '@azure/event-hubs';
import { messageOf, UserError } from '../../core/errors.ts';
import type { HubAccess } from '../event-hubs/access.ts';
import { Backlog } from '../event-hubs/backlog.ts';
import { StreamCheckpoints } from '../event-hubs/checkpoint-store.ts';
import { closed } from '../event-hubs/closing.ts';
import {
  clientFailure,
  explained,
  isFinal,
  isForeignPosition,
  isTaken,
} from '../event-hubs/failures.ts';
import type { Partition, Start } from '../event-hubs/partition.ts';
import { type PartitionIntake, Partitions } from '../event-hubs/partitions.ts';
import { Portion } from '../event-hubs/portion.ts';
import type { Checkpoint } from '../event-hubs/positions.ts';
import { Reception, Reread } from '../event-hubs/reception.ts';
import { Signal } from '../event-hubs/signal.ts';

export interface StreamOptions {
  readonly checkpoints: readonly Checkpoint[];
  readonly start: Start;
  /** Hands on each line of a body that is not JSON, see bodyLine. */
  readonly asLines?: boolean;
  /** Other processes may read some of the partitions: only those that are adopted are read here. */
  readonly isShared?: boolean;
  readonly now: () => Date;
  /** How long the stream may bring nothing that it should, before it is read again or given up. */
  readonly patienceMs?: number;
}

/** A wait that begins while the client is being closed is not cancelled, but lasts this long. */
const MAX_WAIT_SECONDS = 10;
/** A silent stream is begun anew so often within the patience: that costs nothing, and mends a lost link. */
const MAX_RESTARTS = 5;
const PATIENCE_MS = 60_000;
/** Readers of the same level take a partition from one another: so often at most, where it is said to be this one's. */
const MAX_DISPUTES = 10;
/** A new link needs a moment before it can bring anything. */
const MIN_SILENCE_MS = 2_000;

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
  readonly #backlog = new Backlog(() => this.#whenFull());
  readonly #portion = new Portion();
  readonly #reception: Reception;
  #subscription: Subscription | undefined;
  /** Handlers of an earlier subscription may still run; what they bring is not taken. */
  #generation = 0;
  #failure: unknown;
  #progressAt = performance.now();
  /** What the client reported since an event came last. */
  #trouble: UserError | undefined;
  #restarts = 0;
  readonly #isShared: boolean;
  /** Of a shared stream, what is read here. */
  readonly #own = new Set<string>();
  /** Of that, what another reader has taken: whose it is has to be asked. */
  readonly #disputed = new Set<string>();

  private constructor(access: HubAccess, options: StreamOptions) {
    this.access = access;
    this.#options = options;
    this.#isShared = options.isShared ?? false;
    this.#partitions = new Partitions({
      start: options.start,
      now: options.now,
      isShared: this.#isShared,
    });
    this.#checkpoints = new StreamCheckpoints(
      () => this.#partitions.ids(),
      (id) => this.#partitions.positionOf(id),
      (id) => this.#isRead(id),
    );
    this.#client = access.connect(this.#checkpoints);
    this.#reception = new Reception(this.#client, this.#backlog, options.asLines ?? false);
  }

  /** Asks the hub what it has. UserError: it cannot be reached, or may not be read. */
  static async open(access: HubAccess, options: StreamOptions): Promise<HubStream> {
    const stream = new HubStream(access, options);
    try {
      await stream.#partitions.arrive(stream.#client, options.checkpoints);
      stream.#portion.begin([...stream.#partitions, ...stream.#partitions.elsewhere].length);
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

  /** Those that are not read here. */
  get elsewhere(): Iterable<Partition> {
    return this.#partitions.elsewhere;
  }

  /** Whether others have stored what was there when this began. */
  get areOthersCaughtUp(): boolean {
    return this.#partitions.areOthersCaughtUp;
  }

  /** Whether another reader has taken a partition that is read here. */
  get isDisputed(): boolean {
    return this.#disputed.size > 0;
  }

  #isRead(id: string): boolean {
    if (!this.#isShared) return true;
    this.#partitions.noteAdded(id);
    return this.#own.has(id) && !this.#disputed.has(id);
  }

  /** Reads these here from now on, each from its checkpoint. UserError as of `open`. */
  async adopt(ids: readonly string[], checkpoints: readonly Checkpoint[]): Promise<void> {
    try {
      await this.#partitions.adopt(this.#client, ids, checkpoints);
    } catch (error) {
      throw explained(error, this.access, { during: 'opening' });
    }
    for (const id of ids) this.#own.add(id);
    this.#progressAt = performance.now();
  }

  /** Accepts nothing more of these; what was accepted is still handed over, and then `leave` is to be called. */
  giveUp(ids: readonly string[]): void {
    for (const id of ids) this.#own.delete(id);
    void this.#beginAnew();
  }

  /** These are not read here any more. */
  leave(ids: readonly string[]): void {
    this.#partitions.leave(ids);
  }

  /** Whose partitions are was asked: what is read here is this process's, and the others have come so far. */
  settle(checkpoints: readonly Checkpoint[]): void {
    this.#disputed.clear();
    this.#partitions.learn(checkpoints);
  }

  get heldEvents(): number {
    return this.#backlog.events;
  }

  get heldBytes(): number {
    return this.#backlog.bytes;
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
        maxBatchSize: this.#portion.events,
        prefetchCount: this.#portion.events,
        maxWaitTimeInSeconds: MAX_WAIT_SECONDS,
        skipParsingBodyAsJson: true,
      },
    );
  }

  /** Takes nothing more; what was accepted can still be taken. */
  async stop(): Promise<void> {
    this.#generation += 1;
    this.#portion.restart();
    this.#backlog.wake();
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
    this.#backlog.clear();
    return taken;
  }

  /** To be called now and then: reads again what should have come and did not, or gives up. */
  async watch(): Promise<void> {
    const patienceMs = this.#options.patienceMs ?? PATIENCE_MS;
    const silenceMs = Math.max(patienceMs / (MAX_RESTARTS + 1), MIN_SILENCE_MS);
    const isBlocked = this.#backlog.events > 0 || this.isCaughtUp || this.#failure !== undefined;
    if (isBlocked || performance.now() - this.#progressAt < silenceMs) return;
    this.#restarts += 1;
    if (this.#restarts > MAX_RESTARTS) {
      return this.#fail(this.#trouble ?? (await this.#silence()));
    }
    await this.stop();
    await this.#refresh();
    if (!this.isCaughtUp || this.#isShared) this.start();
  }

  /** Reads on from where it stands, with new credit, once there is room. */
  async #beginAnew(): Promise<void> {
    const stopped = this.stop();
    const generation = this.#generation;
    const isWanted = () => generation === this.#generation;
    try {
      await stopped;
      await this.#backlog.room(isWanted);
      if (isWanted()) this.start();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** While nothing more is accepted, the hub would go on to send what it was asked for. */
  #whenFull(): void {
    this.#changed.notify();
    if (this.#portion.isOvergranted) void this.#beginAnew();
  }

  /** Asks where the partitions end now; says whether it was told. What is wrong with the hub, reading it tells. */
  async askEnds(signal: AbortSignal): Promise<boolean> {
    const given = AbortSignal.any([signal, AbortSignal.timeout(MAX_WAIT_SECONDS * 1000)]);
    return this.#partitions.askEnds(this.#client, given).then(
      () => true,
      () => false,
    );
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
    const isWanted = () => generation === this.#generation;
    if (!isWanted()) return;
    const partition = this.#partitions.of(id);
    try {
      await this.#accept(partition, events, isWanted);
    } catch (error) {
      if (error instanceof Reread) throw error;
      // Only a failed question to the hub may be asked again; anything else is an error of ours.
      if (error instanceof TypeError || error instanceof RangeError) this.#fail(error);
      await this.#note(error, id);
      throw new Reread(messageOf(error), { cause: error });
    }
    await this.#backlog.room(isWanted);
  }

  async #accept(
    partition: Partition,
    events: readonly ReceivedEventData[],
    isWanted: () => boolean,
  ): Promise<void> {
    if (events.length === 0) return this.#reception.rest(partition);
    partition.idleCalls = 0;
    partition.troubleSince = undefined;
    // What is in hand is not accepted then, and comes again: more than that is on its way.
    if (this.#portion.isOtherAfter(events)) {
      void this.#beginAnew();
      return;
    }
    if (!(await this.#reception.accept(partition, events, isWanted))) return;
    this.#progressAt = performance.now();
    this.#restarts = 0;
    this.#trouble = undefined;
    this.#changed.notify();
  }

  async #note(error: unknown, id: string): Promise<void> {
    if (error instanceof Reread || (error as Error).name === 'AbortError') return;
    const failure = clientFailure(error);
    if (isForeignPosition(failure)) await this.#leaveForeignPosition(id);
    const during = id === '' ? 'opening' : 'receiving';
    this.#trouble = explained(error, this.access, { during });
    if (this.#isShared && isTaken(failure)) return this.#dispute(this.#partitions.of(id));
    if (isFinal(failure)) return this.#fail(this.#trouble);
    const partition = id === '' ? undefined : this.#partitions.of(id);
    const now = performance.now();
    const since = partition?.troubleSince ?? this.#progressAt;
    if (partition) partition.troubleSince = since;
    if (now - since > (this.#options.patienceMs ?? PATIENCE_MS)) this.#fail(this.#trouble);
  }

  /** It may be another worker's by now; or he was paused, and does not know that it is not his any more. */
  #dispute(partition: Partition): void {
    partition.disputes += 1;
    if (partition.disputes > MAX_DISPUTES) this.#fail(this.#trouble);
    this.#disputed.add(partition.id);
    this.#changed.notify();
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
