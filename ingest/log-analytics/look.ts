import type { TokenCredential } from '@azure/identity';
import type { UserError } from '../../core/errors.ts';
import type { LogAnalyticsSource } from '../config/sources.ts';
import { listPulls, type Pull, windowed } from '../kql.ts';
import { Logs, type Target } from '../transports/log-analytics.ts';
import { cellsOf } from './answers.ts';
import { explained, QueryFailure } from './failures.ts';
import { isoOfTicks, type Ticks, ticksOf, ticksOfMs } from './ticks.ts';

/** A table as it is now. */
export interface TableLook {
  readonly target: string;
  readonly table: string;
  /** That were ingested in the last day. */
  readonly rows: number;
  /** When the newest was ingested; undefined: none in thirty days. */
  readonly lastAt: Date | undefined;
  /** Why it cannot be queried. */
  readonly problem: UserError | undefined;
}

export interface LookOptions {
  readonly credential: TokenCredential;
  readonly now: () => Date;
  readonly limitMs: number;
}

const DAY = ticksOfMs(86_400_000);
/** Beyond it, a table is not looked through: a month of silence says enough. */
const LONG = 30n * DAY;
/** The service lets five queries of one user run beside each other. */
const AT_A_TIME = 5;

/** Asks each table of a source for its rows of the last day, with the query that pulls them. */
export async function lookAtTables(
  source: LogAnalyticsSource,
  { credential, now, limitMs }: LookOptions,
): Promise<TableLook[]> {
  const { endpoint, workspaces, resource, tables } = source;
  const logs = await Logs.open({ endpoint, credential, now, timeoutMs: limitMs, graceMs: 1_000 });
  const targets =
    resource === undefined
      ? workspaces.map((id) => ({ id, isResource: false }))
      : [{ id: resource, isResource: true }];
  const pulls = listPulls().filter(({ table }) => tables.includes(table));
  const all = targets.flatMap((target) => pulls.map((pull) => ({ target, pull })));
  const looks: TableLook[] = [];
  for (let first = 0; first < all.length; first += AT_A_TIME) {
    const some = all.slice(first, first + AT_A_TIME);
    const found = some.map((each) => lookAt(logs, source.name, each, ticksOfMs(now().getTime())));
    looks.push(...(await Promise.all(found)));
  }
  return looks;
}

interface Place {
  readonly target: Target;
  readonly pull: Pull;
}

async function lookAt(logs: Logs, source: string, place: Place, now: Ticks): Promise<TableLook> {
  const { target, pull } = place;
  const look = { target: target.id, table: pull.table };
  try {
    const day = await ask(logs, place, now, DAY);
    const { lastAt } = day.rows > 0 ? day : await ask(logs, place, now, LONG);
    return { ...look, rows: day.rows, lastAt, problem: undefined };
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    const { id, isResource } = target;
    const problem = explained(error, { source, target: id, isResource, table: pull.table });
    return { ...look, rows: 0, lastAt: undefined, problem };
  }
}

async function ask(
  logs: Logs,
  { target, pull }: Place,
  now: Ticks,
  back: Ticks,
): Promise<{ rows: number; lastAt: Date | undefined }> {
  // The column's own time may be days off what it was ingested at.
  const span = { from: now - back - 3n * DAY, to: now + 2n * DAY };
  const window = {
    time: { from: isoOfTicks(span.from), to: isoOfTicks(span.to) },
    ingested: { from: isoOfTicks(now - back), to: isoOfTicks(now + DAY) },
  };
  const sums = '| summarize rows = count(), last = max(IngestedAt)';
  const kql = windowed(pull, window, `${pull.pipeline.trimEnd()}\n${sums}`);
  const { text } = await logs.ask({ target, kql, span, signal: undefined });
  const [[rows, last] = []] = cellsOf(text);
  return {
    rows: Number(rows ?? 0),
    lastAt: typeof last === 'string' ? new Date(Number(ticksOf(last) / 10_000n)) : undefined,
  };
}
