import type { TokenCredential } from '@azure/identity';
import type { UserError } from '../../core/errors.ts';
import { withinTime } from '../../core/time-limit.ts';
import type { LogAnalyticsSource } from '../config/sources.ts';
import { listPulls, type Pull, windowed } from '../kql.ts';
import { Logs, type Target } from '../transports/log-analytics.ts';
import { cellsOf } from './answer.ts';
import { explained, failureOfClient, QueryFailure } from './failures.ts';
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
/** An answer that says that there was no time is waited for a little longer. */
const GRACE_MS = 1_000;
/** The service lets five queries of one user run beside each other. */
const AT_A_TIME = 5;

/** Asks each table of a source for its rows of the last day, with the query that pulls them. */
export async function lookAtTables(
  source: LogAnalyticsSource,
  { credential, now, limitMs }: LookOptions,
): Promise<TableLook[]> {
  const { endpoint, workspaces, resource, tables } = source;
  const logs = await Logs.open({
    endpoint,
    credential,
    now,
    timeoutMs: limitMs,
    graceMs: GRACE_MS,
  });
  const targets =
    resource === undefined
      ? workspaces.map((id) => ({ id, isResource: false }))
      : [{ id: resource, isResource: true }];
  const pulls = listPulls().filter(({ table }) =>
    tables.some((each) => each.toLowerCase() === table.toLowerCase()),
  );
  const all = targets.flatMap((target) => pulls.map((pull) => ({ target, pull })));
  const looks: TableLook[] = [];
  for (let first = 0; first < all.length; first += AT_A_TIME) {
    const some = all.slice(first, first + AT_A_TIME);
    const at = ticksOfMs(now().getTime());
    const found = some.map((each) => lookAt(logs, source.name, each, at, limitMs));
    looks.push(...(await Promise.all(found)));
  }
  return looks;
}

interface Place {
  readonly target: Target;
  readonly pull: Pull;
}

async function lookAt(
  logs: Logs,
  source: string,
  place: Place,
  now: Ticks,
  limitMs: number,
): Promise<TableLook> {
  const { target, pull } = place;
  const look = { target: target.id, table: pull.table };
  const asked = (back: Ticks) =>
    withinTime(limitMs + 2 * GRACE_MS, () => ask(logs, place, now, back));
  try {
    const day = await asked(DAY);
    const { lastAt } = day.rows > 0 ? day : await asked(LONG);
    return { ...look, rows: day.rows, lastAt, problem: undefined };
  } catch (error) {
    const failure = error instanceof QueryFailure ? error : failureOfClient(error);
    const { id, isResource } = target;
    const problem = explained(failure, { source, target: id, isResource, table: pull.table });
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
  const { body } = await logs.ask({ target, kql, span, signal: undefined });
  const [[rows, last] = []] = cellsOf(body);
  return {
    rows: Number(rows ?? 0),
    lastAt: typeof last === 'string' ? new Date(Number(ticksOf(last) / 10_000n)) : undefined,
  };
}
