import type { Lease } from '../../store/lease.ts';
import type { Store } from '../../store/store.ts';
import type { BatchMapper, BatchOrigin } from '../batch.ts';
import { addTallies, NOTHING, type Tally } from '../tally.ts';
import type { RowBatch } from '../transports/batches.ts';
import { closeAnswer, openAnswer } from './answer.ts';
import type { Job } from './jobs.ts';
import { forgetProgress, writeProgress } from './positions.ts';
import { afterReading, afterReadingPart, type Progress } from './progress.ts';
import { type Ticks, ticksOfMs } from './ticks.ts';
import type { Window } from './windows.ts';

/** An answer that is whole, and open. */
export interface Read {
  readonly batch: RowBatch;
  readonly window: Window;
  readonly at: Date;
}

/** A mapper and its connection. */
export interface Worker {
  readonly store: Store;
  readonly mapper: BatchMapper;
}

interface Settings {
  readonly lease: Lease;
  readonly now: () => Date;
  readonly settleMs: number;
  readonly onCommitted: (job: Job, rows: number) => void;
}

/** A commit waits for so many rows or bytes, or so long after the first of them. */
const COMMIT_ROWS = 62_500;
const COMMIT_BYTES = 80 * 1024 * 1024;
const COMMIT_AFTER_MS = 3_000;
/** Without a row, progress is written only when it is worth a row of its own. */
const QUIET_PARTS = 12;

/**
 * Maps answers and stores them: rows, rejects, books and how far a table was read at once. While one
 * mapper takes answers, others map and commit what they took; commits follow one another, and none happens
 * behind one that failed.
 */
export class PullCommits {
  readonly #settings: Settings;
  readonly #workers: readonly Worker[];
  readonly #ends: Promise<void>[];
  #current = 0;
  #last: Promise<void> = Promise.resolve();
  #pending: { readonly job: Job; rows: number; bytes: number; readonly since: number } | undefined;
  #renewedAt = 0;
  /** The sum of all commits. */
  tally: Tally = NOTHING;

  constructor(workers: readonly Worker[], settings: Settings) {
    this.#workers = workers;
    this.#ends = workers.map(() => Promise.resolve());
    this.#settings = settings;
  }

  /** Opens an answer. Throws a QueryFailure when it is not whole. */
  async open(body: Buffer): Promise<RowBatch> {
    const { store } = await this.#free();
    return openAnswer(store, body);
  }

