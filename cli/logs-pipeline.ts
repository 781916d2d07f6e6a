import { UserError } from '../core/errors.ts';
import { grouped } from '../core/grouped.ts';
import { parseInstant } from '../core/window.ts';
import type { Config, LogAnalyticsSource } from '../ingest/config/config.ts';
import type {
  LogAnalyticsOptions,
  LogAnalyticsSummary,
  PullProgress,
  TablePlan,
  TableProgress,
} from '../ingest/ingest-log-analytics.ts';
import type { Redaction } from '../ingest/redaction.ts';
import type { Store } from '../store/store.ts';
import { sayRedacted, saySetAside, tallyText } from './hub-pipeline.ts';
import type { Io } from './io.ts';
import { PULL_MEMORY } from './open.ts';

/** What is to be read, as it was typed. */
export interface PullOptions {
  readonly from?: string;
  readonly to?: string;
  readonly backfill?: boolean;
  readonly plan?: boolean;
}

type Scope = Pick<LogAnalyticsOptions, 'happened' | 'backfill'>;

/** The sources of the config that are Log Analytics, or the one that is named. */
export function logsOf(config: Config, name: string | undefined): LogAnalyticsSource[] {
  const logs = config.sources.filter((source) => source.kind === 'log-analytics');
  const wanted = name === undefined ? logs : logs.filter((each) => each.name === name);
  if (wanted.length > 0) return wanted;
  const file = config.file ?? 'The default config';
  throw new UserError(
    'config_invalid',
    name === undefined
      ? `${file} names no source of the kind 'log-analytics'.`
      : `${file} names no source '${name}' of the kind 'log-analytics'.`,
    logs.length > 0
      ? `Use one of: ${logs.map((each) => each.name).join(', ')}.`
      : "Add one under 'sources:', such as { name: workspace, kind: log-analytics, workspace_id: 00000000-0000-0000-0000-000000000000, tables: [ApiManagementGatewayLogs, AppRequests] }.",
  );
}

/** Which part of the tables is meant. */
export function scopeOf({ from, to, backfill }: PullOptions, now: Date): Scope {
  const start = from === undefined ? undefined : parseInstant(from, now);
  const end = to === undefined ? undefined : parseInstant(to, now);
  if (backfill === true) {
    if (end === undefined) return { backfill: { from: start } };
    throw new UserError(
      'usage_invalid',
      '--backfill ends where reading began; --to says another end.',
      'Leave out --to, or leave out --backfill to read a time whatever was read before.',
    );
  }
  if (start === undefined) {
    if (end === undefined) return {};
    throw new UserError('usage_invalid', '--to needs --from.', 'Say with --from where to begin.');
  }
  if (end !== undefined && start >= end) {
    throw new UserError(
      'usage_invalid',
      `The window from ${start.toISOString()} to ${end.toISOString()} is empty.`,
      'Choose a start that is before the end.',
    );
  }
  return { happened: { from: start, to: end } };
}

/** Pulls the tables of a source into the store and says what became of their rows. */
export async function ingestLogsInto(
  store: Store,
  source: LogAnalyticsSource,
  io: Io,
  redaction: Redaction,
  options: PullOptions = {},
): Promise<LogAnalyticsSummary> {
  const { ingestLogAnalytics } = await import('../ingest/ingest-log-analytics.ts');
  const { storeKey } = await import('../ingest/store-key.ts');
  const { asIngest } = await import('./telemetry/stages.ts');
  io.isStoppable = true;
  const pull = () =>
    ingestLogAnalytics(store, source, {
      redaction,
      ...scopeOf(options, io.now()),
      key: storeKey(store.path, io.env['MCP_WITNESS_KEY']),
      now: io.now,
      claimant: io.self,
      signal: io.signal,
      onPlan: (plan) => {
        for (const table of plan)
          if (options.plan || table.rows > 0) io.err(`plan: ${planText(table)}\n`);
        return options.plan !== true;
      },
      onProgress: (progress) => io.progress(progressText(progress)),
    });
  const summary = await asIngest(source, () => store.withMemoryLimit(PULL_MEMORY, pull)).finally(
    () => {
      io.isStoppable = false;
    },
  );
  if (options.plan === true) return summary;
  for (const table of summary.tables) io.err(`ingest: ${tableText(table)}\n`);
  io.err(`ingest: ${source.name}, ${tallyText(summary)}\n`);
  sayRedacted(summary, io);
  saySetAside(summary, store, io);
  return summary;
}

const SAID_OF: Readonly<Record<TablePlan['kind'], string>> = {
  new: '',
  backfill: ', older',
  range: ', of that time',
};

function planText({ target, table, kind, rows, bytes, queries }: TablePlan): string {
  return `${table} in ${target}${SAID_OF[kind]}: ${grouped(rows)} rows, about ${sizeText(bytes)}, ${grouped(queries)} ${queries === 1 ? 'query' : 'queries'}`;
}

function sizeText(bytes: number): string {
  return bytes < 1e6
    ? `${grouped(Math.ceil(bytes / 1e3))} KB`
    : `${grouped(Math.round(bytes / 1e6))} MB`;
}

function tableText({ target, table, kind, rows }: TableProgress): string {
  return `${table} in ${target}${SAID_OF[kind]}: ${grouped(rows)} rows`;
}

function progressText({ source, rowsPerSecond, tables }: PullProgress): string {
  const sum = (of: (each: TableProgress) => number) =>
    tables.reduce((total, each) => total + of(each), 0);
  const [rows, expected] = [sum((each) => each.rows), sum((each) => each.expected)];
  const current = tables.find((each) => each.rows < each.expected)?.table ?? '';
  const share = expected === 0 ? 100 : Math.min(100, Math.floor((rows / expected) * 100));
  return `ingest ${source}  ${grouped(rows)} of about ${grouped(expected)} rows (${share} %)  ${grouped(Math.round(rowsPerSecond))}/s  ${current}`;
}
