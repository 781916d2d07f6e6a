import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import { UserError } from '../core/errors.ts';
import { type Claimant, Lease } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { BatchMapper } from './batch.ts';
import type { LogAnalyticsSource } from './config/sources.ts';
import { listPulls, type Pull } from './kql.ts';
import { type Rows, rowsOf } from './log-analytics/answers.ts';
import { Asker } from './log-analytics/asker.ts';
import { QueryFailure } from './log-analytics/failures.ts';
import { type Clock, type Job, jobsOf, type Scope } from './log-analytics/jobs.ts';
import { TableQueries } from './log-analytics/plan.ts';
import { forgetProgress, writeProgress } from './log-analytics/positions.ts';
import { afterReading } from './log-analytics/progress.ts';
import { ticksOfMs } from './log-analytics/ticks.ts';
import type { Window } from './log-analytics/windows.ts';
import { NO_REDACTION, type Redaction } from './redaction.ts';
import { addTallies, NOTHING, type Tally } from './tally.ts';
import { Logs, type Target } from './transports/log-analytics.ts';

export interface LogAnalyticsOptions extends Scope {
  /** Key of the hashes, see storeKey. */
  readonly key: string;
  /** What is kept and what is hidden, beside what never is stored. */
  readonly redaction?: Redaction;
  readonly now: () => Date;
  readonly claimant: Claimant;
  /** DefaultAzureCredential when absent. */
  readonly credential?: TokenCredential;
  /** Told what is going to be read, before anything is; false: nothing is read. */
  readonly onPlan?: (plan: readonly TablePlan[]) => boolean;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Stops, and commits what is whole. */
  readonly signal?: AbortSignal;
  /** How long a service that throttles or is away is waited for. */
  readonly patienceMs?: number;
  /** What the service may take for an answer. */
  readonly timeoutMs?: number;
  readonly graceMs?: number;
  readonly pause?: (ms: number) => Promise<void>;
}

/** What is going to be read of a table, as far as a summary tells. */
export interface TablePlan {
  readonly target: string;
  readonly table: string;
  readonly kind: Job['kind'];
  readonly rows: number;
  readonly bytes: number;
  readonly queries: number;
}

/** What was read of a table. */
export interface TableProgress {
  readonly target: string;
  readonly table: string;
  readonly kind: Job['kind'];
  readonly rows: number;
  readonly expected: number;
}

export interface PullProgress {
  readonly source: string;
  readonly rowsPerSecond: number;
  readonly tables: readonly TableProgress[];
}

export interface LogAnalyticsSummary extends Tally {
  readonly source: string;
  readonly tables: readonly TableProgress[];
  readonly isPartial: boolean;
  readonly wasInterrupted: boolean;
}

/** A connection that reads answers, and one that maps and commits. */
const CONNECTIONS = 2;
/** Well within the time after which a lease is taken for abandoned. */
const HEARTBEAT_MS = 20_000;
/** Without a row, progress is written only when it is worth a row of its own. */
const QUIET_PARTS = 12;
/** Halves of halves that are tried for a query that takes too long. */
const MAX_HALVINGS_IN_VAIN = 14;

/**
 * Reads tables of Log Analytics to where they end now. Rows, books and how far a table was read are
 * one transaction, so the run may be stopped, killed and repeated.
 */
export async function ingestLogAnalytics(
  store: Store,
  source: LogAnalyticsSource,
  options: LogAnalyticsOptions,
): Promise<LogAnalyticsSummary> {
  const pulls = pullsOf(source);
  const { now, signal } = options;
  const purpose = `ingest log-analytics ${source.name}`;
  const lease = await Lease.take(store, purpose, options.claimant, now());
  try {
    const run = new PullRun(store, source, options, lease);
    return await run.all(pulls);
  } catch (error) {
    // What was whole when it was stopped is stored.
    if (signal?.aborted && (error as Error).name === 'AbortError') {
      return {
        ...NOTHING,
        source: source.name,
        tables: [],
        isPartial: false,
        wasInterrupted: true,
      };
    }
    throw error;
  } finally {
    await lease.release();
  }
}

/** The files in ingest/kql/ for the tables of a source. */
export function pullsOf({ name, tables, resource }: LogAnalyticsSource): Pull[] {
  const pulls = listPulls();
  return tables.map((table) => {
    const pull = pulls.find((each) => each.table.toLowerCase() === table.toLowerCase());
    if (pull && (pull.scope === 'workspace' || resource !== undefined)) return pull;
    const known = pulls.filter((each) => each.scope === 'workspace' || resource !== undefined);
    throw new UserError(
      'config_invalid',
      pull
        ? `The source '${name}' names the table '${table}', which only a resource of Application Insights has.`
        : `The source '${name}' names the table '${table}', of which nothing is known.`,
      `Use some of: ${known.map((each) => each.table).join(', ')}.`,
    );
  });
}

