import { createRequire } from 'node:module';
import { written } from '../../store/clickhouse/statements.ts';
import { CLICKHOUSE_SETTINGS } from '../../store/clickhouse-sql.ts';
import type { Parameter } from '../../store/values.ts';

/** What we use of chdb, which a plain `npm ci` does not install: its types are not there either. */
interface Session {
  query(sql: string, format?: string): string;
  queryBind(sql: string, params: Readonly<Record<string, Parameter>>, format: string): string;
  close(): void;
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

const FORMAT = 'JSONCompactEachRowWithNamesAndTypes';

/** The ClickHouse engine in this process, with our settings, and tables in a folder. */
export class ClickHouse implements Disposable {
  readonly #folder: string;
  #session: Session;

  constructor(folder: string) {
    this.#folder = folder;
    this.#session = openSession(folder);
  }

  /** Runs one statement of the engine's own. */
  run(sql: string): void {
    this.#orReopen(() => this.#session.query(sql));
  }

  /** Runs the text of one of our .sql files. */
  select(sql: string, params: Readonly<Record<string, Parameter>>): Result {
    const text = this.#orReopen(() => this.#session.queryBind(written(sql), params, FORMAT));
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
      this.#session = openSession(this.#folder);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#session.close();
  }
}

function openSession(folder: string): Session {
  const { Session } = createRequire(import.meta.url)('chdb') as {
    readonly Session: new (folder: string) => Session;
  };
  const session = new Session(folder);
  for (const [name, value] of Object.entries({ ...CLICKHOUSE_SETTINGS, ...FORMAT_SETTINGS })) {
    session.query(`set ${name} = ${typeof value === 'string' ? `'${value}'` : value}`);
  }
  return session;
}
