import { type Cut, endOfGone, GONE, type OldRows } from '../retention/retention.ts';
import { finishCommits } from './commits.ts';
import type { ClickHouseConnection } from './connection.ts';
import { inTurn } from './turns.ts';

/** A day of which some rows stay is written anew beside the table, and put in the place of the one before. */
const KEPT = 'events_kept';

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
  // In this order no half of a call is left alone, wherever a kill and a correlation come in between.
  await removeFromKeptDays(connection, at);
  await removeDays(connection, at);
  await connection.command(
    `alter table rejected_records_stored delete where batch_id < (
       select coalesce(min(batch_id), 0) from ingest_batches where last_at >= ${at})
     settings mutations_sync = 2`,
  );
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
  await connection.command(
    `alter table replaced_events_stored delete where event_id in (${list}) settings mutations_sync = 2`,
  );
}

async function removeBefore(
  connection: ClickHouseConnection,
  table: string,
  { keptFrom }: Cut,
): Promise<void> {
  await connection.command(
    `alter table ${table}_stored delete where window_to < ${micros(keptFrom)} settings mutations_sync = 2`,
  );
}

/** Days before the cut: whole partitions, and those of which rows stay without the others. */
async function removeDays(connection: ClickHouseConnection, at: string): Promise<void> {
  const { rows: days } = await connection.select(
    `select toYYYYMMDD(occurred_at) as day, countIf(event_id not in (select event_id from ${GONE})) as kept,
       countIf(event_id in (select event_id from ${GONE})) as gone
     from events where occurred_at < ${at} group by day having gone > 0 order by day`,
  );
  for (const { day, kept } of days) {
    if (Number(kept) === 0) {
      await connection.command(`alter table events_stored drop partition ${day}`);
      continue;
    }
    await connection.command(`drop table if exists ${KEPT}`);
    await connection.command(`create table ${KEPT} as events_stored`);
    await connection.command(
      `insert into ${KEPT} select * from events_stored final
       where toYYYYMMDD(occurred_at) = ${day} and event_id not in (select event_id from ${GONE})`,
    );
    await connection.command(`alter table events_stored replace partition ${day} from ${KEPT}`);
    await connection.command(`drop table ${KEPT}`);
  }
}

/** Evidence of days that stay, of calls that go: few rows. */
async function removeFromKeptDays(connection: ClickHouseConnection, at: string): Promise<void> {
  const { rows } = await connection.select(
    `select toYYYYMMDD(occurred_at) as day, groupArray(event_id) as ids
     from ${GONE} where occurred_at >= ${at} group by day order by day`,
  );
  for (const { day, ids } of rows) {
    const list = (ids as string[]).map((id) => `'${id}'`).join(', ');
    await connection.command(
      `alter table events_stored delete in partition ${day} where event_id in (${list}) settings mutations_sync = 2`,
    );
  }
}

/** A time of ours in a statement. */
function micros(time: string): string {
  const [whole = '', fraction = ''] = time.replace('Z', '').split('.');
  const us = Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
  return `fromUnixTimestamp64Micro(${us}, 'UTC')`;
}