/** An answer that is whole. */
interface Read extends Rows {
  readonly window: Window;
  readonly at: Date;
}

interface Count {
  rows: number;
  expected: number;
}

class PullRun {
  readonly #store: Store;
  readonly #source: LogAnalyticsSource;
  readonly #options: LogAnalyticsOptions;
  readonly #lease: Lease;
  readonly #beganAt = performance.now();
  readonly #counts = new Map<Job, Count>();
  #renewedAt = 0;
  #tally: Tally = NOTHING;

  constructor(
    store: Store,
    source: LogAnalyticsSource,
    options: LogAnalyticsOptions,
    lease: Lease,
  ) {
    this.#store = store;
    this.#source = source;
    this.#options = options;
    this.#lease = lease;
  }

  async all(pulls: readonly Pull[]): Promise<LogAnalyticsSummary> {
    const { signal } = this.#options;
    const jobs = await this.#plan(pulls);
    const isWanted = this.#options.onPlan?.(jobs.map(planOf)) ?? true;
    try {
      if (isWanted) {
        await this.#store.withForks(CONNECTIONS, ([reader, fork]) =>
          this.#pull(reader as Store, fork as Store, jobs),
        );
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
    const { tables } = this.#progress();
    const isPartial = this.#tally.rejected > 0;
    const wasInterrupted = signal?.aborted ?? false;
    return { ...this.#tally, source: this.#source.name, tables, isPartial, wasInterrupted };
  }

  /** Looks at every table first: what is wrong with one shows before the long work. */
  async #plan(pulls: readonly Pull[]): Promise<Job[]> {
    const { now, signal, patienceMs } = this.#options;
    const logs = await Logs.open({ ...this.#options, endpoint: this.#source.endpoint });
    const pause = this.#options.pause ?? ((ms) => sleep(ms, undefined, { signal }));
    const asker = new Asker(logs, { pause, ...(patienceMs === undefined ? {} : { patienceMs }) });
    const clock: Clock = { now, latest: undefined };
    const { happened, backfill } = this.#options;
    const jobs: Job[] = [];
    for (const target of targetsOf(this.#source)) {
      for (const pull of pulls) {
        const table = { source: this.#source.name, target, pull };
        const queries = new TableQueries(asker, table, signal);
        const scope = { happened, backfill };
        const settings = { store: this.#store, source: this.#source, clock, scope };
        const found = await this.#keepingLease(
          jobsOf(queries, settings).catch((error: unknown) => {
            throw queries.explain(error);
          }),
        );
        jobs.push(...found);
      }
    }
    for (const job of jobs) this.#counts.set(job, { rows: 0, expected: job.windows.expected.rows });
    return jobs;
  }

  async #pull(reader: Store, fork: Store, jobs: readonly Job[]): Promise<void> {
    const apis = this.#source.apis.map((api) => api.toLowerCase());
    const { key, redaction = NO_REDACTION, signal } = this.#options;
    const mapper = await BatchMapper.prepare(fork, { key, apis, redaction });
    for (const job of jobs) {
      await this.#read(reader, mapper, job);
      if (signal?.aborted) return;
      await this.#finish(mapper, job);
    }
  }

  /** While one answer is mapped and committed, the next one is on its way. */
  async #read(reader: Store, mapper: BatchMapper, job: Job): Promise<void> {
    const { signal } = this.#options;
    let next: Promise<Read | undefined> | undefined = this.#next(reader, job);
    while (next !== undefined) {
      const read: Read | undefined = await this.#keepingLease(next);
      if (read === undefined) return;
      next = signal?.aborted ? undefined : this.#next(reader, job);
      // Its failure is told when its turn comes.
      next?.catch(() => undefined);
      try {
        await this.#keep(mapper, job, read);
      } catch (error) {
        await next?.catch(() => undefined);
        throw error;
      }
    }
  }

  /** The next answer that is whole; what is not is thrown away and asked for in halves. */
  async #next(reader: Store, job: Job): Promise<Read | undefined> {
    const { windows, queries, happened } = job;
    for (let inVain = 0; ; ) {
      const window = windows.take();
      if (window === undefined) return undefined;
      try {
        const { text, at } = await queries.rows({ ingested: window, happened });
        const read = await rowsOf(reader, text);
        windows.settle(window, { rows: read.rows, bytes: text.length });
        return { ...read, window, at };
      } catch (error) {
        inVain += 1;
        const mayHalve =
          error instanceof QueryFailure &&
          error.maySplit &&
          (error.kind === 'partial' || inVain <= MAX_HALVINGS_IN_VAIN);
        if (!mayHalve || !windows.halve(window)) throw queries.explain(error);
      }
    }
  }

  /** Rows, rejects, books and progress at once. */
  async #keep(mapper: BatchMapper, job: Job, read: Read): Promise<void> {
    const { now } = this.#options;
    const { source, pull } = { source: job.place.source, pull: job.queries.table.pull };
    const no = [...this.#counts.keys()].indexOf(job) + 1;
    const origin = { no, name: `${source}/${pull.table}`, observedAt: now().toISOString() };
    for (const batch of read.batches) await mapper.add(batch, origin);
    await mapper.map();
    const settle = ticksOfMs(this.#source.settleMs);
    const settledBefore = ticksOfMs(read.at.getTime()) - settle;
    const { window, rows } = read;
    const stretch = { from: window.after, to: window.to, rows };
    const progress = afterReading(job.progress, stretch, settledBefore, settle);
    await this.#commit(mapper, (store) =>
      writeProgress(store, job.place, progress, { rows, now: now() }),
    );
    job.progress = progress;
    const count = this.#counts.get(job);
    if (count) count.rows += rows;
    this.#options.onProgress?.(this.#progress());
  }

  /** Everything was read: what lies behind the last row too. */
  async #finish(mapper: BatchMapper, job: Job): Promise<void> {
    const { whole, place, kind } = job;
    if (kind === 'range') return this.#commit(mapper, (store) => forgetProgress(store, place));
    if (kind === 'backfill') return this.#commit(mapper, (store) => this.#joinBackfill(store, job));
    const { position } = job.progress;
    const quiet = ticksOfMs(this.#source.settleMs / QUIET_PARTS);
    if (whole.to <= position && !job.isChanged) return;
    if (whole.to - position <= quiet && !job.isChanged) return;
    const settle = ticksOfMs(this.#source.settleMs);
    const rest = { from: position, to: whole.to, rows: 0 };
    const settledBefore = whole.to - settle;
    const progress =
      whole.to > position ? afterReading(job.progress, rest, settledBefore, settle) : job.progress;
    const now = this.#options.now();
    await this.#commit(mapper, (store) => writeProgress(store, place, progress, { rows: 0, now }));
    job.progress = progress;
  }

  /** What is older is read: the table is as if it had been begun there. */
  async #joinBackfill(store: Store, job: Job): Promise<void> {
    const { table } = job.queries;
    const news = [...this.#counts.keys()].find(
      (each) =>
        each.kind === 'new' &&
        each.queries.table.target === table.target &&
        each.queries.table.pull === table.pull,
    );
    if (!news) throw new Error('a backfill without what it was to be joined to');
    const unsettled = [...job.progress.unsettled, ...news.progress.unsettled];
    news.progress = { ...news.progress, begin: job.progress.begin, unsettled };
    await writeProgress(store, news.place, news.progress, { rows: 0, now: this.#options.now() });
    await forgetProgress(store, job.place);
  }

  async #commit(mapper: BatchMapper, alongside: (store: Store) => Promise<void>): Promise<void> {
    const { now } = this.#options;
    const tally = await mapper.commit(async (store) => {
      this.#renewedAt = now().getTime();
      await this.#lease.renew(store, now());
      await alongside(store);
    });
    this.#tally = addTallies(this.#tally, tally);
  }

  /** Keeps the lease while something is waited for. */
  async #keepingLease<T>(work: Promise<T>): Promise<T> {
    for (;;) {
      const timer = new AbortController();
      const beat = sleep(HEARTBEAT_MS, 'beat' as const, { signal: timer.signal }).catch(
        () => 'beat' as const,
      );
      const first = await Promise.race([work.then((value) => ({ value })), beat]).finally(() =>
        timer.abort(),
      );
      if (first !== 'beat') return first.value;
      const now = this.#options.now();
      if (now.getTime() - this.#renewedAt < HEARTBEAT_MS) continue;
      this.#renewedAt = now.getTime();
      await this.#store.hold(() => this.#lease.renew(this.#store, now));
    }
  }

  #progress(): PullProgress {
    const tables = [...this.#counts].map(([{ queries, kind }, { rows, expected }]) => ({
      target: queries.table.target.id,
      table: queries.table.pull.table,
      ...{ kind, rows, expected },
    }));
    const rows = tables.reduce((sum, each) => sum + each.rows, 0);
    const seconds = Math.max((performance.now() - this.#beganAt) / 1000, 0.001);
    return { source: this.#source.name, rowsPerSecond: rows / seconds, tables };
  }
}

function targetsOf({ workspaces, resource }: LogAnalyticsSource): Target[] {
  return resource === undefined
    ? workspaces.map((id) => ({ id, isResource: false }))
    : [{ id: resource, isResource: true }];
}

function planOf({ queries, kind, windows }: Job): TablePlan {
  const { target, pull } = queries.table;
  return { target: target.id, table: pull.table, kind, ...windows.expected };
}
