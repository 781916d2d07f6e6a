import type { Compared } from '../publishing.ts';
import type { ClickHouseConnection } from './connection.ts';
import { placeOf, publishedColumns } from './tables.ts';

/**
 * Makes the temporary table `into` of the rows that differ between a published table and what is to take the place of some
 * of it. They are compared by key and a hash of the whole row; rows that are alike are counted, so that none comes or goes
 * unseen.
 */
export async function compareRows(
  connection: ClickHouseConnection,
  into: string,
  { table, key, replaced, made }: Compared,
): Promise<number> {
  const all = placeOf(connection, table);
  const columns = (await publishedColumns(connection, table)).join(', ');
  await connection.command(
    `create or replace temporary table ${into} engine = MergeTree order by tuple() as
     select ${key ?? 'one'}, sum(side) as side
     from (
       select ${key ?? 'true as one'}, sipHash64(formatRow('RowBinary', ${columns})) as content, side
       from (
         select ${columns}, 1 as side from ${made}
         union all
         select ${columns}, -1 as side from ${all} where ${replaced}
       )
     )
     group by ${key ?? 'one'}, content
     having sum(side) <> 0`,
  );
  const { rows } = await connection.select(`select count() as rows from ${into}`);
  return Number(rows[0]?.['rows']);
}
