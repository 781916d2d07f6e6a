import type { ClickHouseConnection } from './connection.ts';
import type { Place } from './failures.ts';

/** Tables that commits add rows to. The rows of a commit are those of its batches. */
export const EVIDENCE: readonly string[] = [
  'events',
  'rejected_records',
  'redactions',
  'unreadable_values',
  'expired_records',
  'replaced_events',
  // Last: who reads meanwhile finds the books of what is there.
  'ingest_batches',
];

/** Where sources stand that are read on, and what is missing of them: part of the commit of their events. */
export const STREAMS: readonly string[] = ['checkpoints', 'stream_gaps'];

/** Tables that are replaced as a whole when the files of the config are loaded. */
export const LOADED: readonly string[] = [
  'inventory_servers',
  'inventory_server_names',
  'inventory_agents',
  'inventory_agent_names',
  'inventory_tools',
  'prices',
  'loaded_files',
];

/** The table behind a published name. */
export const stored = (table: string): string => `${table}_stored`;

/** A published name, whatever temporary table of the session stands before it. */
export const placeOf = ({ place }: { readonly place: Place }, table: string): string =>
  `"${place.database}"."${table}"`;

const columnNames = new WeakMap<ClickHouseConnection, Map<string, readonly string[]>>();

/** The columns of a published table, in quotes; they do not change while a process has it open. */
export async function publishedColumns(
  connection: ClickHouseConnection,
  table: string,
): Promise<readonly string[]> {
  const known = columnNames.get(connection) ?? new Map<string, readonly string[]>();
  columnNames.set(connection, known);
  const names = known.get(table);
  if (names !== undefined) return names;
  const { rows } = await connection.select(`describe table ${placeOf(connection, table)}`);
  const columns = rows.map(({ name }) => `"${name}"`);
  known.set(table, columns);
  return columns;
}

/** How it is told which day a row is of, in a table whose days are replaced apart. */
export interface Day {
  /** Of a row that is stored, the second part of its partition. */
  readonly stored: string;
  /** Of what is an event's: the column of its id. Its day is a column `day` that only ClickHouse has. */
  readonly eventId?: string;
}

const ofEvent = (eventId: string): Day => ({ stored: 'day', eventId });

/** The tables whose partitions are of a generation and a day. All others are replaced as a whole. */
export const DAYS: Readonly<Record<string, Day>> = {
  correlated_calls: { stored: 'toYYYYMMDD("timestamp")' },
  auth_attempts: { stored: 'toYYYYMMDD("timestamp")' },
  model_calls: { stored: 'toYYYYMMDD("timestamp")' },
  kept_groups: ofEvent('event_id'),
  kept_differences: ofEvent('server_key'),
  kept_clock_users: ofEvent('server_key'),
  kept_contested: ofEvent('server_key'),
  kept_lines: ofEvent('id'),
  kept_session_ties: ofEvent('id'),
};
