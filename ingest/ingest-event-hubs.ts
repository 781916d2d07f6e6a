import { setTimeout as sleep } from 'node:timers/promises';
import type { Claimant } from '../store/lease.ts';
import { Lease } from '../store/lease.ts';
import { type Owner, OwnershipLost } from '../store/ownership.ts';
import type { Store } from '../store/store.ts';
import { BatchMapper, type MapperSettings } from './batch.ts';
import type { EventHubsSource } from './config/sources.ts';
import { type AccessOptions, accessOf, type HubAccess } from './event-hubs/access.ts';
import { type CommitQueue, type PartitionCounts, StreamCommits } from './event-hubs/commits.ts';
import type { Partition } from './event-hubs/partition.ts';
import { foldNames, readCheckpoints } from './event-hubs/positions.ts';
import { Rate } from './event-hubs/rate.ts';
import { Sharing, type SharingTimes } from './event-hubs/sharing.ts';
import { readMapping } from './mapping.ts';
import { NO_REDACTION, type Redaction } from './redaction.ts';
import { addTallies, isPartlySetAside, NOTHING, type Tally } from './tally.ts';
import { HubStream } from './transports/event-hubs.ts';

export interface EventHubsOptions extends AccessOptions {
  /** Key of the hashes, see storeKey. */
  readonly key: string;
  /** What is kept and what is hidden, beside what never is stored. */
  readonly redaction?: Redaction;
  readonly now: () => Date;
  readonly claimant: Claimant;
  /** Called after each commit, and of a hub that is read on also between them. */
  readonly onProgress?: (progress: StreamProgress) => void;
  /** Stops, and commits what is whole. */
  readonly signal?: AbortSignal;
  /** See StreamOptions. */
  readonly patienceMs?: number;
  /** How partitions are shared, where several processes add to the store. */
  readonly sharing?: Partial<SharingTimes>;
  /** Whether to read on when it has come to the end. */
  readonly goesOn?: () => boolean;
  /** Whether to leave it also before its end, for something else that waits; the next run reads on from there. */
  readonly isLeft?: () => boolean;
  /** Whether this process reads on after a moment: what it has of the partitions stays its own. */
  readonly comesBack?: boolean;
}

/** What was done of one partition. */
export interface PartitionProgress {
  readonly partition: string;
  readonly events: number;
  readonly redelivered: number;
  readonly rejected: number;
  /** Events that were there when the hub was asked last, and are still to come. */
  readonly lag: number;
  /** Highest sequence number that is stored; null: none. */
  readonly sequenceNumber: number | null;
}

/** A partition that this process does not read, when it was looked at last. */
export interface OtherPartition {
  readonly partition: string;
  /** Which process has it; undefined: nobody reads it. */
  readonly reader: Owner | undefined;
  /** Events that were there when the hub was asked last, and are not stored. */
  readonly lag: number;
  /** Highest sequence number that is stored; null: none. */
  readonly sequenceNumber: number | null;
}

export interface StreamProgress {
  readonly source: string;
  /** Just now something was committed, or there is nothing to commit, or there is; or others have not come to the end. */
  readonly state: 'committed' | 'idle' | 'behind' | 'waiting';
  /** Over the last seconds. */
  readonly eventsPerSecond: number;
  /** Those that this process has read. */
  readonly partitions: readonly PartitionProgress[];
  /** Those that it does not read. */
  readonly others: readonly OtherPartition[];
  /** That were found and committed. */
  readonly gaps: number;
}

export interface EventHubsSummary extends Tally {
  readonly source: string;
  readonly partitions: readonly PartitionProgress[];
  readonly others: readonly OtherPartition[];
  readonly gaps: number;
  readonly isPartial: boolean;
  readonly wasInterrupted: boolean;
}

/** A commit waits for this many events, or this long after the first of them. */
const COMMIT_EVENTS = 12_000;
const COMMIT_BYTES = 24 * 1024 * 1024;
const COMMIT_AFTER_MS = 2_500;
/** Where the partitions of a hub that is read on end is asked so often. */
const ASK_ENDS_EVERY_MS = 8_000;
/** While one maps, another commits; each has a connection. */
const MAPPERS = 2;

/**
 * Reads an event hub to where it ended when this began, or on. Each event is stored once, with its books
 * and the checkpoint in one transaction, so the run may be stopped, killed and repeated. Where several processes add to
 * the store, they share the partitions, and it ends when all of these have come to where they ended.
 */