  /** Takes the rows of the answer that was opened last; they are committed with others, see `flush`. */
  async add(job: Job, { batch, window, at }: Read, origin: BatchOrigin): Promise<void> {
    const { mapper, store } = await this.#free();
    await mapper.addRows(batch, origin);
    await closeAnswer(store);
    const rows = batch.count;
    const settle = ticksOfMs(this.#settings.settleMs);
    // What lies before the window's rows was not asked for: it was empty when rows were counted.
    const answeredAt = ticksOfMs(at.getTime());
    const countedAt = window.after < window.from ? least(answeredAt, job.whole.to) : answeredAt;
    const settledBefore = countedAt - settle;
    job.progress = afterWindow(job.progress, { window, rows }, settledBefore, settle);
    const pending = this.#pending ?? { job, rows: 0, bytes: 0, since: performance.now() };
    this.#pending = pending;
    pending.rows += rows;
    pending.bytes += batch.bytes;
    const isFull = pending.rows >= COMMIT_ROWS || pending.bytes >= COMMIT_BYTES;
    if (isFull || this.dueInMs === 0) this.#start();
  }

  /** After which time what was taken is to be committed; undefined: there is nothing. */
  get dueInMs(): number | undefined {
    if (this.#pending === undefined) return undefined;
    return Math.max(0, this.#pending.since + COMMIT_AFTER_MS - performance.now());
  }

  /** Commits what was taken, and waits for it. */
  async flush(): Promise<void> {
    this.#start();
    await this.#last;
  }

  /** Everything of the job was read: what lies behind its last row too. */
  async finish(job: Job): Promise<void> {
    await this.flush();
    const { whole, place, kind } = job;
    if (kind === 'range') return this.#write((store) => forgetProgress(store, place));
    if (kind === 'backfill') return this.#write((store) => this.#joinBackfill(store, job));
    const { position } = job.progress;
    const quiet = ticksOfMs(this.#settings.settleMs / QUIET_PARTS);
    if (whole.to - position <= quiet && !job.isChanged) return;
    if (whole.to > position) {
      const settle = ticksOfMs(this.#settings.settleMs);
      const rest = { from: position, to: whole.to, rows: 0 };
      job.progress = afterReading(job.progress, rest, whole.to - settle, settle);
    }
    const { progress } = job;
    const now = this.#settings.now();
    return this.#write((store) => writeProgress(store, place, progress, { rows: 0, now }));
  }

  /** Keeps the lease, unless a commit has just done so. */
  async keepLease(store: Store, everyMs: number): Promise<void> {
    const now = this.#settings.now();
    if (now.getTime() - this.#renewedAt < everyMs) return;
    this.#renewedAt = now.getTime();
    await store.hold(() => this.#settings.lease.renew(store, now));
  }

  async #free(): Promise<Worker> {
    await this.#ends[this.#current];
    const worker = this.#workers[this.#current];
    if (!worker) throw new Error('commits without a mapper');
    return worker;
  }

  #start(): void {
    const mapper = this.#workers[this.#current]?.mapper;
    if (this.#pending === undefined || mapper === undefined) return;
    const { job, rows } = this.#pending;
    const { progress, place } = job;
    this.#pending = undefined;
    const mapped = mapper.map();
    mapped.catch(() => undefined);
    const end = this.#last.then(async () => {
      await mapped;
      const now = this.#settings.now();
      await this.#commit(mapper, (store) => writeProgress(store, place, progress, { rows, now }));
      this.#settings.onCommitted(job, rows);
    });
    // Told to who waits for it next.
    end.catch(() => undefined);
    this.#last = end;
    this.#ends[this.#current] = end;
    this.#current = (this.#current + 1) % this.#workers.length;
  }

  async #write(alongside: (store: Store) => Promise<void>): Promise<void> {
    await this.#commit((await this.#free()).mapper, alongside);
  }

  async #commit(mapper: BatchMapper, alongside: (store: Store) => Promise<void>): Promise<void> {
    const { now, lease } = this.#settings;
    const tally = await mapper.commit(async (store) => {
      this.#renewedAt = now().getTime();
      await lease.renew(store, now());
      await alongside(store);
    });
    this.tally = addTallies(this.tally, tally);
  }

  /** What is older is read: the table is as if it had been begun there. */
  async #joinBackfill(store: Store, { joins, progress, place }: Job): Promise<void> {
    if (!joins) throw new Error('a backfill without what it is to be joined to');
    const unsettled = [...progress.unsettled, ...joins.progress.unsettled];
    joins.progress = { ...joins.progress, begin: progress.begin, unsettled };
    const now = this.#settings.now();
    await writeProgress(store, joins.place, joins.progress, { rows: 0, now });
    await forgetProgress(store, place);
  }
}

function afterWindow(
  progress: Progress,
  { window, rows }: { readonly window: Window; readonly rows: number },
  settledBefore: Ticks,
  settle: Ticks,
): Progress {
  const { after, from, to, part } = window;
  if (part === undefined) {
    return afterReading(progress, { from: after, to, rows }, settledBefore, settle);
  }
  const empty = { from: after, to: from, rows: 0 };
  const known = after < from ? afterReading(progress, empty, settledBefore, settle) : progress;
  return afterReadingPart(known, { at: from, part, rows }, settledBefore, settle);
}

function least(a: Ticks, b: Ticks): Ticks {
  return a < b ? a : b;
}
