import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { UserError } from '../../core/errors.ts';
import { CLICKHOUSE_SETTINGS } from '../clickhouse-sql.ts';
import type { Claimant } from '../lease.ts';
import { Turns } from '../turns.ts';
import type { Parameter, Row } from '../values.ts';
import { CLUSTER_SETTINGS, checkCluster } from './cluster.ts';
import { explained, type Place } from './failures.ts';
import { definitions, everywhere, withSets } from './spread.ts';
import { FORMAT, FORMAT_SETTINGS, fromClickHouse } from './values.ts';

export interface Access extends Place {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Who asks; without it a process of this machine that has died is one of another. */
  readonly self?: Claimant | undefined;
  /** How long an answer is waited for; a correlation of a large store is one statement for a long time. */
  readonly timeoutMs?: number | undefined;
}

type Parameters = Readonly<Record<string, Parameter>>;

/** A result: what its columns are, and its rows. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
}

/** The oldest server of which anything is expected; tests run on the engine of 26.7. */
const OLDEST = [25, 8] as const;
const TIMEOUT_MS = 3_600_000;
/** So long the server keeps the temporary tables of a session that is silent, in seconds. */
const SESSION_TIMEOUT_S = 3_600;

/** What every insert is told, because defaults have moved between versions. */
const INSERT_SETTINGS = {
  async_insert: 0,
  wait_for_async_insert: 1,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // Late evidence may be of many days.
  max_partitions_per_insert_block: '0',
} as const;

/** One session on a ClickHouse server: its temporary tables are gone with it. */
export class ClickHouseConnection {
  readonly place: Place;
  readonly self: Claimant | undefined;
  readonly #client: ClickHouseClient;
  readonly #turns = new Turns();
  /** From the second request on: a server that has lost the session says so, and what it made is not missed later. */
  #inSession: Readonly<Record<string, string>> = {};

  private constructor(place: Place, client: ClickHouseClient, self: Claimant | undefined) {
    this.place = place;
    this.self = self;
    this.#client = client;
  }

