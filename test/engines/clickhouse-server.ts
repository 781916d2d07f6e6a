import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allowing } from './allowing.ts';
import { Shards, twoShards } from './two-shards.ts';

/** What we use of chdb, which a plain `npm ci` does not install: its types are not there either. */
interface Session {
  query(sql: string, format?: string): string;
  queryBind(sql: string, params: Readonly<Record<string, unknown>>, format: string): string;
  close(): void;
}

/** One engine for a process: all sessions are in one folder. */
interface Engine {
  readonly Session: new (
    folder: string,
    options: { readonly connectionArgs: readonly string[] },
  ) => Session;
  readonly drainPending: () => Promise<void>;
}

const chdb = (): Engine => createRequire(import.meta.url)('chdb') as Engine;

/** Parts of an address that are about the request, and no settings of the engine. */
const NO_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'session_timeout',
  'session_check',
  'wait_end_of_query',
  'enable_http_compression',
  'default_format',
  'role',
]);

/** One request as it came. */
interface Asked {
  readonly url: URL;
  readonly body: Buffer;
}

/** What a test may do to a request: anything but undefined is the answer, or the connection is cut. */
export type Meddle = (asked: {
  readonly sql: string;
  readonly url: URL;
}) =>
  | { readonly status: number; readonly code: number; readonly text: string }
  | 'cut'
  | 'cut afterwards'
  | undefined;

/**
 * The ClickHouse engine behind the HTTP interface that the official client speaks: statements, bound parameters,
 * inserts, settings for one request, sessions with temporary tables, typed errors; with `isCluster` also both shards of a
 * cluster. What it is not: a server with users, replicas, Keeper; see docs/clickhouse.md.
 */
export class ClickHouseServer implements Disposable {
  readonly url: string;
  /** Of every request since it was emptied, the statement. */
  readonly asked: string[] = [];
  meddle: Meddle = () => undefined;
  /** Whether a statement for all servers of a cluster is taken: otherwise the engine, which has no Keeper, refuses it. */
  hasKeeper = true;
  readonly #server: Server;
  readonly #folder: string;
  readonly #sessions = new Map<string, Session>();
  readonly #settings = new WeakMap<Session, ReadonlyMap<string, string>>();
  readonly #filters = new WeakMap<Session, string>();

  readonly #shards: Shards | undefined;
  /** What may be done; undefined: everything. */
  #grants: readonly string[] | undefined;

