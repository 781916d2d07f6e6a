import { readFileSync } from 'node:fs';
import { DuckDBInstance, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { UserError } from '../core/errors.ts';
import { packagePath } from '../core/package-root.ts';
import { noteStop } from '../core/under-way.ts';
import { Connection } from './connection.ts';
import { openFailed, readFailed, sqlFailed, userSqlFailed } from './failures.ts';
import type { Claimant } from './lease.ts';
import { fewThreadsFor, onOneThread, sparingly } from './one-thread.ts';
import { ownPath, removeLeftovers } from './own-files.ts';
import type { PartitionOwnership } from './ownership.ts';
import type { ParquetRows } from './parquet-rows.ts';
import { patientlyToRead, patientlyToWrite, READER_PATIENCE, WRITER_PATIENCE } from './patience.ts';
import type { Generations } from './publishing.ts';
import { removeFromFile } from './retention/remove.ts';
import type { Cut, OldRows } from './retention/retention.ts';
import { rewriteFile } from './rewrite-file.ts';
import { ensureDatabase, migrate, refuseForeign, refuseNewer } from './schema.ts';
import { quoted, SharedFile } from './shared-file.ts';
import { readSqlFile, type SqlFile, toDuckDb, usedParameters } from './sql-file.ts';
import { mending } from './torn-block.ts';
import {
  fromDuckDb,
  type Parameter,
  type Row,
  toDuckDbValue,
  typeOfParameter,
  type Value,
} from './values.ts';

export type { Parameter, Row, Value } from './values.ts';

export interface StoreOptions {
  /** Bytes DuckDB may use before it spills, as DuckDB writes it: '1500MB'. */
  readonly memoryLimit?: string;
  /** Threads that one statement may use; as many as there are processors when absent. */
  readonly threads?: number;
  /** How long a reader waits for who has the file, or for an answer of a server, in milliseconds; patiently when absent. */
  readonly patienceMs?: number;
  /** Whose files beside the database are; what killed processes have left there is removed where it is said. */
  readonly self?: Claimant;
}

export interface Bounds {
  readonly maxRows: number;
  readonly timeoutMs: number;
}

export interface BoundedRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
  /** There were more rows than `maxRows`. */
  readonly isCut: boolean;
}

/** A temporary table that has a value for some keys, one row for each. */
export interface Values {
  readonly from: string;
  readonly key: string;
  readonly value: string;
}

/** Where the tables are that a store works on, and how long they are its own. */
export interface Holder {
  readonly hold: <T>(store: Store, work: () => Promise<T>) => Promise<T>;
  readonly holdToRead: <T>(store: Store, work: () => Promise<T>) => Promise<T>;
  /** Makes events that are known and elsewhere be at hand, where `relation` has their ids. */
  readonly bringKnown?: (store: Store, relation: string) => Promise<void>;
  readonly ownership?: PartitionOwnership;
  readonly close?: () => Promise<void>;
}

interface Inside extends Pick<StoreOptions, 'memoryLimit'> {
  readonly holder?: Holder;
  readonly isFile?: boolean;
}

/** Settings of every connection: UTC, and nothing that reaches out of the machine. */
const SETTINGS: Readonly<Record<string, string>> = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * A table's rows have no order. To keep one, the engine holds back what its threads have ready, and they wait for each
 * other where memory is short. Each part is written when it is full: of several at once a thread holds all in memory,
 * and what of them is left in the end the threads write one after the other.
 */
const AS_IT_COMES: Readonly<Record<string, string>> = {
  preserve_insertion_order: 'false',
  write_buffer_row_group_count: '1',
};

/**
 * Each small commit of a store that adds by and by leaves a small part in its tables. A checkpoint would join all of them, and hold
 * the file for seconds: so many times at most it joins some.
 */
const JOINED_AT_ONCE = 2;

/** The one door to a DuckDB database. Opened to read or to write, closed by `using`. */
class DuckDbStore implements Disposable {
  readonly path: string;
  /** There is a file at `path`, or it is in memory. */
  readonly isFile: boolean;
  /** Of a store whose published tables are replaced as a whole. */
  readonly generations: Generations | undefined = undefined;
  readonly #instance: DuckDBInstance;
  readonly #connection: Connection;
  readonly #forgetStop: () => void;
  /** Of a store that holds its file only now and then. */
  readonly #holder: Holder | undefined;
  /** As it was opened with. */
  readonly #memoryLimit: string | undefined;
  /** What the engine calls the database, once that was asked. */
  #database: string | undefined;

