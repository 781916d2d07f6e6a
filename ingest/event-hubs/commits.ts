import type { Lease } from '../../store/lease.ts';
import type { Store } from '../../store/store.ts';
import type { BatchMapper } from '../batch.ts';
import { addTallies, NOTHING, type Tally } from '../tally.ts';
import type { PartitionIntake } from '../transports/event-hubs.ts';
import { writeAdvance } from './positions.ts';

interface Settings {
  /** 'namespace/hub/consumer group'. */
  readonly source: string;
  readonly lease: Lease;
  readonly now: () => Date;
}

/** Stores what a stream has accepted: rows, rejects, books, gaps and checkpoints at once. */
export class StreamCommits {
  readonly #settings: Settings;
  readonly #rejected = new Map<string, number>();
  readonly #origins = new Map<string, number>();
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

  /** All of it or nothing; nothing when another process has taken the lease. */
  async store(mapper: BatchMapper, taken: readonly PartitionIntake[]): Promise<void> {
    if (taken.length === 0) return;
    const { source, lease, now } = this.#settings;
    for (const each of taken) await this.#map(mapper, each);
    let used: Store | undefined;
    const tally = await mapper.commit(async (store) => {
      used = store;
      await lease.renew(store, now());
      for (const { partition, position, streamCreatedAt, intake } of taken) {
        const { events, redelivered, gaps } = intake;
        const advance = { ...position, partition, streamCreatedAt, events, redelivered, gaps };
        await writeAdvance(store, source, advance, now());
      }
    });
    if (used && tally.rejected > 0) await this.#countRejects(used);
    this.tally = addTallies(this.tally, tally);
    this.gaps += taken.reduce((sum, { intake }) => sum + intake.gaps.length, 0);
  }

  async #map(mapper: BatchMapper, { partition, position, intake }: PartitionIntake): Promise<void> {
    const no = this.#origins.get(partition) ?? this.#origins.size + 1;
    this.#origins.set(partition, no);
    const origin = {
      no,
      name: this.#nameOf(partition),
      observedAt: position.enqueuedAt ?? this.#settings.now().toISOString(),
    };
    for (const piece of intake.pieces) await mapper.add(piece, origin);
    for (const unreadable of intake.unreadables) await mapper.addUnreadable(unreadable, origin);
  }

  #nameOf(partition: string): string {
    return `${this.#settings.source}/${partition}`;
  }

  async #countRejects(store: Store): Promise<void> {
    const rows = await store.query<{ source: string; rejected: number }>(
      'ingest/event-hubs/rejects_by_partition.sql',
      { source: `${this.#settings.source}/` },
    );
    for (const { source, rejected } of rows) {
      const partition = source.slice(this.#settings.source.length + 1);
      this.#rejected.set(partition, this.rejectedOf(partition) + rejected);
    }
  }
}