export async function ingestEventHub(
  store: Store,
  source: EventHubsSource,
  options: EventHubsOptions,
): Promise<EventHubsSummary> {
  const mapping = source.mapping === undefined ? undefined : readMapping(source.mapping);
  const access = await accessOf(source, options);
  const purpose = `ingest event-hubs ${source.name}`;
  const lease = await Lease.take(store, purpose, options.claimant, options.now());
  const sharing = store.ownership && new Sharing(store.ownership, access.source, options.sharing);
  const { now, signal } = options;
  const commits = new StreamCommits({ source: access.source, lease, now });
  const settings = {
    key: options.key,
    redaction: options.redaction ?? NO_REDACTION,
    apis: source.apis.map((api) => api.toLowerCase()),
    ...(mapping === undefined ? {} : { mapping }),
  };
  const report = new Report(access.source, commits, sharing);
  const asLines = mapping?.readsLines ?? false;
  try {
    await sharing?.join();
    const run = { store, access, start: source.start, asLines, settings, commits, report, sharing };
    while (!(await readStream(run, options)));
    const wasInterrupted = signal?.aborted ?? false;
    if (options.comesBack === true && !wasInterrupted) sharing?.rest();
    return report.summary(wasInterrupted);
  } finally {
    await sharing?.leave();
    await lease.release();
  }
}

/** What reading a stream takes, however often it is begun anew. */
interface StreamRun {
  readonly store: Store;
  readonly access: HubAccess;
  readonly start: string;
  readonly asLines: boolean;
  readonly settings: MapperSettings;
  readonly commits: StreamCommits;
  readonly report: Report;
  readonly sharing: Sharing | undefined;
}

