import { join } from 'node:path';
import type { Row, Store } from '../../store/store.ts';
import type { ClickHouse } from './clickhouse.ts';

/** How a DuckDB column comes to ClickHouse: read as `read`, stored as `type`. */
interface Passage {
  readonly read: (column: string) => string;
  readonly type: string;
}

const asIs = (column: string): string => column;

const PASSAGES: Readonly<Record<string, Passage>> = {
  VARCHAR: { read: asIs, type: 'String' },
  JSON: { read: (column) => `cast(${column} as varchar)`, type: 'String' },
  UUID: { read: (column) => `cast(${column} as varchar)`, type: 'String' },
  BOOLEAN: { read: asIs, type: 'Bool' },
  SMALLINT: { read: asIs, type: 'Int16' },
  INTEGER: { read: asIs, type: 'Int32' },
  BIGINT: { read: asIs, type: 'Int64' },
  UBIGINT: { read: asIs, type: 'UInt64' },
  // What DuckDB makes of a sum of whole numbers; ClickHouse keeps 64 bits.
  HUGEINT: { read: (column) => `cast(${column} as bigint)`, type: 'Int64' },
  DOUBLE: { read: asIs, type: 'Float64' },
  'TIMESTAMP WITH TIME ZONE': { read: asIs, type: "DateTime64(6, 'UTC')" },
  'VARCHAR[]': { read: asIs, type: 'Array(String)' },
};

function passageOf(table: string, column: string, type: string): Passage {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  const passage = decimal
    ? { read: asIs, type: `Decimal(${decimal[1]}, ${decimal[2]})` }
    : PASSAGES[type];
  if (passage) return passage;
  throw new Error(`${table}.${column} is ${type}: say in ${import.meta.filename} what it becomes`);
}

interface SharedColumn extends Passage {
  readonly name: string;
  readonly isNullable: boolean;
}

/** Tables of DuckDB that ClickHouse has too, with the same rows. */
export class SharedTables {
  readonly #store: Store;
  readonly #clickHouse: ClickHouse;
  readonly #folder: string;
  readonly #loaded = new Map<string, string>();
  #isFrozen = false;
  /** What was looked at since then. */
  readonly #frozen = new Set<string>();
  #known: readonly Row[] = [];

  constructor(store: Store, clickHouse: ClickHouse, folder: string) {
    this.#store = store;
    this.#clickHouse = clickHouse;
    this.#folder = folder;
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#known = [];
  }

  /** Brings every table and view that the statement names over, unless it is there and unchanged. */
  async share(sql: string): Promise<void> {
    const words = new Set(sql.match(/[a-z0-9_]+/g));
    if (!this.#isFrozen || this.#known.length === 0) {
      this.#known = await this.#store.rows(
        `select table_name as name from duckdb_tables() where not internal
         union distinct select view_name as name from duckdb_views() where not internal
         order by name`,
      );
    }
    for (const { name } of this.#known) {
      const table = String(name);
      if (!words.has(table) || (this.#isFrozen && this.#frozen.has(table))) continue;
      await this.#bring(table);
      if (this.#isFrozen) this.#frozen.add(table);
    }
  }

  async #bring(table: string): Promise<void> {
    const [state] = await this.#store.rows(
      `select count(*) as rows, sum(cast(hash(t) as hugeint)) as content, any_value(typeof(t)) as columns
       from ${table} as t`,
    );
    const fingerprint = JSON.stringify(state, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    // An empty table says nothing of its columns.
    if (state?.['rows'] !== 0 && this.#loaded.get(table) === fingerprint) return;
    const isPublished = await this.#isPublished(table);
    const columns = await this.#columnsOf(table);
    const file = join(this.#folder, `${table}.parquet`);
    const read = columns.map(({ name, read }) => `${read(`"${name}"`)} as "${name}"`).join(', ');
    await this.#store.run(`copy (select ${read} from ${table}) to '${file}' (format parquet)`);
    const structure = columns.map(({ name, type, isNullable }) => ({
      name,
      type: isNullable ? `Nullable(${type})` : type,
    }));
    const into = this.#clickHouse.replaceTable(table, structure, { isPublished });
    this.#clickHouse.run(`insert into ${into} select * from file('${file}', Parquet)`);
    this.#loaded.set(table, fingerprint);
  }

  /** A step may put a table of its own before a published one. */
  async #isPublished(name: string): Promise<boolean> {
    const [found] = await this.#store.rows(
      `select coalesce(not bool_or(temporary), false) as is_published from (
         select temporary from duckdb_tables() where table_name = $name
         union all select temporary from duckdb_views() where view_name = $name
       )`,
      { name },
    );
    return found?.['is_published'] === true;
  }

  /**
   * A published table's column may be null where its schema says so. Of what a step made no schema
   * tells: there a column is nullable when it holds a null, as ClickHouse would infer most of them.
   */
  async #columnsOf(table: string): Promise<SharedColumn[]> {
    const described = await this.#store.rows(`select * from (describe ${table})`);
    const names = described.map((column) => String(column['column_name']));
    const counts = names.map((name) => `count("${name}") < count(*) as "${name}"`).join(', ');
    const [holdsNull] = await this.#store.rows(`select ${counts} from ${table}`);
    const [published] = await this.#store.rows(
      'select 1 as found from duckdb_tables() where table_name = $table and not temporary',
      { table },
    );
    return described.map((column, at) => {
      const name = names[at] ?? '';
      const passage = passageOf(table, name, String(column['column_type']));
      const isNullable = published ? column['null'] === 'YES' : holdsNull?.[name] === true;
      return { name, ...passage, isNullable: isNullable && !passage.type.startsWith('Array') };
    });
  }
}