  private constructor(
    path: string,
    instance: DuckDBInstance,
    connection: Connection,
    { memoryLimit, holder, isFile = true }: Inside,
  ) {
    this.path = path;
    this.#instance = instance;
    this.#connection = connection;
    this.#holder = holder;
    this.isFile = isFile;
    this.#memoryLimit = memoryLimit;
    this.#forgetStop = noteStop(() => connection.interrupt());
  }

  /** Opens an existing database; never creates one, never writes to it. */
  static async openToRead(path: string, options: StoreOptions = {}): Promise<DuckDbStore> {
    ensureDatabase(path);
    const store = await patientlyToRead(
      path,
      () => DuckDbStore.#open(path, { ...fewThreadsFor(path), access_mode: 'READ_ONLY' }, options),
      options.patienceMs ?? READER_PATIENCE,
    );
    return store.#prepare(async () => {
      await refuseForeign(store);
      await refuseNewer(store);
    });
  }

  /** Opens a database to write, creates it when it is not there, and brings its schema up to date. */
  static async openToWrite(path: string, options: StoreOptions = {}): Promise<DuckDbStore> {
    ensureDatabase(path, { orAbsent: true });
    const store = await patientlyToWrite(
      path,
      () => DuckDbStore.#open(path, AS_IT_COMES, options),
      WRITER_PATIENCE,
    );
    if (options.self !== undefined) removeLeftovers(path, options.self);
    return store.#prepare(async () => {
      await refuseForeign(store);
      await refuseNewer(store);
      await migrate(store);
    });
  }

  /**
   * Opens a database to add to it by and by; creates it when it is not there, and brings its schema up
   * to date. Temporary tables are at hand all the time, the database's own within `hold` alone: other
   * processes can read the file meanwhile.
   */
  static async openToAdd(path: string, options: StoreOptions = {}): Promise<DuckDbStore> {
    (await DuckDbStore.openToWrite(path, options)).close();
    const config = {
      ...SETTINGS,
      ...AS_IT_COMES,
      ...limits(options),
      ...spilling(path, options),
      // Nothing was added yet that is worth to be joined.
      max_vacuum_tasks: '0',
    };
    const instance = await DuckDBInstance.create(':memory:', config);
    const holder = new SharedFile(path, options.self);
    const store = new DuckDbStore(path, instance, await connected(instance), {
      ...options,
      holder,
    });
    return store.#prepare(async () => undefined);
  }

  /** A database that is gone when the process is. By one thread, as most of these hold next to nothing; `{}`: by all. */
  static async inMemory(
    options: Pick<StoreOptions, 'threads'> = { threads: 1 },
  ): Promise<DuckDbStore> {
    const store = await DuckDbStore.#open(':memory:', AS_IT_COMES, options);
    return store.#prepare(() => migrate(store));
  }

  /**
   * A database in memory that stands for one elsewhere, which is called `path`: what is added to it within `hold` is
   * carried there by `holder`. It spills nothing.
   */
  static async before(
    path: string,
    holder: Holder | undefined,
    options: Pick<StoreOptions, 'memoryLimit' | 'threads'> = {},
  ): Promise<DuckDbStore> {
    const config = { ...SETTINGS, ...AS_IT_COMES, ...limits(options), temp_directory: '' };
    const instance = await DuckDBInstance.create(':memory:', config);
    const connection = await connected(instance);
    const store = new DuckDbStore(path, instance, connection, {
      ...options,
      ...(holder !== undefined && { holder }),
      isFile: false,
    });
    return store.#prepare(() => migrate(store));
  }

  /**
   * Writes a database anew in the place of its file: what was changed or deleted in it stays in the
   * old file's free blocks, and is gone with them. Nobody may hold the file.
   */
  static async rewrite(path: string, options: StoreOptions = {}): Promise<void> {
    using store = await DuckDbStore.#open(':memory:', spilling(path, options), options);
    await rewriteFile(store, path);
  }

  static async #open(
    path: string,
    settings: Readonly<Record<string, string>>,
    options: StoreOptions,
  ): Promise<DuckDbStore> {
    const config = { ...SETTINGS, ...settings, ...limits(options), ...spilling(path, options) };
    const isReader = settings['access_mode'] === 'READ_ONLY';
    try {
      const create = () => DuckDBInstance.create(path, config);
      const instance = await (isReader ? create() : mending(path, create));
      return new DuckDbStore(path, instance, await connected(instance), options);
    } catch (error) {
      throw isReader ? readFailed(path, error) : openFailed(path, error);
    }
  }

  async #prepare(check: () => Promise<void>): Promise<DuckDbStore> {
    try {
      await this.script("set TimeZone = 'UTC'");
      await check();
      await this.script(readFileSync(packagePath('store/prelude/duckdb.sql'), 'utf8'));
      return this;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Does `work` with further connections to the same database, which run beside each other. They
   * are the parallelism then: the engine gives each statement one thread, because two statements
   * that share two threads wait for each other more than they gain. Nothing is spilled meanwhile:
   * what does not fit in memory fails, so that text of temporary tables cannot reach the disk. A
   * checkpoint, which may want to spill, waits until the work is done. What small parts it leaves in the tables
   * the next checkpoints join; beside whole parts, each a little over a row group, the engine would write three of
   * them again to be rid of one.
   */
  async withForks<T>(
    count: number,
    work: (forks: readonly DuckDbStore[]) => Promise<T>,
    leavesWholeParts: (result: T) => boolean = () => false,
  ): Promise<T> {
    let parts = JOINED_AT_ONCE;
    try {
      await this.script(
        "set max_temp_directory_size = '0 bytes'; set checkpoint_threshold = '100GB'; set max_vacuum_tasks = 0",
      );
      const result = await onOneThread(this, () => this.#forked(count, work));
      if (leavesWholeParts(result)) parts = 0;
      return result;
    } finally {
      await this.script(
        `reset max_temp_directory_size; reset checkpoint_threshold; checkpoint; set max_vacuum_tasks = ${parts}`,
      );
    }
  }

  async #forked<T>(count: number, work: (forks: readonly DuckDbStore[]) => Promise<T>): Promise<T> {
    const forks: DuckDbStore[] = [];
    try {
      for (let no = 0; no < count; no += 1) forks.push(await this.#fork());
      return await work(forks);
    } finally {
      await Promise.all(forks.map((fork) => fork.#leave()));
    }
  }

  /** Does `work` within so much memory; afterwards the store has again what it was opened with. */
  async withMemoryLimit<T>(limit: string, work: () => Promise<T>): Promise<T> {
    await this.script(`set memory_limit = '${limit}'`);
    try {
      return await work();
    } finally {
      const before = this.#memoryLimit;
      await this.script(
        before === undefined ? 'reset memory_limit' : `set memory_limit = '${before}'`,
      );
    }
  }

  /**
   * Does `work` while this process holds the database's file. Of a store that was opened to add to it
   * one connection works at a time, and waits for readers of other processes; every other store holds
   * its file anyway.
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    return this.#holder === undefined ? work() : this.#holder.hold(this, work);
  }

  /**
   * As `hold`, for work that changes temporary tables alone: it sees the database as it was when it began,
   * and others can read and write meanwhile.
   */
  async holdToRead<T>(work: () => Promise<T>): Promise<T> {
    return this.#holder === undefined ? work() : this.#holder.holdToRead(this, work);
  }

  /** Who reads which partition of a stream; undefined where one process adds to the store, and so reads all of them. */
  get ownership(): PartitionOwnership | undefined {
    return this.#holder?.ownership;
  }

  /** Makes events that are stored elsewhere be at hand, where `relation` has their ids; only within `hold`. */
  async bringKnown(relation: string): Promise<void> {
    await this.#holder?.bringKnown?.(this, relation);
  }

  /** Does work that only DuckDB can do, over the tables of files of the config. */
  async inDuckDb<T>(work: (store: Store) => Promise<T>): Promise<T> {
    return work(this);
  }

  /** A table of the store, whatever stands before it. */
  async published(table: string): Promise<string> {
    const name = this.#database ?? (await this.#currentDatabase());
    // With a file that is held only now and then it is another in between.
    if (this.#holder === undefined) this.#database = name;
    return `"${name}".main.${table}`;
  }

  async #currentDatabase(): Promise<string> {
    const [row] = await this.rows('select current_database() as name');
    return String(row?.['name']);
  }

  /** Lets a `select` stand before a table, by its name, until it is dropped as a temporary view. */
  async standBefore(table: string, select: string): Promise<void> {
    await this.run(`create or replace temp view ${table} as ${select}`);
  }

  /** Sets a column of a temporary table where another has a value for its key. */
  async setFrom(table: string, column: string, { from, key, value }: Values): Promise<void> {
    await this.run(
      `update ${table} set ${column} = ${from}.${value} from ${from} where ${table}.${key} = ${from}.${key}`,
    );
  }

  /** Takes the rows for which a condition holds out of a temporary table. */
  async takeOut(table: string, condition: string): Promise<void> {
    await this.run(`delete from ${table} where ${condition}`);
  }

  /** Lets go of temporary tables or views. */
  async dropTemporary(kind: 'table' | 'view', names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.script(names.map((name) => `drop ${kind} if exists temp.${name};`).join('\n'));
  }

  async #fork(): Promise<DuckDbStore> {
    const connection = await connected(this.#instance);
    const fork = new DuckDbStore(this.path, this.#instance, connection, {
      ...(this.#memoryLimit !== undefined && { memoryLimit: this.#memoryLimit }),
      ...(this.#holder !== undefined && { holder: this.#holder }),
      isFile: this.isFile,
    });
    await fork.script("set TimeZone = 'UTC'");
    await fork.script(readFileSync(packagePath('store/prelude/duckdb.sql'), 'utf8'));
    return fork;
  }

  /** Runs one of our .sql files. Every parameter it names must be given. */
  async query<T = Row>(
    file: SqlFile | string,
    params: Readonly<Record<string, Parameter>> = {},
  ): Promise<T[]> {
    const { path, sql } = typeof file === 'string' ? readSqlFile(file) : file;
    const statement = toDuckDb(sql, usedParameters(path, sql, params));
    try {
      return (await sparingly(this, () => this.rows(statement.sql, statement.params))) as T[];
    } catch (error) {
      throw sqlFailed(path, error);
    }
  }

  /** Runs one statement with `$name` parameters and returns its rows. */
  async rows(sql: string, params: Readonly<Record<string, Parameter>> = {}): Promise<Row[]> {
    const reader = await this.#connection.use((inner) =>
      inner.runAndReadAll(sql, ...bound(params)),
    );
    return reader.convertRowObjects<Value>(fromDuckDb) as Row[];
  }

  /** Runs one statement and says how many rows it changed. */
  async run(sql: string, params: Readonly<Record<string, Parameter>> = {}): Promise<number> {
    const result = await this.#connection.use((inner) => inner.run(sql, ...bound(params)));
    return Number(result.rowsChanged);
  }

  /** Adds rows of whole numbers and bytes to a table; a parameter of megabytes is copied more often. */
  async append(table: string, ...rows: readonly (number | Uint8Array)[][]): Promise<void> {
    const appender = await this.#connection.use((inner) => inner.createAppender(table));
    for (const row of rows) {
      for (const value of row) {
        if (typeof value === 'number') appender.appendBigInt(BigInt(value));
        else appender.appendBlob(value);
      }
      appender.endRow();
    }
    appender.closeSync();
  }

  /** Runs several statements without parameters. */
  async script(sql: string): Promise<void> {
    await this.#connection.use((inner) => inner.run(sql));
  }

  /** Writes rows of a published table to a Parquet file of its own, and says how many. */
  async writeParquet(file: string, { table, at, order, range }: ParquetRows): Promise<number> {
    const where =
      range === undefined
        ? `${at} is null`
        : `${at} >= make_timestamptz(${range.fromUs}) and ${at} < make_timestamptz(${range.toUs})`;
    const [row] = await this.rows(
      `copy (select * from ${table} where ${where} order by ${order}) to ${quoted(file)} (format parquet, compression zstd)`,
    );
    return Number(row?.['Count']);
  }

  /** Removes what is older than it is to be kept, as `countOld` has counted it just before, and notes that. */
  async removeOld(cut: Cut, counts: readonly OldRows[], appliedAt: string): Promise<void> {
    await removeFromFile(this, cut, counts, appliedAt);
  }

  /** Streams a result, one chunk (up to 2,048 rows) of one text column at a time. */
  async *textChunks(
    sql: string,
    params: Readonly<Record<string, Parameter>> = {},
  ): AsyncGenerator<(string | null)[]> {
    const result = await this.#connection.use((inner) => inner.stream(sql, ...bound(params)));
    for (;;) {
      const chunk = await this.#connection.use(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getColumnValues(0) as (string | null)[];
    }
  }

  /**
   * Runs one statement that a user wrote: without access to files or network, with the settings
   * locked, bounded in rows and time. For a store that was opened to read.
   */
  async readOnly(sql: string, { maxRows, timeoutMs }: Bounds): Promise<BoundedRows> {
    await this.script('set enable_external_access = false; set lock_configuration = true');
    const timer = setTimeout(() => this.#connection.interrupt(), timeoutMs);
    try {
      const statements = await this.#connection.use((inner) => inner.extractStatements(sql));
      if (statements.count !== 1) {
        throw new UserError(
          'usage_invalid',
          `The text holds ${statements.count} statements.`,
          'Give exactly one.',
        );
      }
      const reader = await this.#connection.use((inner) =>
        inner.streamAndReadUntil(sql, maxRows + 1),
      );
      const rows = reader.convertRowObjects<Value>(fromDuckDb) as Row[];
      const columns = reader.deduplicatedColumnNames().map((name, index) => ({
        name,
        type: reader.columnType(index).toString().toLowerCase(),
      }));
      return { columns, rows: rows.slice(0, maxRows), isCut: rows.length > maxRows };
    } catch (error) {
      throw userSqlFailed(error, timeoutMs);
    } finally {
      clearTimeout(timer);
    }
  }

  /** All of `work` or nothing of it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.script('begin transaction');
    try {
      const result = await work();
      await this.script('commit');
      return result;
    } catch (error) {
      await this.script('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** Adds rows to these tables with the statements of `work`: all or none. */
  async addTogether<T>(_tables: readonly string[], work: (store: Store) => Promise<T>): Promise<T> {
    return this.transaction(() => work(this));
  }

  /** At once; when a statement still runs, behind it, and it is stopped. */
  close(): void {
    this.#forgetStop();
    void this.#connection.close(() => this.#instance.closeSync());
    void this.#holder?.close?.();
  }

  async #leave(): Promise<void> {
    this.#forgetStop();
    await this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What stages see of a store: DuckDB's, or that of another engine (store/clickhouse/). */
export interface Store extends Pick<DuckDbStore, keyof DuckDbStore> {}
export const Store = DuckDbStore;

function limits({ memoryLimit, threads }: StoreOptions): Record<string, string> {
  return {
    ...(memoryLimit !== undefined && { memory_limit: memoryLimit }),
    ...(threads !== undefined && { threads: String(threads) }),
  };
}

/** Processes that open one database must not spill into one folder: each removes what it finds in its own. */
function spilling(path: string, { self }: StoreOptions): Record<string, string> {
  return path === ':memory:' ? {} : { temp_directory: ownPath(path, 'tmp', self) };
}

async function connected(instance: DuckDBInstance): Promise<Connection> {
  return new Connection(await instance.connect());
}

/** Nothing where there is nothing to bind: a statement that is prepared takes half a millisecond more. */
function bound(
  params: Readonly<Record<string, Parameter>>,
): [values?: Record<string, DuckDBValue>, types?: Record<string, DuckDBType | undefined>] {
  const given = Object.entries(params);
  if (given.length === 0) return [];
  const values = given.map(([name, value]) => [name, toDuckDbValue(value)]);
  const types = given.map(([name, value]) => [name, typeOfParameter(value)]);
  return [Object.fromEntries(values), Object.fromEntries(types)];
}
