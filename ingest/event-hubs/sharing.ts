import { setTimeout as sleep } from 'node:timers/promises';
import {
  OWNER_EXPIRY_MS,
  type Owner,
  type OwnershipView,
  type PartitionOwnership,
} from '../../store/ownership.ts';
import type { Store } from '../../store/store.ts';
import type { HubStream } from '../transports/event-hubs.ts';
import type { CommitQueue } from './commits.ts';
import { type Checkpoint, checkpointsOf, foldNames, readCheckpoints } from './positions.ts';
import { shareOf } from './shares.ts';

export interface SharingTimes {
  /** Between two looks at who has what. */
  readonly lookEveryMs: number;
  /** How often this process says that it is there. */
  readonly noteEveryMs: number;
  /** Who has not said so for this long is gone. */
  readonly expiryMs: number;
}

const TIMES: SharingTimes = {
  lookEveryMs: 3_000,
  noteEveryMs: 10_000,
  expiryMs: OWNER_EXPIRY_MS,
};
const NOBODY: OwnershipView = { owners: [], partitions: new Map() };

/**
 * One of the processes that share the partitions of a stream. Each takes what nobody has until it has its share, and
 * gives up what is beyond that, when it has stored what it accepted of it. What the client could do is taking partitions
 * away from one another, which throws away what was read of them.
 */
export class Sharing {
  readonly #ownership: PartitionOwnership;
  readonly #source: string;
  readonly #times: SharingTimes;
  readonly #leaving = new AbortController();
  #view = NOBODY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What nobody had at the look before. */
  #unread: ReadonlySet<string> = new Set();
  /** What is read here beyond the share, because he whose it would be did not take it. */
  readonly #rescued = new Set<string>();

  constructor(ownership: PartitionOwnership, source: string, times: Partial<SharingTimes> = {}) {
    this.#ownership = ownership;
    this.#source = source;
    this.#times = { ...TIMES, ...times };
  }

  get lookEveryMs(): number {
    return this.#times.lookEveryMs;
  }

  /** Who has a partition, when it was looked at last; undefined: nobody. */
  readerOf(partition: string): Owner | undefined {
    return this.#view.partitions.get(partition);
  }

  /** Where the partitions stand that are stored. */
  async checkpoints(): Promise<Checkpoint[]> {
    return checkpointsOf(await this.#ownership.checkpoints(this.#source));
  }

  /** From now on the others know of this process. */
  async join(): Promise<void> {
    await this.#ownership.note(this.#source);
    void this.#noteOn(this.#leaving.signal);
  }

  /** What it has stays its own until it comes back, or does not for too long. */
  rest(): void {
    this.#leaving.abort();
  }

  /** What it has is for the others, at once. */
  async leave(): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    this.#leaving.abort();
    // Where the server is away, it expires.
    await this.#ownership.leave(this.#source).catch(() => undefined);
  }

  async #noteOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#times.noteEveryMs, undefined, { signal }).catch(() => undefined);
      // What is wrong with the server, the next commit is told.
      if (!signal.aborted) await this.#ownership.note(this.#source).catch(() => undefined);
    }
  }

  /** To be called now and then: looks who has what, and sees to it that this process reads its share. */
  async balance(stream: HubStream, queue: CommitQueue, store: Store): Promise<void> {
    const isDue = performance.now() - this.#lookedAt >= this.#times.lookEveryMs;
    if (!isDue && !stream.isDisputed) return;
    await this.#look();
    await this.#giveUp(stream, queue);
    await this.#take(stream, queue, store);
    const areOthers = [...stream.elsewhere].length > 0;
    stream.settle(areOthers ? await this.checkpoints() : []);
    this.#unread = new Set(idsOf(stream).filter((id) => this.readerOf(id) === undefined));
    this.#lookedAt = performance.now();
  }

  async #look(): Promise<void> {
    const list = () => this.#ownership.list(this.#source, this.#times.expiryMs);
    this.#view = await list();
    if (this.#view.owners.some(({ id }) => id === this.#ownership.id)) return;
    // It was paused for so long that it is taken for gone; what nobody has taken meanwhile is still its own.
    await this.#ownership.note(this.#source);
    this.#view = await list();
  }

  /** What others have taken for abandoned, and what is beyond the share. */
  async #giveUp(stream: HubStream, queue: CommitQueue): Promise<void> {
    const all = [...stream.partitions];
    const isOwn = (id: string): boolean => this.readerOf(id)?.id === this.#ownership.id;
    const lost = all.filter(({ id }) => !isOwn(id)).map(({ id }) => id);
    const { excess } = shareOf(this.#ownership.id, idsOf(stream), this.#view);
    // Without a place it has no checkpoint, and the next one could not tell it from one that the hub has added.
    const placed = all.filter(
      (each) => each.isCaughtUp || (each.position !== undefined && !this.#rescued.has(each.id)),
    );
    const spare = placed.filter(({ id }) => isOwn(id)).map(({ id }) => id);
    const given = excess === 0 ? [] : spare.slice(-excess);
    const ids = [...lost, ...given];
    if (ids.length === 0) return;
    for (const id of ids) this.#rescued.delete(id);
    stream.giveUp(ids);
    await queue.room();
    queue.add(stream.take(), () => undefined);
    await queue.end();
    stream.leave(ids);
    await this.#ownership.release(this.#source, ids);
    await this.#look();
  }

  async #take(stream: HubStream, queue: CommitQueue, store: Store): Promise<void> {
    if (this.#wanted(stream).length === 0) return;
    const { ids, checkpoints } = await store.hold(async () => {
      await foldNames(store, this.#source);
      const known = await readCheckpoints(store, this.#source);
      // Others claim before or after it, and not meanwhile.
      await this.#look();
      const wanted = this.#wanted(stream, { isFirst: known.length === 0 });
      await this.#ownership.claim(this.#source, wanted);
      return { ids: wanted, checkpoints: known };
    });
    if (ids.length === 0) return;
    await stream.adopt(ids, checkpoints);
    await queue.room();
    // Where each begins is kept before anything is read: what is gone from now on is missing.
    queue.add(stream.take(), () => undefined);
    await this.#look();
  }

  /**
   * What is for this process, and not read by it. Who is the first to read a stream takes all of it, so that all
   * partitions begin at one time.
   */
  #wanted(stream: HubStream, { isFirst = false } = {}): string[] {
    const self = this.#ownership.id;
    const read = new Set([...stream.partitions].map(({ id }) => id));
    const ids = idsOf(stream);
    const { free } = shareOf(self, ids, this.#view);
    const areAllFree = ids.every((id) => (this.readerOf(id)?.id ?? self) === self);
    const own = ids.filter((id) => this.readerOf(id)?.id === self);
    const left = this.#leftOver(stream).filter((id) => !free.includes(id));
    for (const id of left) this.#rescued.add(id);
    const due = isFirst && areAllFree ? ids : [...own, ...free, ...left];
    return due.filter((id) => !read.has(id));
  }

  /** Of who has nothing more to read: what nobody has, and had when it looked before. */
  #leftOver(stream: HubStream): string[] {
    if (!stream.isCaughtUp) return [];
    return [...this.#unread].filter((id) => this.readerOf(id) === undefined);
  }
}

/** The partitions of the hub, in the order of their numbers. */
function idsOf(stream: HubStream): string[] {
  const ids = [...stream.partitions, ...stream.elsewhere].map(({ id }) => id);
  return ids.sort((a, b) => Number(a) - Number(b));
}
