import { parseDuration } from '../../core/window.ts';
import type { Store } from '../../store/store.ts';
import type { LogAnalyticsSource } from '../config/sources.ts';
import type { Span, TableQueries } from './plan.ts';
import { type Place, readProgress } from './positions.ts';
import { afterCounting, type Progress, type TickRead } from './progress.ts';
import { isoOfTicks, type Ticks, ticksOfMs } from './ticks.ts';
import { TICK_PARTS, type Window, Windows, windowsOf } from './windows.ts';

/** Which part of a table is read. */
export interface Scope {
  /** What happened then, whether it was read before or not; leaves what is known of the table. */
  readonly happened?: { readonly from: Date; readonly to: Date | undefined } | undefined;
  /** Also what is older than where reading began: from then on, or all that is kept. */
  readonly backfill?: { readonly from: Date | undefined } | undefined;
}

/** What is to be read of one table, and how far it is. */
export interface Job {
  readonly kind: 'new' | 'backfill' | 'range';
  readonly queries: TableQueries;
  readonly place: Place;
  readonly happened: Span | undefined;
  readonly windows: Windows;
  /** Everything in it has been read once the windows are. */
  readonly whole: Span;
  /** Whether the store does not know of the progress yet. */
  readonly isChanged: boolean;
  /** Of a backfill: what it comes before. */
  readonly joins?: Job;
  progress: Progress;
}

export interface Clock {
  readonly now: () => Date;
  /** By the service, once it has answered; its rows are ingested by that clock. */
  latest: Date | undefined;
}

/** Bytes of a row that were counted only. */
const USUAL_ROW_BYTES = 1_000;
/** The clock here may be behind. */
const AHEAD = ticksOfMs(600_000);
/** Rows say that they were ingested before they happened only by as much as clocks differ. */
const EARLY = ticksOfMs(86_400_000);
/** Before Log Analytics there was none. */
const FIRST = ticksOfMs(Date.parse('2015-01-01T00:00:00Z'));

export interface JobSettings {
  readonly store: Store;
  readonly source: LogAnalyticsSource;
  readonly clock: Clock;
  readonly scope: Scope;
}

/** What is to be read of a table, in order. */
export async function jobsOf(queries: TableQueries, settings: JobSettings): Promise<Job[]> {
  const { scope } = settings;
  if (scope.happened) return [await rangeOf(queries, settings, scope.happened)];
  const news = await newOf(queries, settings);
  if (!scope.backfill) return [news];
  const older = await backfillOf(queries, settings, news, scope.backfill.from);
  return older === undefined ? [news] : [news, older];
}

async function newOf(queries: TableQueries, settings: JobSettings): Promise<Job> {
  const { store, clock, source } = settings;
  const place = placeOf(queries, source, '');
  const known = await store.hold(() => readProgress(store, place));
  const begin = known?.begin ?? startOf(source, clock);
  let progress = known ?? beginningAt(begin);
  const again: Window[] = [];
  if (progress.unsettled.length > 0) {
    const { counts, at } = await queries.count(progress.unsettled);
    clock.latest = at;
    const settledBefore = ticksOfMs(at.getTime() - source.settleMs);
    const rowsAt = new Map(progress.unsettled.map(({ from }, no) => [from, counts[no] ?? 0]));
    progress = afterCounting(progress, counts, settledBefore);
    for (const { from, to, rows } of progress.unsettled) {
      const found = rowsAt.get(from) ?? 0;
      if (rows === null)
        again.push({ after: from, from, to, rows: found, bytes: found * USUAL_ROW_BYTES });
    }
  }
  const isChanged =
    known === undefined || again.length > 0 || progress.unsettled.length < known.unsettled.length;
  const until = ticksOfMs((clock.latest ?? clock.now()).getTime()) + AHEAD;
  const { windows, whole } = await planned(queries, clock, progress, { until });
  return {
    ...{ kind: 'new', queries, place, happened: undefined, whole, isChanged, progress },
    windows: new Windows([...again, ...windows]),
  };
}

