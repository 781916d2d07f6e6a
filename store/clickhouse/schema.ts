import { readFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { migrationsIn } from '../schema.ts';
import { FIRST_TABLES, noteShards, refuseOtherShards } from './cluster.ts';
import type { ClickHouseConnection } from './connection.ts';
import type { Place } from './failures.ts';

const migrations = () => migrationsIn('store/clickhouse/schema');

/** The version that this program brings a database to. */
export const newest = (): number => migrations().at(-1)?.version ?? 0;

/** The statements of a file; each ends a line with a semicolon. */
export function statementsIn(text: string): string[] {
  return text
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => /\S/.test(statement.replaceAll(/^--.*$/gm, '')));
}

/** A table that is there as long as a store is being moved into the database. */
export const UNFINISHED_MOVE = 'unfinished_move';

/** The version of a database's schema; 0: it has none of ours. */
async function versionOf(connection: ClickHouseConnection, isMoving = false): Promise<number> {
  const found = await connection.select(
    `select countIf(name = 'schema_versions') as found, countIf(name = {mark:String}) as unfinished,
       anyIf(engine_full, name = 'schema_versions') as engine
     from system.tables where database = currentDatabase()`,
    { mark: UNFINISHED_MOVE },
  );
  if (!isMoving && Number(found.rows[0]?.['unfinished'] ?? 0) > 0)
    throw halfMoved(connection.place);
  if (found.rows[0]?.['found'] === 0) return 0;
  await refuseOtherShards(connection, String(found.rows[0]?.['engine']));
  const { rows } = await connection.select(
    `select coalesce(max(version), 0) as version from schema_versions`,
  );
  return Number(rows[0]?.['version']);
}

/** For who only asks: a database that this program has made, of a version that it reads. */
export async function ensureReadable(connection: ClickHouseConnection): Promise<void> {
  const { place } = connection;
  const version = await versionOf(connection);
  if (version > newest()) throw tooNew(place, version);
  if (version === newest()) return;
  await refuseForeign(connection, version);
  throw version === 0
    ? new UserError(
        'store_missing',
        `The database '${place.database}' of ClickHouse at ${place.url} holds nothing yet.`,
        "Bring evidence into it first: 'mcp-witness ingest files PATHS...'.",
      )
    : new UserError(
        'store_too_old',
        `The database '${place.database}' of ClickHouse at ${place.url} has schema version ${version}; this mcp-witness reads ${newest()}.`,
        "Run 'mcp-witness correlate' once: what writes to it brings it up to date.",
      );
}

/** For who writes: brings the schema to the newest version. What a killed process began is done again. */
export async function migrate(
  connection: ClickHouseConnection,
  { isMoving = false } = {},
): Promise<void> {
  const version = await versionOf(connection, isMoving);
  if (version > newest()) throw tooNew(connection.place, version);
  if (version === newest()) return;
  await refuseForeign(connection, version);
  await noteShards(connection);
  await connection.command(
    `create table if not exists schema_versions (version UInt32) engine = MergeTree order by version`,
  );
  for (const each of migrations().filter((migration) => migration.version > version)) {
    for (const statement of statementsIn(readFileSync(each.path, 'utf8'))) {
      await connection.command(statement);
    }
    await connection.command(`insert into schema_versions select ${each.version}`);
  }
}

/** A database that holds somebody else's tables is not ours to add to. */
async function refuseForeign(connection: ClickHouseConnection, version: number): Promise<void> {
  if (version > 0) return;
  const { rows } = await connection.select(
    `select min(name) as name, countIf(name in ({first:Array(String)})) as begun
     from system.tables where database = currentDatabase()`,
    { first: FIRST_TABLES },
  );
  const { name, begun } = rows[0] ?? {};
  if (name == null || name === '' || Number(begun) > 0) return;
  const { url, database } = connection.place;
  throw new UserError(
    'store_foreign',
    `The database '${database}' of ClickHouse at ${url} is of something else: it has a table '${name}'.`,
    'Name a database of its own in store.database; this one was left as it is.',
  );
}

function halfMoved({ url, database }: Place): UserError {
  return new UserError(
    'store_unreadable',
    `A store is being moved into the database '${database}' of ClickHouse at ${url}, and not all of it is there.`,
    "Wait until 'migrate' is done; if it was stopped, repeat it.",
  );
}

function tooNew({ url, database }: Place, version: number): UserError {
  return new UserError(
    'store_too_new',
    `The database '${database}' of ClickHouse at ${url} has schema version ${version}; this mcp-witness knows ${newest()}.`,
    'Use the newer mcp-witness that wrote it, or name another database in store.database.',
  );
}
