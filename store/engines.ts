import { UserError } from '../core/errors.ts';
import type { AboutDatabase, AboutServer } from './clickhouse/about.ts';
import type { ClickHouseConnection } from './clickhouse/connection.ts';
import type { Destination } from './moving/move.ts';
import { refuseOlder } from './schema.ts';
import { Store, type StoreOptions } from './store.ts';

/** Where a store is: a file of DuckDB, or a database of ClickHouse. */
export type Target = { readonly engine: 'duckdb'; readonly path: string } | ServerTarget;

export interface ServerTarget {
  readonly engine: 'clickhouse';
  readonly url: string;
  readonly database: string;
  readonly cluster?: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Opens a store for questions; what is there must be of this version. */
export async function openToRead(target: Target, options: StoreOptions): Promise<Store> {
  if (target.engine === 'clickhouse') {
    return onClickHouse(target, options, async (connection) => {
      const { ensureReadable } = await import('./clickhouse/schema.ts');
      await ensureReadable(connection);
      return clickHouseStore(connection);
    });
  }
  const store = await Store.openToRead(target.path, options);
  try {
    await refuseOlder(store);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Opens a store to make something of what is in it. */
export async function openToWrite(target: Target, options: StoreOptions): Promise<Store> {
  if (target.engine === 'duckdb') return Store.openToWrite(target.path, options);
  return onClickHouse(target, options, async (connection) => {
    const { migrate } = await import('./clickhouse/schema.ts');
    const { finishCommits } = await import('./clickhouse/commits.ts');
    const { inTurn } = await import('./clickhouse/turns.ts');
    await migrate(connection);
    await inTurn(connection, () => finishCommits(connection));
    return clickHouseStore(connection);
  });
}

/** Opens a store to add evidence to it; `hidden` are the columns that are to hold pseudonyms. */
export async function openToAdd(
  target: Target,
  options: StoreOptions,
  hidden: readonly string[],
): Promise<Store> {
  if (target.engine === 'duckdb') return Store.openToAdd(target.path, options);
  return onClickHouse(target, options, async (connection) => {
    const { migrate } = await import('./clickhouse/schema.ts');
    const { EvidenceIntake } = await import('./clickhouse/evidence-intake.ts');
    await migrate(connection);
    const intake = await EvidenceIntake.open(connection);
    await intake.refuseToHide(hidden);
    return Store.before(`${target.url}/${target.database}`, intake, options);
  });
}

/** Opens a store to make something of what is in it by and by, while others read and add. */
export async function openToUpdate(target: Target, options: StoreOptions): Promise<Store> {
  return target.engine === 'duckdb'
    ? Store.openToAdd(target.path, options)
    : openToWrite(target, options);
}

/** Prepares an empty target for a store that is moved into it. */
export async function openToMove(target: Target, options: StoreOptions): Promise<Destination> {
  if (target.engine === 'duckdb') {
    const { intoFile } = await import('./moving/into-file.ts');
    return intoFile(target.path, options);
  }
  return onClickHouse(target, options, async (connection) => {
    const { intoDatabase } = await import('./clickhouse/moving.ts');
    return intoDatabase(connection);
  });
}

/** What a server tells of itself and of the database; a UserError in its place says why there is none to ask. */
export async function aboutStore(
  target: ServerTarget,
  options: StoreOptions,
): Promise<{ readonly server: AboutServer; readonly database: AboutDatabase | UserError }> {
  return onClickHouse(target, options, async (connection) => {
    const { aboutDatabase, aboutServer } = await import('./clickhouse/about.ts');
    const server = await aboutServer(connection);
    const database = await aboutDatabase(connection).catch((error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    });
    await connection.close();
    return { server, database };
  });
}

async function clickHouseStore(connection: ClickHouseConnection): Promise<Store> {
  const { ClickHouseStore } = await import('./clickhouse/clickhouse-store.ts');
  return new ClickHouseStore(connection);
}

async function onClickHouse<T>(
  target: ServerTarget,
  { self, patienceMs }: StoreOptions,
  work: (connection: ClickHouseConnection) => Promise<T>,
): Promise<T> {
  const { ClickHouseConnection } = await import('./clickhouse/connection.ts');
  const connection = await ClickHouseConnection.open({ ...target, self, timeoutMs: patienceMs });
  try {
    return await work(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}
