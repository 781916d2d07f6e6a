import { messageOf } from '../../core/errors.ts';
import { readSqlFile, type SqlFile } from '../../store/sql-file.ts';
import type { Parameter, Row, Store } from '../../store/store.ts';
import type { ClickHouse } from './clickhouse.ts';
import { type Comparison, compare } from './compare.ts';
import { SharedTables } from './shared-tables.ts';

type Parameters = Readonly<Record<string, Parameter>>;

/** One run of one file on both engines. */
export interface Run extends Comparison {
  readonly path: string;
  readonly params: Parameters;
}

/** Runs the same .sql file on DuckDB and on ClickHouse, over the rows that DuckDB has. */
export class BothEngines {
  readonly runs: Run[] = [];
  readonly #store: Store;
  readonly #clickHouse: ClickHouse;
  readonly #shared: SharedTables;

  readonly #mostRuns: number;

  /** A file that was run `mostRuns` times is not run again. */
  constructor(
    store: Store,
    clickHouse: ClickHouse,
    folder: string,
    { mostRuns = Number.POSITIVE_INFINITY } = {},
  ) {
    this.#mostRuns = mostRuns;
    this.#store = store;
    this.#clickHouse = clickHouse;
    this.#shared = new SharedTables(store, clickHouse, folder);
  }

  /** Runs one file and keeps what came of it; an engine's error is a difference too. */
  async ask(path: string, params: Parameters): Promise<void> {
    if (this.runs.filter((run) => run.path === path).length >= this.#mostRuns) return;
    this.runs.push({ path, params, ...(await this.answers(readSqlFile(path), params)) });
  }

  /** From here on no table of DuckDB becomes another: what was brought over need not be looked at again. */
  freeze(): void {
    this.#shared.freeze();
  }

  /** What both engines answer to one statement, compared. */
  async answers(file: SqlFile, params: Parameters = {}): Promise<Comparison> {
    let engine = 'DuckDB';
    try {
      const described = { ...file, sql: `describe ${file.sql}` };
      const columns = (await this.#store.query(described, params)).map(columnOf);
      const rows = await this.#store.query(file, params);
      await this.#shared.share(file.sql);
      engine = 'ClickHouse';
      const found = this.#clickHouse.select(file.sql, params);
      return compare(columns, rows, found, { isOrdered: /^order by /m.test(file.sql) });
    } catch (error) {
      return {
        rows: 0,
        cells: 0,
        inexact: 0,
        differences: [`${engine} fails: ${messageOf(error)}`],
      };
    }
  }

  /**
   * The store, but whenever a file under `folder` is about to run, both engines are asked first. So
   * each step is compared with the parameters and over the tables that it truly has, and a new step
   * is compared as soon as something runs it.
   */
  watch(folder: string): Store {
    return new Proxy(this.#store, {
      get: (store, key) => {
        const member: unknown = Reflect.get(store, key, store);
        if (typeof member !== 'function') return member;
        if (key !== 'query') return member.bind(store);
        return async (file: SqlFile | string, params: Parameters = {}) => {
          const path = typeof file === 'string' ? file : file.path;
          if (path.startsWith(folder)) await this.ask(path, params);
          return store.query(file, params);
        };
      },
    });
  }
}

function columnOf(described: Row): { readonly name: string; readonly type: string } {
  return { name: String(described['column_name']), type: String(described['column_type']) };
}
