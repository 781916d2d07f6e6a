import type { Place } from './failures.ts';

/**
 * By what the rows of a table are spread over the shards of a cluster: copies of one row are of one shard, where `final`
 * sees both. Tables that are not here do not grow with the calls, or are what processes agree by: the first shard has them.
 */
export const SPREAD_BY: Readonly<Record<string, string>> = {
  events_stored: 'event_id',
  replaced_events_stored: 'event_id',
  expired_events_stored: 'event_id',
  leaving_events: 'event_id',
  rejected_records_stored: 'record_hash',
  correlated_calls_stored: 'call_id',
  call_aliases_stored: 'alias_id',
  approvals_stored: 'event_id',
  auth_attempts_stored: 'event_id',
  model_calls_stored: 'event_id',
  sessions_stored: 'session_key',
  session_aliases_stored: 'alias',
  kept_groups_stored: 'event_id',
  kept_differences_stored: 'server_key',
  kept_clock_users_stored: 'server_key',
  kept_contested_stored: 'server_key',
  kept_lines_stored: 'id',
  kept_session_ties_stored: 'id',
};

/** Where the rows of a shard are; under the name itself stands what reads all shards. */
const onShard = (table: string): string => `${table}_local`;

/** The name by which one shard knows its own rows. */
export const local = ({ cluster }: Place, table: string): string =>
  cluster === undefined ? table : onShard(table);

/** A table that each server has of its own, such as those of `system`, read on all of them. */
export const everywhere = ({ cluster }: Place, table: string): string =>
  cluster === undefined ? table : `cluster('${cluster}', ${table})`;

/**
 * A statement that reads, with each set of a condition made once and sent along. ClickHouse hands conditions on to the
 * shards as they are written: a shard would look for a temporary table that is of this session alone.
 */
export const withSets = ({ cluster }: Place, sql: string): string =>
  cluster === undefined
    ? sql
    : sql.replaceAll(
        /(?<!\bglobal )(?<!\bglobal not )\b((?:not )?in \(\s*(?:select|with)\b)/g,
        'global $1',
      );

const DEFINITION =
  /^(create table(?: if not exists)?|create or replace view|drop table(?: if exists)?|truncate table|alter table) (\w+)([\s\S]*)$/;

const OF_SESSION = /^(?:create or replace|drop) temporary table\b/;

/**
 * What a statement becomes that may be about tables of ours. Where they are spread, ClickHouse makes, changes and drops them
 * on every server, through Keeper: the rows are in a table of each shard, beside one that stands for all of them.
 */
export function definitions(place: Place, statement: string): readonly string[] {
  const { cluster, database } = place;
  if (cluster === undefined) return [statement];
  const bare = statement.replace(/^(?:\s*--[^\n]*\n)*\s*/, '');
  const [, words = '', name = '', rest = ''] = DEFINITION.exec(bare) ?? [];
  if (name === '') {
    if (/^(?:create|alter|drop|truncate)\b/.test(bare) && !OF_SESSION.test(bare)) {
      throw new Error(`no statement for a cluster: ${statement}`);
    }
    return [withSets(place, statement)];
  }
  const on = `on cluster '${cluster}'`;
  // With the database in front: the servers that run it are in another one.
  const own = `${words} ${database}.${onShard(name)} ${on}${rest}`;
  const all = `${words} ${database}.${name} ${on}`;
  if (words === 'create or replace view') return [`${all}${withSets(place, rest)}`];
  if (words.startsWith('create table')) {
    const column = SPREAD_BY[name];
    const key = column === undefined ? '0' : `cityHash64(${column})`;
    const engine = `Distributed('${cluster}', '${database}', '${onShard(name)}', ${key})`;
    return [own, `${all} as ${database}.${onShard(name)} engine = ${engine}`];
  }
  if (words.startsWith('drop table')) return [all, own];
  // Partitions and rows are those of the shards; a column is of both.
  return /^\s+(?:add|modify|rename|drop) column\b/.test(rest) ? [own, `${all}${rest}`] : [own];
}
