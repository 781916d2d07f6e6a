import { Readable } from 'node:stream';
import { UserError } from '../../core/errors.ts';
import { CORRECT_THE_STATEMENT, sqlFailed, userSqlFailed } from '../failures.ts';
import type { ParquetRows } from '../parquet-rows.ts';
import type { Generations } from '../publishing.ts';
import type { Cut, OldRows } from '../retention/retention.ts';
import { readSqlFile, type SqlField, type SqlFile, usedParameters } from '../sql-file.ts';
import { type BoundedRows, type Bounds, Store, type Values } from '../store.ts';
import type { Parameter, Row } from '../values.ts';
import { commit, type Part } from './commits.ts';
import { withCommonTables } from './common-tables.ts';
import { compareRows } from './compare.ts';
import type { ClickHouseConnection } from './connection.ts';
import { kindOf, saidBy } from './failures.ts';
import { publishChanges, replaceTables } from './generations.ts';
import { narrowed } from './narrowed.ts';
import { bringInto, type Column, columnsOf, parquetOf } from './parquet.ts';
import { writeParquet } from './parquet-file.ts';
import { withoutPrelude } from './prelude.ts';
import { removeFromServer } from './retention.ts';
import { StandIns } from './stand-ins.ts';
import { type Form, formOf, written } from './statements.ts';
import { LOADED, placeOf, stored } from './tables.ts';
import { inTurn } from './turns.ts';
import { typeInDuckDb } from './values.ts';

type Parameters = Readonly<Record<string, Parameter>>;

/**
 * The store as ClickHouse holds it: statements of the shared subset run there. Temporary tables are those of the
 * session on the server; published tables are replaced by generations.
 */
export class ClickHouseStore implements Store {
  readonly path: string;
  readonly isFile = false;
  readonly generations: Generations;
  /** Evidence is not read into it. */
  readonly ownership = undefined;
  readonly #connection: ClickHouseConnection;
  /** A DuckDB in memory, for what only that writes; made when it is needed first. */
  #near: Promise<Store> | undefined;
  #commonTables = 0;
  readonly #standIns = new StandIns();
  /** The columns of statements that were asked for: what is planned once need not be planned again. */
  readonly #described = new Map<string, Promise<readonly Column[]>>();

  constructor(connection: ClickHouseConnection) {
    const { url, database } = connection.place;
    this.path = `${url}/${database}`;
    this.#connection = connection;
    this.generations = {
      compare: (into, compared) => compareRows(connection, into, compared),
      publish: (changes, isStill) => publishChanges(connection, changes, isStill),
      narrowed: (table, condition) => narrowed(connection, table, condition),
    };
  }

  async query<T = Row>(file: SqlFile | string, params: Parameters = {}): Promise<T[]> {
    const { path, sql, columns } = typeof file === 'string' ? readSqlFile(file) : file;
    const used = usedParameters(path, sql, params);
    try {
      const rows = await this.#put(sql, used);
      return rows.map((row) => asDeclared(row, columns)) as T[];
    } catch (error) {
      throw sqlFailed(path, error);
    }
  }

