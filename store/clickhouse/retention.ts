import { type Cut, endOfGone, GONE, type OldRows } from '../retention/retention.ts';
import { finishCommits } from './commits.ts';
import type { ClickHouseConnection } from './connection.ts';
import { removeRows } from './remove-rows.ts';
import { local } from './spread.ts';
import { inTurn } from './turns.ts';

/** What goes, for each shard to find beside its evidence. */
const LEAVING = 'leaving_events';

/**
 * Removes what was counted. First it is said what goes, so that none of it can come back; then days go as partitions.
 * A process that is killed in between is made up for by the next: what it finds is what is left to remove, and the
 * books are those of the first.
 */
export async function removeFromServer(
  connection: ClickHouseConnection,
  cut: Cut,
  counts: readonly OldRows[],
  appliedAt: string,
): Promise<void> {
  // A commit is before this, or after it: then it brings nothing that is too old.
  await inTurn(connection, async () => {
    await finishCommits(connection);
    await noteBooks(connection, cut, counts, appliedAt);
  });
  if (cut.class === 'verdicts') {
    for (const { table } of counts) await removeBefore(connection, table, cut);
    return;
  }
  const at = micros(cut.keptFrom);
  await connection.command(
    `insert into expired_events_stored select event_id, occurred_at from ${GONE} where occurred_at >= ${at}`,
  );
  await noteGap(connection, cut, appliedAt);
  await forgetReplaced(connection);
  await connection.command(`drop table if exists ${LEAVING}`);
  await connection.command(
    `create table ${LEAVING} (event_id String) engine = MergeTree order by event_id`,
  );
  await connection.command(`insert into ${LEAVING} select event_id from ${GONE}`);
  // In this order no half of a call is left alone, wherever a kill and a correlation come in between.
  await removeFromKeptDays(connection, at);
  await removeDays(connection, at);
  await connection.command(`drop table ${LEAVING}`);
  const { rows: batches } = await connection.select(
    `select coalesce(min(batch_id), 0) as first from ingest_batches where last_at >= ${at}`,
  );
  const first = Number(batches[0]?.['first']);
  await removeRows(connection, 'rejected_records_stored', `where batch_id < ${first}`);
}

async function noteBooks(
  connection: ClickHouseConnection,
  { class: name, keptFrom }: Cut,
  counts: readonly OldRows[],
  appliedAt: string,
): Promise<void> {
  const at = micros(keptFrom);
  const { rows } = await connection.select(
    `select count() as found from retention_runs where class = {name:String} and kept_from = ${at}`,
    { name },
  );
  if (Number(rows[0]?.['found']) > 0) return;
  const books = counts.map(
    ({ table, rows: removed }) =>
      `('${name}', ${at}, '${table}', ${removed}, ${micros(appliedAt)})`,
  );
  await connection.command(`insert into retention_runs_stored values ${books.join(', ')}`);
}

async function noteGap(
  connection: ClickHouseConnection,
  cut: Cut,
  appliedAt: string,
): Promise<void> {
  await connection.command(
    `insert into stream_gaps_stored
     select 'retention', 'evidence', 'removed', 1,
       (select sum(removed) from retention_runs where table_name = 'events'),
       null, ${micros(endOfGone(cut))}, ${micros(appliedAt)}`,
  );
}

/** No copy that is gone is waited for. */
async function forgetReplaced(connection: ClickHouseConnection): Promise<void> {
  const { rows } = await connection.select(
    `select distinct event_id from replaced_events_stored where event_id in (select event_id from ${GONE})`,
  );
  if (rows.length === 0) return;
  const list = rows.map(({ event_id: id }) => `'${id}'`).join(', ');
  await removeRows(connection, 'replaced_events_stored', `where event_id in (${list})`);
}

async function removeBefore(
  connection: ClickHouseConnection,
  table: string,
  { keptFrom }: Cut,
): Promise<void> {
  await removeRows(connection, `${table}_stored`, `where window_to < ${micros(keptFrom)}`);
}

/** Days before the cut: whole partitions, and of those of which rows stay the others. */
async function removeDays(connection: ClickHouseConnection, at: string): Promise<void> {
  const { rows: days } = await connection.select(
    `select toYYYYMMDD(occurred_at) as day, countIf(event_id not in (select event_id from ${GONE})) as kept,
       countIf(event_id in (select event_id from ${GONE})) as gone
     from events where occurred_at < ${at} group by day having gone > 0 order by day`,
  );
  for (const { day, kept } of days) {
    if (Number(kept) === 0) {
      await connection.command(`alter table events_stored drop partition ${day}`);
    } else await removeLeaving(connection, Number(day));
  }
}

/** Evidence of days that stay, of calls that go: few rows. */
async function removeFromKeptDays(connection: ClickHouseConnection, at: string): Promise<void> {
  const { rows } = await connection.select(
    `select distinct toYYYYMMDD(occurred_at) as day from ${GONE} where occurred_at >= ${at} order by day`,
  );
  for (const { day } of rows) await removeLeaving(connection, Number(day));
}

async function removeLeaving(connection: ClickHouseConnection, day: number): Promise<void> {
  const { place } = connection;
  const leaving = `${place.database}.${local(place, LEAVING)}`;
  await removeRows(
    connection,
    'events_stored',
    `in partition ${day} where event_id in (select event_id from ${leaving})`,
  );
}

/** A time of ours in a statement. */
function micros(time: string): string {
  const [whole = '', fraction = ''] = time.replace('Z', '').split('.');
  const us = Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
  return `fromUnixTimestamp64Micro(${us}, 'UTC')`;
}
