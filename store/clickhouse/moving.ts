import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { type Destination, writtenFor } from '../moving/move.ts';
import { MOVED } from '../moving/tables.ts';
import { Store } from '../store.ts';
import { ClickHouseStore } from './clickhouse-store.ts';
import type { ClickHouseConnection } from './connection.ts';
import { replaceTables } from './generations.ts';
import { migrate, UNFINISHED_MOVE } from './schema.ts';
import { stored } from './tables.ts';

/** A database that holds nothing, or part of a move that was killed. As long as the mark is there nobody else opens it. */
export async function intoDatabase(connection: ClickHouseConnection): Promise<Destination> {
  const { rows: marks } = await connection.select(
    'select count() as found from system.tables where database = currentDatabase() and name = {name:String}',
    { name: UNFINISHED_MOVE },
  );
  const isResumed = Number(marks[0]?.['found']) > 0;
  await migrate(connection, { isMoving: true });
  if (!isResumed) {
    await refuseFull(connection);
    await connection.command(
      `create table ${UNFINISHED_MOVE} (since DateTime) engine = MergeTree order by since`,
    );
  }
  const near = await Store.inMemory({});
  const generational = await tablesOfGenerations(connection);
  const store = new ClickHouseStore(connection);
  const insert = async (
    table: string,
    file: string,
    folder: string,
    extra?: string,
  ): Promise<void> => {
    const into = join(folder, 'sent.parquet');
    await writtenFor(near, file, { table, into, ...(extra !== undefined && { extra }) });
    // A token of its own: what was dropped and is sent again is no repetition.
    await connection.insert(stored(table), 'Parquet', createReadStream(into), randomUUID());
  };
  return {
    store,
    isResumed,
    isWhole: ({ name, at }) => generational.has(name) || at === undefined,
    fill: async ({ name }, chunks, write, folder) => {
      const file = join(folder, 'rows.parquet');
      const send = async (extra?: string): Promise<void> => {
        for (const chunk of chunks) {
          if (extra === undefined) await clear(connection, name, chunk.dayNo);
          if ((await write(chunk, file)) > 0) await insert(name, file, folder, extra);
        }
      };
      if (!generational.has(name)) return send();
      await replaceTables(connection, {
        [name]: (generation) => send(`${generation}::ubigint as generation, `),
      });
    },
    finish: async () => {
      await connection.command(`drop table ${UNFINISHED_MOVE}`);
      near.close();
      await connection.close();
    },
  };
}

async function clear(
  connection: ClickHouseConnection,
  table: string,
  dayNo: number | undefined,
): Promise<void> {
  if (dayNo === undefined) return connection.command(`truncate table ${stored(table)}`);
  const day = new Date(dayNo * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  await connection.command(`alter table ${stored(table)} drop partition ${day}`);
}

async function tablesOfGenerations(connection: ClickHouseConnection): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { name } of MOVED) {
    const { rows } = await connection.select(`describe table ${stored(name)}`);
    if (rows.some((column) => column['name'] === 'generation')) names.add(name);
  }
  return names;
}

async function refuseFull(connection: ClickHouseConnection): Promise<void> {
  const counts = MOVED.map(({ name }) => `select count() as rows from ${stored(name)}`);
  const { rows } = await connection.select(
    `select sum(rows) as rows from (${counts.join(' union all ')})`,
  );
  if (Number(rows[0]?.['rows']) === 0) return;
  const { url, database } = connection.place;
  throw new UserError(
    'store_foreign',
    `The database '${database}' of ClickHouse at ${url} holds rows already: a store is moved to where there is none.`,
    "Name an empty database in 'store.database' of the config that --to names.",
  );
}