  private constructor(server: Server, folder: string, isCluster: boolean) {
    this.#server = server;
    this.#folder = folder;
    this.#shards = isCluster ? new Shards() : undefined;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start({ isCluster = false } = {}): Promise<ClickHouseServer> {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-clickhouse-'));
    mkdirSync(join(folder, 'in'));
    // The engine works in this process: while it does, sockets look idle that are not.
    const server = createServer({ maxHeaderSize: 1024 * 1024, keepAliveTimeout: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const self = new ClickHouseServer(server, folder, isCluster);
    server.on('request', (request, response) => void self.#serve(request, response));
    return self;
  }

  /** From here on whoever asks has these grants and no more. What they had made of temporary tables is gone. */
  async allow(grants: readonly string[]): Promise<void> {
    for (const id of [...this.#sessions.keys()]) this.#forget(id);
    // The engine reads who may do what when it starts, which it does again when nobody is left.
    await chdb().drainPending();
    this.#grants = grants;
  }

  /** Runs a statement of the test's own. */
  run(sql: string, database = 'default'): string {
    const session = this.#open(database);
    try {
      this.#filter(session);
      return session.query(sql, 'TSV');
    } finally {
      session.close();
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const url = new URL(request.url ?? '/', this.url);
    const sql = url.searchParams.get('query') ?? body.toString('utf8');
    this.asked.push(sql);
    const meddled = this.meddle({ sql, url });
    if (meddled === 'cut') return void request.socket.destroy();
    if (typeof meddled === 'object')
      return fail(response, meddled.status, meddled.code, meddled.text);
    try {
      const answer = this.#answer({ url, body });
      if (meddled === 'cut afterwards') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' }).end(answer);
    } catch (error) {
      const said = String((error as Error).message).replace(/^Query failed: /, '');
      fail(response, 500, Number(/Code: (\d+)/.exec(said)?.[1] ?? 1), said);
    }
  }

  #answer({ url, body }: Asked): string | Buffer {
    const inAddress = url.searchParams.get('query');
    const given = inAddress ?? body.toString('utf8');
    const text = (this.hasKeeper ? this.#shards?.taken(given) : undefined) ?? given;
    // Of a statement that takes no format the server does not take one either.
    const [, sql = text, format = 'TabSeparated'] =
      /^(?!\s*check\b)([\s\S]*?)\s*\bformat\s+(\w+)\s*$/i.exec(text) ?? [];
    const id = url.searchParams.get('session_id') ?? '';
    const database = url.searchParams.get('database') ?? 'default';
    const settings = [...url.searchParams].filter(
      ([name]) =>
        !NO_SETTINGS.has(name) &&
        !name.startsWith('param_') &&
        !this.#isSharedToken(name, text, database),
    );
    // What is set to be read-only cannot be set back.
    const isOnce = settings.some(([name]) => name === 'readonly');
    const session = isOnce ? this.#open(database) : this.#session(id, database);
    try {
      this.#filter(session);
      this.#set(session, settings);
      if (inAddress !== null && /^\s*insert\b/i.test(text)) {
        return this.#insert(session, sql, format, body);
      }
      const params = Object.fromEntries(
        [...url.searchParams]
          .filter(([name]) => name.startsWith('param_'))
          .map(([name, value]) => [name.slice('param_'.length), value]),
      );
      return this.#bound(session, sql, params, format);
    } catch (error) {
      // What a statement wrote before it failed would come in front of the next one's result.
      if (!isOnce) this.#forget(id);
      throw error;
    } finally {
      if (isOnce) session.close();
    }
  }

  /** The filters by which a shard sees its own rows, where they are not those any more. */
  #filter(session: Session): void {
    const filters = this.#shards?.filters();
    if (filters === undefined || this.#filters.get(session) === filters) return;
    session.query(filters);
    this.#filters.set(session, filters);
  }

  /** A token of rows that both shards take, of which the second would find it used by the first. */
  #isSharedToken(setting: string, sql: string, database: string): boolean {
    const table = /^\s*insert into (\w+)/i.exec(sql)?.[1] ?? '';
    return (
      setting === 'insert_deduplication_token' && this.#shards?.isSpread(database, table) === true
    );
  }

  /** Settings are those of the request: what the one before had set is set back. */
  #set(session: Session, settings: readonly (readonly [string, string])[]): void {
    const before = this.#settings.get(session) ?? new Map<string, string>();
    const now = new Map(settings);
    const changes = [
      ...[...before.keys()].filter((name) => !now.has(name)).map((name) => `${name} = default`),
      ...settings
        .filter(([name, value]) => before.get(name) !== value)
        .map(([name, value]) => `${name} = '${value}'`),
    ];
    if (changes.length > 0) session.query(`set ${changes.join(', ')}`);
    this.#settings.set(session, now);
  }

  /** A parameter comes as ClickHouse's own text for it. */
  #bound(
    session: Session,
    sql: string,
    params: Readonly<Record<string, string>>,
    format: string,
  ): string | Buffer {
    for (const [name, value] of Object.entries(params)) {
      session.query(
        `set param_${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
      );
    }
    if (format === 'Parquet') return this.#parquet(session, sql);
    return session.query(sql, format);
  }

  /** Bytes do not come through the library's answers, which are text. */
  #parquet(session: Session, sql: string): Buffer {
    const file = join(this.#folder, 'in', 'answer.parquet');
    rmSync(file, { force: true });
    session.query(`insert into function file('${file}', Parquet) ${sql}`);
    return readFileSync(file);
  }

  #insert(session: Session, sql: string, format: string, body: Buffer): string {
    const into = /^\s*insert into (\S+)/i.exec(sql)?.[1] ?? '';
    const file = join(this.#folder, 'in', 'rows');
    writeFileSync(file, body);
    const structure = format === 'RowBinary' ? `, '${this.#structure(session, into)}'` : '';
    const source = `file('${file}', ${format}${structure})`;
    const names = session
      .query(`describe table ${source}`, 'TSV')
      .split('\n')
      .filter(Boolean)
      .map((line) => `"${line.split('\t')[0]}"`)
      .join(', ');
    session.query(`insert into ${into} (${names}) select ${names} from ${source}`);
    return '';
  }

  #structure(session: Session, table: string): string {
    return session
      .query(`describe table ${table}`, 'TSV')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t').slice(0, 2).join(' '))
      .join(', ');
  }

  #session(id: string, database: string): Session {
    const known = this.#sessions.get(id);
    if (known) return known;
    const session = this.#open(database);
    this.#sessions.set(id, session);
    return session;
  }

  #open(database: string): Session {
    const config = this.#shards === undefined ? [] : twoShards(this.#folder);
    const connectionArgs = allowing(this.#folder, config, this.#grants);
    const session = new (chdb().Session)(join(this.#folder, 'data'), { connectionArgs });
    try {
      session.query(`use ${database}`);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  #forget(id: string): void {
    this.#sessions.get(id)?.close();
    this.#sessions.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#sessions.keys()]) this.#forget(id);
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function fail(response: ServerResponse, status: number, code: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain',
      'x-clickhouse-exception-code': String(code),
    })
    .end(text);
}
