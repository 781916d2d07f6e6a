import type { Lease } from '../../store/lease.ts';
import { OwnershipLost } from '../../store/ownership.ts';
import type { Store } from '../../store/store.ts';
import type { BatchMapper } from '../batch.ts';
import { addTallies, NOTHING, type Tally } from '../tally.ts';
import { isSamePlace } from './partition.ts';
import type { PartitionIntake } from './partitions.ts';
import { readCheckpoints, writeAdvance } from './positions.ts';
import { Signal } from './signal.ts';

interface Settings {
  /** 'namespace/hub/consumer group'. */
  readonly source: string;
  readonly lease: Lease;
  readonly now: () => Date;
}

/** Well within the time after which a lease is taken for abandoned. */
const HEARTBEAT_MS = 20_000;

/** What was committed of a partition. */
export interface PartitionCounts {
  readonly events: number;
  readonly redelivered: number;
}

/** Stores what a stream has accepted: rows, rejects, books, gaps and checkpoints at once. */
export class StreamCommits {
  readonly #settings: Settings;
  readonly #rejected = new Map<string, number>();
  readonly #origins = new Map<string, number>();
  readonly #counts = new Map<string, PartitionCounts>();
  #renewedAt = 0;
  /** The sum of all commits. */
  tally: Tally = NOTHING;
  gaps = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Records of a partition that were set aside. */
  rejectedOf(partition: string): number {
    return this.#rejected.get(partition) ?? 0;
  }

  /** By partition. */
  get counts(): ReadonlyMap<string, PartitionCounts> {
    return new Map(this.#counts);
  }

  /** Keeps the lease while there is nothing to commit. */
  async keepLease(store: Store): Promise<void> {
    const now = this.#settings.now();
    if (now.getTime() - this.#renewedAt < HEARTBEAT_MS) return;
    this.#renewedAt = now.getTime();
    await store.hold(() => this.#settings.lease.renew(store, now));
  }

  /** A queue of commits over these mappers. */
  over(mappers: readonly BatchMapper[]): CommitQueue {
    return new CommitQueue(mappers, this);
  }

  /** Reads what was taken into a mapper's tables. */
  async map(mapper: BatchMapper, taken: readonly PartitionIntake[]): Promise<void> {
    for (const each of taken) await this.#add(mapper, each);
    await mapper.map();
  }

  /**
   * All that was mapped or nothing of it; nothing when another process has taken the lease, or has stored events of one
   * of these partitions since this one read on from what was stored.
   */
  async commit(mapper: BatchMapper, taken: readonly PartitionIntake[]): Promise<void> {
    const { source, lease, now } = this.#settings;
    let used: Store | undefined;
    const tally = await mapper.commit(async (store) => {
      used = store;
      this.#renewedAt = now().getTime();
      await lease.renew(store, now());
      if (store.ownership) await this.#ensureStanding(store, taken);
      for (const { partition, position, streamCreatedAt, intake } of taken) {
        const { events, redelivered, gaps } = intake;
        const advance = { ...position, partition, streamCreatedAt, events, redelivered, gaps };
        await writeAdvance(store, source, advance, now());
      }
    });
    if (used && tally.rejected > 0) await this.#countRejects(used);
    for (const { partition, intake } of taken) {
      const { events = 0, redelivered = 0 } = this.#counts.get(partition) ?? {};
      this.#counts.set(partition, {
        events: events + intake.events,
        redelivered: redelivered + intake.redelivered,
      });
    }
    this.tally = addTallies(this.tally, tally);
    this.gaps += taken.reduce((sum, { intake }) => sum + intake.gaps.length, 0);
  }

  async #ensureStanding(store: Store, taken: readonly PartitionIntake[]): Promise<void> {
    const standing = await readCheckpoints(store, this.#settings.source);
    for (const { partition, after } of taken) {
      const stored = standing.find((each) => each.partition === partition);
      if (!isSamePlace(stored, after)) {
        throw new OwnershipLost(`another process has read partition ${partition}`);
      }
    }
  }

  async #add(mapper: BatchMapper, { partition, position, intake }: PartitionIntake): Promise<void> {
    const no = this.#origins.get(partition) ?? this.#origins.size + 1;
    this.#origins.set(partition, no);
    const origin = {
      no,
      name: this.#nameOf(partition),
      observedAt: position.enqueuedAt ?? this.#settings.now().toISOString(),
    };
    for (const pieces of intake.takePieces()) await mapper.add(origin, ...pieces);
    for (const unreadable of intake.unreadables) await mapper.addUnreadable(unreadable, origin);
  }

  #nameOf(partition: string): string {
    return `${this.#settings.source}/${partition}`;
  }

  async #countRejects(store: Store): Promise<void> {
    const rows = await store.holdToRead(() =>
      store.query<{ source: string; rejected: number }>(
        'ingest/event-hubs/rejects_by_partition.sql',
        { source: `${this.#settings.source}/` },
      ),
    );
    for (const { source, rejected } of rows) {
      const partition = source.slice(this.#settings.source.length + 1);
      this.#rejected.set(partition, this.rejectedOf(partition) + rejected);
    }
  }
}

/**
 * Maps beside one another and commits one after another, in the order in which events were taken:
 * when a commit fails, none that is behind it happens.
 */
export class CommitQueue {
  readonly #free: BatchMapper[];
  readonly #commits: StreamCommits;
  readonly #freed = new Signal();
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly cause: unknown } | undefined;
  #underWay = 0;

  constructor(mappers: readonly BatchMapper[], commits: StreamCommits) {
    this.#free = [...mappers];
    this.#commits = commits;
  }

  /** Waits for a mapper that is free. Throws what a commit has failed with. */
  async room(): Promise<void> {
    while (this.#free.length === 0 && !this.#failure) await this.#freed.wait();
    this.ensureWhole();
  }

  /** Throws what a commit has failed with: nothing may come that would be added. */
  ensureWhole(): void {
    if (this.#failure) throw this.#failure.cause;
  }

  /** Takes over; there must be room. */
  add(taken: readonly PartitionIntake[], onCommitted: () => void): void {
    if (taken.length === 0) return;
    const mapper = this.#free.pop();
    if (!mapper) throw new Error('a commit without a mapper');
    const before = this.#last;
    const mapped = this.#commits.map(mapper, taken);
    this.#underWay += 1;
    this.#last = Promise.allSettled([before, mapped])
      .then(async () => {
        await mapped;
        if (this.#failure) return;
        await this.#commits.commit(mapper, taken);
        onCommitted();
      })
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => {
        this.#underWay -= 1;
        this.#free.push(mapper);
        this.#freed.notify();
      });
  }

  /** Whether nothing is being mapped or committed. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Waits for all that was added. Throws what a commit has failed with. */
  async end(): Promise<void> {
    while (this.#underWay > 0) await this.#last;
    this.ensureWhole();
  }
}
