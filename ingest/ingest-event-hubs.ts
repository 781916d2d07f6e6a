import { setTimeout as sleep } from 'node:timers/promises';
import type { Claimant } from '../store/lease.ts';
import { Lease } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { BatchMapper } from './batch.ts';
import type { EventHubsSource } from './config/sources.ts';
import { type AccessOptions, accessOf } from './event-hubs/access.ts';
import { type CommitQueue, StreamCommits } from './event-hubs/commits.ts';
import type { Partition } from './event-hubs/partition.ts';
import { foldNames, readCheckpoints } from './event-hubs/positions.ts';
import { Rate } from './event-hubs/rate.ts';
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
  /** Whether to read on when it has come to the end. */
  readonly goesOn?: () => boolean;
  /** Whether to leave it also before its end, for something else that waits; the next run reads on from there. */
  readonly isLeft?: () => boolean;
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

export interface StreamProgress {
  readonly source: string;
  /** Just now something was committed, or there is nothing to commit, or there is. */
  readonly state: 'committed' | 'idle' | 'behind';
  /** Over the last seconds. */
  readonly eventsPerSecond: number;
  readonly partitions: readonly PartitionProgress[];
  /** That were found and committed. */
  readonly gaps: number;
}

export interface EventHubsSummary extends Tally {
  readonly source: string;
  readonly partitions: readonly PartitionProgress[];
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
 * and the checkpoint in one transaction, so the run may be stopped, killed and repeated.
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
  const { now, signal, patienceMs } = options;
  let stream: HubStream | undefined;
  const wake = (): void => stream?.wake();
  signal?.addEventListener('abort', wake);
  const ending = new AbortController();
  try {
    stream = await HubStream.open(access, {
      checkpoints: await store.hold(async () => {
        await foldNames(store, access.source);
        return readCheckpoints(store, access.source);
      }),
      start: source.start,
      asLines: mapping?.readsLines ?? false,
      now,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    const commits = new StreamCommits({ source: access.source, lease, now });
    const settings = {
      key: options.key,
      redaction: options.redaction ?? NO_REDACTION,
      apis: source.apis.map((api) => api.toLowerCase()),
      ...(mapping === undefined ? {} : { mapping }),
    };
    const report = new Report(access.source, stream, commits);
    // Where each partition begins, kept before anything is read: what is gone from now on is missing.
    const begun = stream.take();
    if (!signal?.aborted) stream.start();
    await store.withForks(MAPPERS, async (forks) => {
      const mappers = await Promise.all(forks.map((fork) => BatchMapper.prepare(fork, settings)));
      const queue = commits.over(mappers);
      queue.add(begun, () => undefined);
      if (options.goesOn) void tellEnds(stream as HubStream, queue, options, report, ending.signal);
      const rest = () => (queue.isIdle ? commits.keepLease(store) : Promise.resolve());
      await commitAll(stream as HubStream, queue, { ...options, rest }, report);
    });
    return report.summary(signal?.aborted ?? false);
  } finally {
    signal?.removeEventListener('abort', wake);
    ending.abort();
    await stream?.close();
    await lease.release();
  }
}

/** Commits until there is nothing more to do. */
async function commitAll(
  stream: HubStream,
  commits: CommitQueue,
  options: EventHubsOptions & { readonly rest: () => Promise<void> },
  report: Report,
): Promise<void> {
  const { signal, onProgress, goesOn = () => false, isLeft = () => false, rest } = options;
  const isOver = (): boolean =>
    signal?.aborted === true ||
    stream.failure !== undefined ||
    (stream.isCaughtUp && !goesOn()) ||
    isLeft();
  for (let isEnding = false; !isEnding; ) {
    await untilDue(stream, isOver, rest);
    await commits.room();
    isEnding = isOver();
    if (isEnding) await stream.stop();
    commits.add(stream.take(), () => onProgress?.(report.progress('committed')));
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
): Promise<void> {
  let since: number | undefined;
  while (!isOver()) {
    const { heldEvents, heldBytes } = stream;
    if (heldEvents >= COMMIT_EVENTS || heldBytes >= COMMIT_BYTES) return;
    const now = performance.now();
    if (heldEvents > 0) since ??= now;
    if (since !== undefined && now - since >= COMMIT_AFTER_MS) return;
    await stream.changed(COMMIT_AFTER_MS);
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
  readonly #stream: HubStream;
  readonly #commits: StreamCommits;
  readonly #rate = new Rate();

  constructor(source: string, stream: HubStream, commits: StreamCommits) {
    this.#source = source;
    this.#stream = stream;
    this.#commits = commits;
  }

  progress(state: StreamProgress['state']): StreamProgress {
    const { partitions } = this;
    const events = partitions.reduce((sum, each) => sum + each.events, 0);
    const eventsPerSecond = this.#rate.perSecond(events);
    const { gaps } = this.#commits;
    return { source: this.#source, state, eventsPerSecond, partitions, gaps };
  }

  get partitions(): PartitionProgress[] {
    return [...this.#stream.partitions].map((partition) => ({
      partition: partition.id,
      events: partition.events,
      redelivered: partition.redelivered,
      rejected: this.#commits.rejectedOf(partition.id),
      lag: partition.lag,
      sequenceNumber: storedUpTo(partition),
    }));
  }

  summary(wasInterrupted: boolean): EventHubsSummary {
    const { tally, gaps } = this.#commits;
    const { partitions } = this;
    const isPartial = isPartlySetAside(tally) || gaps > 0;
    const source = this.#source;
    return { ...addTallies(tally, NOTHING), source, partitions, gaps, isPartial, wasInterrupted };
  }
}