/** Says whether it has come to its end: where another process has stored what was read here, it has to be begun anew. */
async function readStream(run: StreamRun, options: EventHubsOptions): Promise<boolean> {
  const { store, access, settings, commits, report, sharing } = run;
  const { now, signal, patienceMs } = options;
  let stream: HubStream | undefined;
  const wake = (): void => stream?.wake();
  signal?.addEventListener('abort', wake);
  const ending = new AbortController();
  try {
    stream = await HubStream.open(access, {
      checkpoints: await (sharing?.checkpoints() ??
        store.hold(async () => {
          await foldNames(store, access.source);
          return readCheckpoints(store, access.source);
        })),
      start: run.start,
      asLines: run.asLines,
      isShared: sharing !== undefined,
      now,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    const opened = stream;
    report.begin(opened);
    // Where each partition begins, kept before anything is read: what is gone from now on is missing.
    const begun = opened.take();
    if (!signal?.aborted) opened.start();
    await store.withForks(MAPPERS, async (forks) => {
      const mappers = await Promise.all(forks.map((fork) => BatchMapper.prepare(fork, settings)));
      const queue = commits.over(mappers);
      queue.add(begun, () => undefined);
      if (options.goesOn) void tellEnds(opened, queue, options, report, ending.signal);
      const balance = async (): Promise<void> => {
        if (!signal?.aborted) await sharing?.balance(opened, queue, store);
      };
      await balance();
      const rest = async (): Promise<void> => {
        if (queue.isIdle) await commits.keepLease(store);
      };
      const lookEveryMs = sharing?.lookEveryMs;
      await commitAll(opened, queue, { ...options, rest, balance, lookEveryMs }, report);
    });
    return true;
  } catch (error) {
    if (error instanceof OwnershipLost) return signal?.aborted ?? false;
    throw error;
  } finally {
    signal?.removeEventListener('abort', wake);
    ending.abort();
    await stream?.close();
  }
}

interface Loop extends EventHubsOptions {
  readonly rest: () => Promise<void>;
  /** Sees to it that the partitions that are read are those that should be. */
  readonly balance: () => Promise<void>;
  readonly lookEveryMs: number | undefined;
}

/** Commits until there is nothing more to do. */
async function commitAll(
  stream: HubStream,
  commits: CommitQueue,
  options: Loop,
  report: Report,
): Promise<void> {
  const { signal, onProgress, goesOn = () => false, isLeft = () => false } = options;
  const isOver = (): boolean =>
    signal?.aborted === true ||
    stream.failure !== undefined ||
    (stream.isCaughtUp && stream.areOthersCaughtUp && !goesOn()) ||
    isLeft();
  const rest = async (): Promise<void> => {
    commits.ensureWhole();
    await options.rest();
    await options.balance();
    const isWaiting = stream.isCaughtUp && !stream.areOthersCaughtUp && !goesOn();
    if (isWaiting) onProgress?.(report.progress('waiting'));
  };
  for (let isEnding = false; !isEnding; ) {
    await untilDue(stream, isOver, rest, options.lookEveryMs);
    await commits.room();
    isEnding = isOver();
    if (isEnding) await stream.stop();
    commits.add(stream.take(), () => onProgress?.(report.progress('committed')));
    if (!isEnding) await options.balance();
  }
  await commits.end();
  if (stream.failure !== undefined && !signal?.aborted) throw stream.failure;
}

/** Tells how far behind the end of the hub it is, beside what is read, until it ends. */
async function tellEnds(
  stream: HubStream,
  commits: CommitQueue,
  { onProgress }: EventHubsOptions,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(ASK_ENDS_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (!(await stream.askEnds(signal)) || signal.aborted) continue;
    const isBehind = [...stream.partitions].some(({ lag }) => lag > 0);
    const isIdle = !isBehind && stream.heldEvents === 0 && commits.isIdle;
    onProgress?.(report.progress(isIdle ? 'idle' : 'behind'));
  }
}

/** Waits until a commit is worth its while, or there is nothing more to do. */
async function untilDue(
  stream: HubStream,
  isOver: () => boolean,
  rest: () => Promise<void>,
  lookEveryMs = COMMIT_AFTER_MS,
): Promise<void> {
  let since: number | undefined;
  while (!isOver()) {
    const { heldEvents, heldBytes } = stream;
    if (heldEvents >= COMMIT_EVENTS || heldBytes >= COMMIT_BYTES) return;
    const now = performance.now();
    if (heldEvents > 0) since ??= now;
    if (since !== undefined && now - since >= COMMIT_AFTER_MS) return;
    await stream.changed(Math.min(COMMIT_AFTER_MS, lookEveryMs));
    await stream.watch();
    await rest();
  }
}

/** One that begins before its first event has none yet. */
function storedUpTo({ position }: Partition): number | null {
  return position === undefined || position.sequenceNumber < 0 ? null : position.sequenceNumber;
}

/** What is told of a run while it goes on, and at its end. */
class Report {
  readonly #source: string;
  readonly #commits: StreamCommits;
  readonly #sharing: Sharing | undefined;
  readonly #rate = new Rate();
  #stream: HubStream | undefined;
  /** What was committed before the stream was begun anew. */
  #before: ReadonlyMap<string, PartitionCounts> = new Map();

  constructor(source: string, commits: StreamCommits, sharing: Sharing | undefined) {
    this.#source = source;
    this.#commits = commits;
    this.#sharing = sharing;
  }

  begin(stream: HubStream): void {
    this.#stream = stream;
    this.#before = this.#commits.counts;
  }

  progress(state: StreamProgress['state']): StreamProgress {
    const { partitions, others } = this;
    const events = partitions.reduce((sum, each) => sum + each.events, 0);
    const eventsPerSecond = this.#rate.perSecond(events);
    const { gaps } = this.#commits;
    return { source: this.#source, state, eventsPerSecond, partitions, others, gaps };
  }

  /** Those that are read, and those that were. */
  get partitions(): PartitionProgress[] {
    // What is still to come of them is another's.
    const left = this.#elsewhere.map((each) => ({ ...this.#progressOf(each), lag: 0 }));
    return [
      ...[...(this.#stream?.partitions ?? [])].map((partition) => this.#progressOf(partition)),
      ...left.filter(({ events, redelivered }) => events > 0 || redelivered > 0),
    ].sort((a, b) => Number(a.partition) - Number(b.partition));
  }

  get others(): OtherPartition[] {
    return this.#elsewhere.map((partition) => ({
      partition: partition.id,
      reader: this.#sharing?.readerOf(partition.id),
      lag: partition.lag,
      sequenceNumber: storedUpTo(partition),
    }));
  }

  get #elsewhere(): Partition[] {
    const elsewhere = [...(this.#stream?.elsewhere ?? [])];
    return elsewhere.sort((a, b) => Number(a.id) - Number(b.id));
  }

  #progressOf(partition: Partition): PartitionProgress {
    const { events = 0, redelivered = 0 } = this.#before.get(partition.id) ?? {};
    return {
      partition: partition.id,
      events: events + partition.events,
      redelivered: redelivered + partition.redelivered,
      rejected: this.#commits.rejectedOf(partition.id),
      lag: partition.lag,
      sequenceNumber: storedUpTo(partition),
    };
  }

  summary(wasInterrupted: boolean): EventHubsSummary {
    const { tally, gaps } = this.#commits;
    const { partitions, others } = this;
    const isPartial = isPartlySetAside(tally) || gaps > 0;
    const source = this.#source;
    return {
      ...addTallies(tally, NOTHING),
      ...{ source, partitions, others, gaps, isPartial, wasInterrupted },
    };
  }
}