async function backfillOf(
  queries: TableQueries,
  settings: JobSettings,
  joins: Job,
  from: Date | undefined,
): Promise<Job | undefined> {
  const { begin } = joins.progress;
  const { store, clock, source } = settings;
  const asked = from === undefined ? undefined : ticksOfMs(from.getTime());
  const earliest = asked ?? (await queries.earliest({ from: FIRST, to: begin }));
  if (earliest === undefined || earliest >= begin) return undefined;
  const place = placeOf(queries, source, ` before ${isoOfTicks(begin)}`);
  const known = await store.hold(() => readProgress(store, place));
  // One that wants to begin earlier than the one that was stopped begins anew.
  const progress = known && known.begin <= earliest ? known : beginningAt(earliest);
  const whole = { from: progress.position, to: begin };
  const { windows } = await planned(queries, clock, progress, { until: begin });
  return {
    ...{ kind: 'backfill', queries, place, happened: undefined, whole, progress },
    ...{ isChanged: true, joins },
    windows: new Windows(windows),
  };
}

async function rangeOf(
  queries: TableQueries,
  settings: JobSettings,
  { from, to }: NonNullable<Scope['happened']>,
): Promise<Job> {
  const { store, clock, source } = settings;
  const now = ticksOfMs((clock.latest ?? clock.now()).getTime()) + AHEAD;
  const happened = {
    from: ticksOfMs(from.getTime()),
    to: to === undefined ? now : ticksOfMs(to.getTime()),
  };
  const name = ` from ${isoOfTicks(happened.from)}${to === undefined ? '' : ` to ${isoOfTicks(happened.to)}`}`;
  const place = placeOf(queries, source, name);
  const known = await store.hold(() => readProgress(store, place));
  const progress = known ?? beginningAt(happened.from - EARLY);
  const { windows, whole } = await planned(queries, clock, progress, { until: now, happened });
  return {
    ...{ kind: 'range', queries, place, happened, whole, progress },
    isChanged: true,
    windows: new Windows(windows),
  };
}

function beginningAt(begin: Ticks): Progress {
  return { begin, position: begin, unsettled: [], within: [] };
}

/** Windows for what lies behind what was read. */
async function planned(
  queries: TableQueries,
  clock: Clock,
  { position, within }: Progress,
  { until, happened }: { readonly until: Ticks; readonly happened?: Span },
): Promise<{ windows: Window[]; whole: Span }> {
  const begun = within.find(({ at }) => at === position);
  const from = begun === undefined ? position : position + 1n;
  const { bins, at } = await queries.histogram({ ingested: { from, to: until }, happened });
  clock.latest = at;
  const answered = ticksOfMs(at.getTime());
  const end = answered < until ? answered : until;
  const whole = { from, to: end > from ? end : from };
  const windows = windowsOf(bins, whole);
  return { windows: begun === undefined ? windows : [restOf(begun), ...windows], whole };
}

/** Of a tick of which some parts were read, the others. */
function restOf({ at, parts, rows }: TickRead): Window {
  const left = Math.ceil((rows / parts) * (TICK_PARTS - parts));
  const bytes = left * USUAL_ROW_BYTES;
  const part = { from: parts, to: TICK_PARTS };
  return { after: at, from: at, to: at + 1n, rows: left, bytes, part };
}

function placeOf({ table }: TableQueries, source: LogAnalyticsSource, what: string): Place {
  return {
    source: `${source.name}/${table.target.id.toLowerCase()}`,
    partition: `${table.pull.table}${what}`,
  };
}

function startOf({ start }: LogAnalyticsSource, { now, latest }: Clock): Ticks {
  const time = Date.parse(start);
  const isTime = /^\d{4}-/.test(start);
  return ticksOfMs(isTime ? time : (latest ?? now()).getTime() - parseDuration(start));
}