  /** Connects, and makes sure that the server is one that answers as ours do. */
  static async open({
    url,
    database,
    cluster,
    user,
    password,
    self,
    timeoutMs = TIMEOUT_MS,
  }: Access): Promise<ClickHouseConnection> {
    const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client');
    const client = createClient({
      url,
      database,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
      application: 'mcp-witness',
      session_id: randomUUID(),
      request_timeout: timeoutMs,
      compression: { request: true, response: true },
      // One statement of a session at a time; an idle socket is not used again.
      max_open_connections: 1,
      use_multipart_params_auto: true,
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: {
        ...settingsOf({ cluster }),
        ...FORMAT_SETTINGS,
        session_timeout: String(SESSION_TIMEOUT_S),
        // An error after the first rows would otherwise come as the end of the rows.
        wait_end_of_query: 1,
      } as Record<string, string | number>,
    });
    const connection = new ClickHouseConnection({ url, database, cluster }, client, self);
    try {
      await connection.#check();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async #check(): Promise<void> {
    await checkCluster(this);
    const versions = await this.select(
      `select distinct version() as version from ${everywhere(this.place, 'system.one')}`,
    );
    for (const { version } of versions.rows) refuseOldServer(String(version), this.place.url);
    const settings = settingsOf(this.place);
    const names = Object.keys(settings);
    const set = await this.select(
      `select name, groupUniqArray(value) as found
       from ${everywhere(this.place, 'system.settings')} where name in ({names:Array(String)}) group by name`,
      { names },
    );
    const values = new Map(set.rows.map(({ name, found }) => [String(name), found as string[]]));
    const wrong = names.find((name) => String(values.get(name)) !== String(settings[name]));
    if (wrong === undefined) return;
    throw new UserError(
      'store_unreadable',
      `ClickHouse at ${this.place.url} does not keep the setting ${wrong} = ${settings[wrong]}; it has ${values.get(wrong)?.join(' and ') ?? 'none of that name'}.`,
      'Let this user change settings: without it the same questions would have other answers.',
    );
  }

  /** Runs a statement in ClickHouse's own SQL that answers with rows. */
  async select(sql: string, params: Parameters = {}): Promise<Answer> {
    return this.#use(async (client) => {
      const result = await client.query({
        query: withSets(this.place, sql),
        query_params: params,
        format: FORMAT,
        clickhouse_settings: this.#inSession,
      });
      return answerIn(await result.text());
    });
  }

  /** The same for a statement of a user's: it cannot write, and is bounded in rows and time. */
  async selectReadOnly(
    sql: string,
    { maxRows, timeoutMs }: { readonly maxRows: number; readonly timeoutMs: number },
  ): Promise<Answer> {
    return this.#use(async (client) => {
      const result = await client.query({
        query: sql,
        format: FORMAT,
        clickhouse_settings: {
          max_result_rows: String(maxRows),
          result_overflow_mode: 'break',
          max_execution_time: timeoutMs / 1000,
          readonly: '1',
          ...this.#inSession,
        },
      });
      return answerIn(await result.text());
    });
  }

  /** Asks what takes no format, such as CHECK GRANT: the answer as the server writes it by itself. */
  async ask(sql: string): Promise<string> {
    return this.#use(async (client) => {
      const { stream } = await client.exec({
        query: sql,
        decompress_response_stream: true,
        clickhouse_settings: this.#inSession,
      });
      return (await text(stream)).trim();
    });
  }

  /** Writes what a statement answers with to a file, as Parquet. */
  async download(sql: string, file: string): Promise<void> {
    await this.#use(async (client) => {
      const { stream } = await client.exec({
        query: `${withSets(this.place, sql)}\nformat Parquet`,
        decompress_response_stream: true,
        clickhouse_settings: {
          ...this.#inSession,
          output_format_parquet_string_as_string: 1,
          output_format_parquet_compression_method: 'zstd',
        } as Record<string, string | number>,
      });
      await pipeline(stream, createWriteStream(file));
    });
  }

  /** Runs a statement that answers with nothing; one that is about tables of ours wherever they are. */
  async command(sql: string, params: Parameters = {}): Promise<void> {
    for (const each of definitions(this.place, sql)) await this.#run(each, params);
  }

  async #run(sql: string, params: Parameters): Promise<void> {
    await this.#use((client) =>
      client.command({
        query: sql,
        query_params: params,
        clickhouse_settings: { ...INSERT_SETTINGS, ...this.#inSession } as Record<
          string,
          string | number
        >,
      }),
    );
  }

  /**
   * Inserts the bytes of one format. The same token inserts once, also where an answer was lost and the insert is
   * repeated.
   */
  async insert(
    into: string,
    format: 'Parquet' | 'RowBinary',
    bytes: Readable,
    token?: string,
  ): Promise<void> {
    await this.#use(async (client) => {
      const { stream } = await client.exec({
        query: `insert into ${into} format ${format}`,
        values: bytes,
        clickhouse_settings: {
          ...INSERT_SETTINGS,
          ...this.#inSession,
          ...(token !== undefined && { insert_deduplication_token: token }),
        } as Record<string, string | number>,
      });
      for await (const _ of stream);
    });
  }

  async #use<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      try {
        const result = await work(this.#client);
        this.#inSession = { session_check: '1' };
        return result;
      } catch (error) {
        throw explained(error, this.place);
      }
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** What every request is told. */
function settingsOf({
  cluster,
}: Pick<Place, 'cluster'>): Readonly<Record<string, string | number>> {
  return cluster === undefined
    ? CLICKHOUSE_SETTINGS
    : { ...CLICKHOUSE_SETTINGS, ...CLUSTER_SETTINGS };
}

function refuseOldServer(version: string, url: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new UserError(
    'server_too_old',
    `ClickHouse at ${url} is version ${version}; mcp-witness needs ${OLDEST.join('.')} or later.`,
    'Upgrade the server, or name another in store.url.',
  );
}

function answerIn(text: string): Answer {
  const lines = text.split('\n').filter((line) => line !== '');
  const [names = [], types = [], ...rows] = lines.map((line) => JSON.parse(line) as unknown[]);
  const columns = names.map((name, at) => ({ name: String(name), type: String(types[at]) }));
  const convert = columns.map(({ type }) => fromClickHouse(type));
  return {
    columns,
    rows: rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, at) => [name, convert[at]?.(row[at]) ?? null])),
    ),
  };
}