  async #put(sql: string, params: Parameters): Promise<Row[]> {
    const form = this.#withStandIns(formOf(sql));
    const connection = this.#connection;
    switch (form.kind) {
      case 'select':
        return this.#withCommon(form.sql, params, async (select) => [
          ...(await connection.select(select, params)).rows,
        ]);
      case 'describe':
        return (await this.#describeOnce(form.sql, params)).map(({ name, type }) => ({
          column_name: name,
          column_type: typeInDuckDb(type),
        }));
      case 'make':
        await this.#withCommon(form.sql, params, (select) =>
          this.#makeTable(form.name, select, params),
        );
        return [...(await connection.select(`select count() as "Count" from ${form.name}`)).rows];
      case 'make empty':
        await connection.command(
          `create or replace temporary table ${form.name} (${form.columns}) engine = MergeTree order by tuple()`,
        );
        return [];
      case 'insert':
        await this.#withCommon(form.sql, params, async (select) => {
          const columns = form.isByName ? await this.#describePlain(select, params) : [];
          const names = columns.map(({ name }) => `"${name}"`).join(', ');
          const into = names === '' ? form.name : `${form.name} (${names})`;
          await connection.command(`insert into ${into}\n${select}`, params);
        });
        return [];
    }
  }

  #withStandIns(form: Form): Form {
    return form.kind === 'make empty'
      ? form
      : { ...form, sql: this.#standIns.writtenInto(form.sql) };
  }

  /** Does `work` with the statement while the tables are there that it reads often. */
  async #withCommon<T>(
    sql: string,
    params: Parameters,
    work: (sql: string) => Promise<T>,
    { isEmpty = false } = {},
  ): Promise<T> {
    const common = withCommonTables(sql, () => {
      this.#commonTables += 1;
      return `common_${this.#commonTables}`;
    });
    const names = common.tables.map(({ name }) => name);
    try {
      for (const { name, sql: select } of common.tables) {
        const text = isEmpty ? `select * from (\n${select}\n) where false` : select;
        await this.#makeTable(name, text, params);
      }
      const result = await work(common.sql);
      await this.dropTemporary('table', names);
      return result;
    } catch (error) {
      await this.dropTemporary('table', names).catch(() => undefined);
      throw error;
    }
  }

  async #makeTable(name: string, select: string, params: Parameters): Promise<void> {
    await this.#connection.command(
      `create or replace temporary table ${name} engine = MergeTree order by tuple() as\n${select}`,
      params,
    );
  }

  /** Of what no temporary table is part: the columns of published tables do not change. */
  #describeOnce(sql: string, params: Parameters): Promise<readonly Column[]> {
    const known =
      this.#described.get(sql) ??
      this.#withCommon(sql, params, (select) => this.#describePlain(select, params), {
        isEmpty: true,
      });
    this.#described.set(sql, known);
    // What failed once, as with a lost connection, is asked again.
    known.catch(() => this.#described.delete(sql));
    return known;
  }

  async #describePlain(select: string, params: Parameters): Promise<readonly Column[]> {
    const { rows } = await this.#connection.select(`describe table (\n${select}\n)`, params);
    return rows.map(({ name, type }) => ({ name: String(name), type: String(type) }));
  }

  async rows(sql: string, params: Parameters = {}): Promise<Row[]> {
    if (Object.keys(params).length > 0) throw new Error(`no statement for ClickHouse: ${sql}`);
    return this.#put(sql, {});
  }

  async run(sql: string, params: Parameters = {}): Promise<number> {
    await this.rows(sql, params);
    return 0;
  }

  async script(sql: string): Promise<void> {
    await this.rows(sql);
  }

  async standBefore(table: string, select: string): Promise<void> {
    this.#standIns.set(table, written(select));
  }

  async setFrom(table: string, column: string, { from, key, value }: Values): Promise<void> {
    await this.#makeTable(
      table,
      `select before.* replace (if(found.is_found, found.value, before.${column}) as ${column})
       from ${table} as before
       left join (select ${key} as found_key, ${value} as value, true as is_found from ${from}) as found
         on before.${key} = found.found_key`,
      {},
    );
  }

  async takeOut(table: string, condition: string): Promise<void> {
    await this.#makeTable(table, `select * from ${table} where not (${condition})`, {});
  }

  async dropTemporary(kind: 'table' | 'view', names: readonly string[]): Promise<void> {
    const tables = names.filter((name) => kind === 'table' || !this.#standIns.delete(name));
    if (tables.length === 0) return;
    await this.#connection.command(`drop temporary table if exists ${tables.join(', ')}`);
  }

  /** A view of that name may stand before it: the temporary tables of the session do. */
  async published(table: string): Promise<string> {
    return placeOf(this.#connection, table);
  }

  /** What files of the config give is read by DuckDB, and replaces what is here where it differs. */
  async inDuckDb<T>(work: (store: Store) => Promise<T>): Promise<T> {
    using near = await Store.before(this.path, undefined);
    for (const table of LOADED) {
      await bringInto(near, table, this.#connection, `select * from ${table}`);
    }
    const before = await contentOf(near);
    const result = await work(near);
    const after = await contentOf(near);
    const changed = LOADED.filter((table) => before.get(table) !== after.get(table));
    const fills = changed.map((table) => [
      table,
      (generation: number) => this.#ship(near, table, generation),
    ]);
    await replaceTables(this.#connection, Object.fromEntries(fills));
    return result;
  }

  async #ship(near: Store, table: string, generation: number): Promise<void> {
    const extra = `${generation}::ubigint as generation, `;
    const rows = await parquetOf(near, table, this.#connection.self, { extra });
    if (rows !== undefined) {
      await this.#connection.insert(stored(table), 'Parquet', Readable.from([rows]));
    }
  }

  async writeParquet(file: string, rows: ParquetRows): Promise<number> {
    this.#near ??= Store.before(this.path, undefined);
    return writeParquet(this.#connection, await this.#near, file, rows);
  }

  async removeOld(cut: Cut, counts: readonly OldRows[], appliedAt: string): Promise<void> {
    await removeFromServer(this.#connection, cut, counts, appliedAt);
  }

  async hold<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async holdToRead<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async bringKnown(): Promise<void> {}

  async readOnly(sql: string, { maxRows, timeoutMs }: Bounds): Promise<BoundedRows> {
    if (!/^\s*(?:--[^\n]*\n\s*)*(?:select|with|describe|show|explain)\b/i.test(sql)) {
      throw new UserError(
        'sql_failed',
        'Only a question can be asked here: a statement that begins with select, with, describe, show or explain.',
        CORRECT_THE_STATEMENT,
      );
    }
    try {
      const { columns, rows } = await this.#connection.selectReadOnly(
        withoutPrelude(this.#standIns.writtenInto(sql)),
        {
          maxRows: maxRows + 1,
          timeoutMs,
        },
      );
      return {
        columns: columns.map(({ name, type }) => ({
          name,
          type: typeInDuckDb(type).toLowerCase(),
        })),
        rows: rows.slice(0, maxRows),
        isCut: rows.length > maxRows,
      };
    } catch (error) {
      throw userSqlFailed(reasonOf(error), timeoutMs);
    }
  }

  /** The rows are made in DuckDB, and committed as evidence is. */
  async addTogether<T>(tables: readonly string[], work: (store: Store) => Promise<T>): Promise<T> {
    using near = await Store.before(this.path, undefined);
    const result = await work(near);
    const parts: Part[] = [];
    for (const table of tables) {
      const rows = await parquetOf(near, table, this.#connection.self);
      if (rows !== undefined) parts.push({ table, rows });
    }
    await inTurn(this.#connection, () => commit(this.#connection, parts));
    return result;
  }

  async transaction<T>(_work: () => Promise<T>): Promise<T> {
    throw new Error('ClickHouse has no transactions over several tables');
  }

  async withForks<T>(): Promise<T> {
    throw new Error('records are not read in ClickHouse');
  }

  async withMemoryLimit<T>(_limit: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  async append(): Promise<void> {
    throw new Error('records are not read in ClickHouse');
  }

  // biome-ignore lint/correctness/useYield: nothing is read this way here
  async *textChunks(): AsyncGenerator<(string | null)[]> {
    throw new Error('records are not read in ClickHouse');
  }

  close(): void {
    void this.#near?.then((near) => near.close());
    void this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A comparison is a number in ClickHouse: where a file says that a column is true or false, it is. */
function asDeclared(row: Row, columns: readonly SqlField[]): Row {
  const truths = columns.filter(({ type }) => type === 'boolean');
  if (truths.length === 0) return row;
  // Of a statement that describes others, the columns are rows.
  const described = truths.some(({ name }) => name === row['column_name']);
  if (described)
    return row['column_type'] === 'UTINYINT' ? { ...row, column_type: 'BOOLEAN' } : row;
  const found = truths.filter(({ name }) => typeof row[name] === 'number');
  return { ...row, ...Object.fromEntries(found.map(({ name }) => [name, row[name] !== 0])) };
}

/** Why a statement of a user's failed; where it is the server's trouble and not the statement's, that. */
function reasonOf(error: unknown): unknown {
  const cause = error instanceof UserError ? error.cause : error;
  const kind = kindOf(cause ?? error);
  if (kind === 'TIMEOUT_EXCEEDED') return new Error('INTERRUPT', { cause });
  if (error instanceof UserError && kind !== 'READONLY') return error;
  return new Error(saidBy(cause), { cause });
}

/** What each loaded table holds, whatever the order of its rows. */
async function contentOf(near: Store): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const table of LOADED) {
    const names = (await columnsOf(near, table)).map(({ name }) => `cast("${name}" as varchar)`);
    const rows = await near.rows(
      `select [${names.join(', ')}] as cells from ${table} order by cells`,
    );
    contents.set(table, JSON.stringify(rows));
  }
  return contents;
}
