import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ticksOf, ticksOfMs } from '../../../ingest/log-analytics/ticks.ts';
import { type Certificate, selfSigned } from '../../event-hubs/peer/certificate.ts';
import {
  EXPIRED,
  errorBody,
  type Fault,
  FORBIDDEN,
  NO_SUCH_PATH,
  semanticError,
} from './faults.ts';
import { type AskedQuery, readQuery } from './kql.ts';
import { type Limits, type Reply, replyTo } from './replies.ts';
import { found, type PeerRow, resultOf } from './tables.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
export const TOKEN = 'a token of the tests';

/** A query that came, and what became of it. */
export interface Asked {
  readonly path: string;
  readonly prefer: string;
  readonly query: AskedQuery;
  readonly rows: number;
  readonly fault: Fault | undefined;
  readonly isPacked: boolean;
}

/**
 * Speaks the wire format of the query API of Log Analytics over TLS on loopback, and the token
 * endpoint of a managed identity beside it. It understands the windows and sums of our queries; what
 * is between them it takes for granted.
 */
export class LogsPeer {
  readonly certificate: Certificate = selfSigned();
  readonly asked: Asked[] = [];
  /** By the path of a workspace or a resource, then by table. */
  readonly tables = new Map<string, Map<string, PeerRow[]>>();
  /** For the next queries, one each; a fault for rows waits for a query that asks for rows. */
  readonly faults: Fault[] = [];
  /** For the next queries for sums, one each. */
  readonly planFaults: Fault[] = [];
  /** Faults that stay, by what is asked. */
  refuse: (query: AskedQuery) => Fault | undefined = () => undefined;
  /** Columns that a table does not have. */
  readonly missing = new Set<string>();
  /** Called before a query for rows is answered. */
  onRows: (no: number) => void = () => undefined;
  now: () => Date = () => new Date('2026-11-21T00:00:00Z');
  limits: Limits = { maxRows: 500_000, maxBytes: 100_000_000 };
  /** Good tokens; those that were given out by the token endpoint are added. */
  readonly tokens = new Set([TOKEN]);
  tokensGiven = 0;
  isForbidden = false;
  /** Answers are packed for clients that take it so, as the service's are. */
  isPacking = false;
  /** Before rows are answered. */
  delayMs = 0;
  /** Tokens are refused, whatever they say. */
  isTokenRefused = false;
  readonly #server: Server;
  #rowQueries = 0;

  private constructor() {
    this.#server = createServer({ ...this.certificate }, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    });
  }

  static async start(): Promise<LogsPeer> {
    const peer = new LogsPeer();
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get origin(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return `${this.origin}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Adds rows to a table of a workspace, which is made when it is not there. */
  add(workspace: string, table: string, rows: readonly PeerRow[]): void {
    const tables = this.tables.get(workspace) ?? new Map<string, PeerRow[]>();
    this.tables.set(workspace, tables);
    const kept = tables.get(table) ?? [];
    for (const row of rows) kept.push(row);
    tables.set(table, kept);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', this.now().toUTCString());
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname === '/token') return this.#giveToken(url, response);
    const body = await textOf(request);
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (this.isTokenRefused || !this.tokens.has(token)) return send(response, 401, EXPIRED);
    if (this.isForbidden) return send(response, 403, FORBIDDEN);
    const path = /^\/v1\/(?:workspaces\/)?(.*)\/query$/.exec(decodeURIComponent(url.pathname))?.[1];
    const tables = this.tables.get(path ?? '') ?? this.tables.get(`/${path}`);
    if (path === undefined || tables === undefined) return send(response, 404, NO_SUCH_PATH);
    const { query: kql, timespan } = JSON.parse(body) as { query: string; timespan: string };
    const query = readQuery(kql);
    if (!query) return send(response, 400, errorBody('BadArgumentError', `not understood: ${kql}`));
    const rows = tables.get(query.table);
    const unknown =
      rows === undefined ? query.table : query.columns.find((each) => this.missing.has(each));
    if (rows === undefined || unknown !== undefined) {
      const operator = rows === undefined ? "'where' operator" : "'project' operator";
      return send(
        response,
        400,
        semanticError(
          `${operator}: Failed to resolve table or column expression named '${unknown}'`,
        ),
      );
    }
    const fault = this.#faultFor(query);
    if (query.sums === undefined && this.delayMs > 0) await sleep(this.delayMs);
    if (query.sums === undefined) this.onRows(++this.#rowQueries);
    const [from = '', to = ''] = timespan.split('/');
    const span = { from: ticksOf(from), to: ticksOf(to) };
    const those = found(rows, query, span, ticksOfMs(this.now().getTime()));
    const prefer = String(request.headers['prefer'] ?? '');
    const isPacked = this.isPacking && /\bgzip\b/.test(String(request.headers['accept-encoding']));
    this.asked.push({ path, prefer, query, rows: those.length, fault, isPacked });
    if (fault?.kind === 'expired') this.tokens.delete(token);
    await this.#answer(response, replyTo(resultOf(query, those), fault, this.limits), isPacked);
  }

  #faultFor(query: AskedQuery): Fault | undefined {
    const staying = this.refuse(query);
    if (staying) return staying;
    return query.sums === undefined ? this.faults.shift() : this.planFaults.shift();
  }

  async #answer(response: ServerResponse, reply: Reply | undefined, packs: boolean): Promise<void> {
    if (reply === undefined) return;
    const { status, body, type, retryAfter, breaks } = reply;
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    if (breaks !== undefined) return broken(response, body, breaks);
    if (!packs) return send(response, status, body, type);
    response.setHeader('content-encoding', 'gzip');
    send(response, status, gzipSync(body, { level: 1 }), type);
  }

  #giveToken(url: URL, response: ServerResponse): void {
    this.tokensGiven += 1;
    const token = `token ${this.tokensGiven}`;
    this.tokens.add(token);
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    const given = {
      access_token: token,
      expires_on: String(expires),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
    };
    send(response, 200, JSON.stringify(given));
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = JSON_TYPE,
): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

/** Begins a body as it should be. */
async function broken(
  response: ServerResponse,
  body: string,
  breaks: NonNullable<Reply['breaks']>,
): Promise<void> {
  const begin = body.slice(0, body.length / 2);
  response.setHeader('content-type', JSON_TYPE);
  if (breaks === 'cut' || breaks === 'stalled') {
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    response.write(begin, () => breaks === 'cut' && response.destroy());
    return;
  }
  if (breaks === 'bomb') {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync(begin.padEnd(100_000_000), { level: 1 }));
    return;
  }
  response.writeHead(200);
  // Ends when the client has had enough.
  await pipeline(Readable.from(endless(begin)), response).catch(() => undefined);
}

function* endless(begin: string): Generator<Buffer> {
  yield Buffer.from(begin);
  for (;;) yield Buffer.alloc(1_000_000, ' ');
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
