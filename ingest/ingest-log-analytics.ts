import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import { UserError } from '../core/errors.ts';
import { type Claimant, Lease } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import { BatchMapper, type BatchOrigin } from './batch.ts';
import type { LogAnalyticsSource } from './config/sources.ts';
import { listPulls, type Pull } from './kql.ts';
import { Answers, type Asked } from './log-analytics/answers.ts';
import { Asker } from './log-analytics/asker.ts';
import { PullCommits } from './log-analytics/commits.ts';
import { type Clock, type Job, jobsOf, type Scope } from './log-analytics/jobs.ts';
import { TableQueries } from './log-analytics/plan.ts';
import { NO_REDACTION, type Redaction } from './redaction.ts';
import { isPartlySetAside, NOTHING, type Tally } from './tally.ts';
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

/** One takes answers while another maps, and one commits. */
const CONNECTIONS = 3;
/** Well within the time after which a lease is taken for abandoned. */
const HEARTBEAT_MS = 20_000;

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

interface Count {
  rows: number;
  expected: number;
}

class PullRun {
  readonly #store: Store;
  readonly #source: LogAnalyticsSource;
  readonly #options: LogAnalyticsOptions;
  readonly #lease: Lease;
  #commits: PullCommits | undefined;
  readonly #beganAt = performance.now();
  readonly #counts = new Map<Job, Count>();
  #renewedAt = 0;

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
        await this.#store.withForks(CONNECTIONS, (forks) => this.#pull(forks, jobs));
      }
    } catch (error) {
      if (!signal?.aborted || (error as Error).name !== 'AbortError') throw error;
    }
    const { tables } = this.#progress();
    const tally = this.#commits?.tally ?? NOTHING;
    const isPartial = isPartlySetAside(tally);
    const wasInterrupted = signal?.aborted ?? false;
    return { ...tally, source: this.#source.name, tables, isPartial, wasInterrupted };
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

  async #pull(forks: readonly Store[], jobs: readonly Job[]): Promise<void> {
    const apis = this.#source.apis.map((api) => api.toLowerCase());
    const { key, redaction = NO_REDACTION, signal, now } = this.#options;
    const workers = await Promise.all(
      forks.map(async (store) => ({
        store,
        mapper: await BatchMapper.prepare(store, { key, apis, redaction }),
      })),
    );
    const commits = new PullCommits(workers, {
      lease: this.#lease,
      now,
      settleMs: this.#source.settleMs,
      onCommitted: (job, rows) => this.#report(job, rows),
    });
    this.#commits = commits;
    for (const [index, job] of jobs.entries()) {
      const name = `${job.place.source}/${job.queries.table.pull.table}`;
      const origin = { no: index + 1, name, observedAt: now().toISOString() };
      // What was whole is stored, whatever comes after it.
      await this.#read(commits, job, origin).finally(() => commits.flush());
      if (signal?.aborted) return;
      await commits.finish(job);
    }
  }

  /** While one answer is opened and taken, and others are mapped and committed, the next one is on its way. */
  async #read(commits: PullCommits, job: Job, origin: BatchOrigin): Promise<void> {
    const { signal } = this.#options;
    const answers = new Answers(job);
    const ask = (): Promise<Asked | undefined> | undefined => {
      const asked = signal?.aborted ? undefined : answers.next();
      // Its failure is told when its turn comes.
      asked?.catch(() => undefined);
      return asked;
    };
    let asked = ask();
    while (asked !== undefined) {
      const answer: Asked | undefined = await this.#waitFor(asked, commits);
      if (answer === undefined) return;
      const behind = ask();
      asked = behind;
      try {
        const batch = await commits.open(answer.body);
        answers.settle(answer, batch.count);
        await commits.add(job, { ...answer, batch }, origin);
      } catch (error) {
        await this.#keepingLease(answers.retreat(answer, behind, error));
        asked = ask();
      }
    }
  }

  /** Waits for an answer; what was taken before is committed meanwhile. */
  async #waitFor<T>(answer: Promise<T>, commits: PullCommits): Promise<T> {
    const { dueInMs } = commits;
    if (dueInMs !== undefined && !(await isDoneWithin(dueInMs, answer))) await commits.flush();
    return this.#keepingLease(answer);
  }

  #report(job: Job, rows: number): void {
    const count = this.#counts.get(job);
    if (count) count.rows += rows;
    this.#options.onProgress?.(this.#progress());
  }

  /** Keeps the lease while something is waited for. */
  async #keepingLease<T>(work: Promise<T>): Promise<T> {
    while (!(await isDoneWithin(HEARTBEAT_MS, work))) {
      const now = this.#options.now();
      if (this.#commits) await this.#commits.keepLease(this.#store, HEARTBEAT_MS);
      else if (now.getTime() - this.#renewedAt >= HEARTBEAT_MS) {
        this.#renewedAt = now.getTime();
        await this.#store.hold(() => this.#lease.renew(this.#store, now));
      }
    }
    return work;
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

/** Whether it has ended by then, well or not. */
async function isDoneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const time = sleep(ms, false, { signal: timer.signal }).catch(() => true);
  const end = work.then(
    () => true,
    () => true,
  );
  return Promise.race([end, time]).finally(() => timer.abort());
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
