import type { ClickHouseConnection } from './connection.ts';
import { placeOf } from './tables.ts';

/** So many events are found by their ids; with more the set of ids costs more than it spares. */
const MOST_IDS = 100_000;

/**
 * A condition on events as one by which only their days and, where they are few, only the granules of their ids are
 * read: a `final` table is filtered after all its columns were read. To find out takes two columns of all days.
 */
export async function narrowed(
  connection: ClickHouseConnection,
  table: string,
  condition: string,
): Promise<string> {
  if (table !== 'events') return condition;
  const events = placeOf(connection, table);
  const day = 'toYYYYMMDD(occurred_at)';
  const { rows } = await connection.select(
    `select ${day} as day, count() as found from ${events} where ${condition} group by day order by day`,
  );
  if (rows.length === 0) return 'false';
  const onDays = `${day} in (${rows.map((row) => Number(row['day'])).join(', ')})`;
  const found = rows.reduce((sum, row) => sum + Number(row['found']), 0);
  return found > MOST_IDS
    ? `${condition} and ${onDays}`
    : `${condition} and ${onDays} and event_id in (select event_id from ${events} where ${condition})`;
}
