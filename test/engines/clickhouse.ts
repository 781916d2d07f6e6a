import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { CLUSTER_SETTINGS } from '../../store/clickhouse/cluster.ts';
import { withCommonTables } from '../../store/clickhouse/common-tables.ts';
import type { Place } from '../../store/clickhouse/failures.ts';
import { SPREAD_BY, withSets } from '../../store/clickhouse/spread.ts';
import { written } from '../../store/clickhouse/statements.ts';
import { CLICKHOUSE_SETTINGS } from '../../store/clickhouse-sql.ts';
import type { Parameter } from '../../store/values.ts';
import { CLUSTER, Shards, twoShards } from './two-shards.ts';

/** What we use of chdb, which a plain `npm ci` does not install: its types are not there either. */
interface Session {
  query(sql: string, format?: string): string;
  queryBind(sql: string, params: Readonly<Record<string, Parameter>>, format: string): string;
  close(): void;
}

interface SessionOptions {
  readonly connectionArgs?: readonly string[];
}

/** A result as ClickHouse gives it: integers and decimals are text, so that no digit is lost. */
export interface Result {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** How results are written out; nothing of it changes what they are. */
const FORMAT_SETTINGS: Readonly<Record<string, string | number>> = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
};

/** Views of the engine's own 'default' are not there any more when it is opened again. */
const DATABASE = 'shared';

const FORMAT = 'JSONCompactEachRowWithNamesAndTypes';

/** The ClickHouse engine in this process, with our settings, and tables in a folder; also as both shards of a cluster. */
export class ClickHouse implements Disposable {
  readonly #folder: string;
  readonly #options: SessionOptions;
  readonly #shards: Shards | undefined;
  readonly #place: Place;
  #session: Session;
  #commonTables = 0;

  constructor(folder: string, { isCluster = false } = {}) {
    this.#folder = folder;
    this.#shards = isCluster ? new Shards() : undefined;
    this.#place = { url: '', database: DATABASE, ...(isCluster && { cluster: CLUSTER }) };
    this.#options = isCluster ? { connectionArgs: twoShards(dirname(folder)) } : {};
    this.#session = this.#open();
  }

  /** Makes a table, or makes it anew, without rows; a published one is spread over the shards, behind a view. */
  replaceTable(
    name: string,
    columns: readonly { readonly name: string; readonly type: string }[],
    { isPublished }: { readonly isPublished: boolean },
  ): string {
    const structure = columns.map((each) => `"${each.name}" ${each.type}`).join(', ');
    const engine = 'engine = MergeTree order by tuple()';
    if (this.#shards === undefined || !isPublished) {
      this.run(`drop table if exists ${name}`);
      this.run(`create table ${name} (${structure}) ${engine}`);
      return name;
    }
    const [own, all] = [`${name}_local`, `${name}_stored`];
    const key = `ifNull(cityHash64("${SPREAD_BY[all] ?? columns[0]?.name}"), 0)`;
    for (const each of [name, all, own]) this.run(`drop table if exists ${each}`);
    this.run(`create table ${own} (${structure}) ${engine}`);
    const made = `create table ${all} as ${own} engine = Distributed('${CLUSTER}', '${DATABASE}', '${own}', ${key})`;
    this.run(this.#shards.taken(made));
    this.run(`create view ${name} as select * from ${all}`);
    this.run(this.#shards.filters());
    return all;
  }

  /** Runs one statement of the engine's own. */
  run(sql: string): void {
    this.#orReopen(() => this.#session.query(sql));
  }

  /** Runs the text of one of our .sql files, as the store does: what it reads often is made beforehand. */
  select(sql: string, params: Readonly<Record<string, Parameter>>): Result {
    const { tables, sql: select } = withCommonTables(withSets(this.#place, written(sql)), () => {
      this.#commonTables += 1;
      return `common_${this.#commonTables}`;
    });
    const text = this.#orReopen(() => {
      for (const { name, sql: made } of tables) {
        const making = `create or replace temporary table ${name} engine = MergeTree order by tuple() as`;
        this.#session.queryBind(`${making}\n${made}`, params, FORMAT);
      }
      const answer = this.#session.queryBind(select, params, FORMAT);
      for (const { name } of tables) this.#session.query(`drop temporary table ${name}`);
      return answer;
    });
    const [columns = [], types = [], ...rows] = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown[]);
    return { columns: columns.map(String), types: types.map(String), rows };
  }

  /** What a statement wrote before it failed would come in front of the next one's result. */
  #orReopen<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#session.close();
      this.#session = this.#open();
      throw error;
    }
  }

  #open(): Session {
    const { Session } = createRequire(import.meta.url)('chdb') as {
      readonly Session: new (folder: string, options: SessionOptions) => Session;
    };
    const session = new Session(this.#folder, this.#options);
    const settings = {
      ...CLICKHOUSE_SETTINGS,
      ...FORMAT_SETTINGS,
      ...(this.#shards === undefined ? {} : CLUSTER_SETTINGS),
    };
    for (const [name, value] of Object.entries(settings)) {
      session.query(`set ${name} = ${typeof value === 'string' ? `'${value}'` : value}`);
    }
    session.query(`create database if not exists ${DATABASE} engine = Atomic`);
    session.query(`use ${DATABASE}`);
    if (this.#shards !== undefined) session.query(this.#shards.filters());
    return session;
  }

  [Symbol.dispose](): void {
    this.#session.close();
  }
}
