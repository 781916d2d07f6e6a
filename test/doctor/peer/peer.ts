import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificate, selfSigned } from '../../event-hubs/peer/certificate.ts';
import {
  apiResource,
  COMPONENT,
  componentResource,
  diagnosticResource,
  enabled,
  GATEWAY,
  policyResource,
  settingResource,
  soundDiagnostic,
} from './resources.ts';

type Json = Record<string, unknown>;

/** What goes wrong with requests whose path holds `at`. */
export interface ArmFault {
  readonly at: string;
  readonly kind: 'throttled' | 'forbidden' | 'unavailable' | 'html' | 'cut' | 'slow' | 'unknown';
}

/** Of whoever signs in with the managed identity of the tests. */
export const TENANT = '72f988bf-0000-4000-8000-000000000001';
export const PRINCIPAL = 'b1c2d3e4-0000-4000-8000-000000000002';

/**
 * Speaks the wire format of Azure Resource Manager over TLS on loopback, and the token endpoint of a
 * managed identity beside it. Only reads are answered: whatever changes something is noted and refused.
 */
export class ArmPeer {
  readonly certificate: Certificate;
  /** By path, in lower case: ARM does not care. A list is a collection. */
  readonly resources = new Map<string, Json | Json[]>();
  faults: ArmFault[] = [];
  /** Method and path of each request, with its query. */
  readonly asked: string[] = [];
  /** How far its clock is ahead. */
  aheadMs = 0;
  /** Items of a page. */
  pageSize = 100;
  /** What `nextLink` begins with; its own address when absent. */
  nextOrigin: string | undefined;
  readonly token = jwt({ tid: TENANT, oid: PRINCIPAL, appid: 'a', idtyp: 'app', xms_mirid: '/m' });
  now: () => Date = () => new Date();
  readonly #server: Server;

  private constructor(certificate: Certificate) {
    this.certificate = certificate;
    this.#server = createServer({ ...certificate }, (request, response) => {
      response.setHeader('date', new Date(this.now().getTime() + this.aheadMs).toUTCString());
      send(this.#replyTo(request), response);
    });
    this.reset();
  }

  /** With the certificate of another peer: one authority for all of a test. */
  static async start(certificate = selfSigned()): Promise<ArmPeer> {
    const peer = new ArmPeer(certificate);
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get origin(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** An estate with which nothing is wrong. */
  reset(): void {
    Object.assign(this, { faults: [], aheadMs: 0, pageSize: 100, nextOrigin: undefined });
    this.asked.length = 0;
    this.resources.clear();
    this.setDiagnostics(GATEWAY, {
      applicationinsights: soundDiagnostic(),
      azuremonitor: soundDiagnostic(),
    });
    this.set(`${GATEWAY}/apis`, [
      apiResource('weather', { path: 'weather/mcp', type: 'mcp' }),
      apiResource('petstore', { path: 'pets', type: 'http' }),
    ]);
    this.setDiagnostics(`${GATEWAY}/apis/weather`, {});
    this.set(`${GATEWAY}/providers/Microsoft.Insights/diagnosticSettings`, [
      settingResource('to-logs', {
        logs: enabled('GatewayLogs', 'GatewayMCPLogs', 'GatewayLlmLogs'),
      }),
    ]);
    this.set(
      `${GATEWAY}/policies/policy`,
      policyResource(GATEWAY, '<policies><inbound /><outbound /></policies>'),
    );
    this.set(COMPONENT, componentResource());
  }

  set(path: string, resource: Json | Json[]): void {
    this.resources.set(path.toLowerCase(), resource);
  }

  setDiagnostics(scope: string, byName: Readonly<Record<string, Json>>): void {
    const all = Object.entries(byName).map(([name, properties]) =>
      diagnosticResource(scope, name, properties),
    );
    this.set(`${scope}/diagnostics`, all);
  }

  #replyTo(request: IncomingMessage): Reply {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname === '/token') return { status: 200, body: this.#tokenFor(url) };
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    if (url.pathname === '/') return { status: 404, body: notFound('/') };
    const isKnown = request.headers.authorization === `Bearer ${this.token}`;
    if (!isKnown) return { status: 401, body: INVALID_TOKEN };
    if (request.method !== 'GET') return { status: 405, body: {} };
    const path = decodeURIComponent(url.pathname).toLowerCase();
    const fault = this.faults.find(({ at }) => path.includes(at.toLowerCase()));
    if (fault) return replyOf(fault, url.pathname);
    if (!url.searchParams.get('api-version')) return { status: 400, body: MISSING_VERSION };
    const found = this.resources.get(path);
    if (found === undefined) return { status: 404, body: notFound(url.pathname) };
    return { status: 200, body: Array.isArray(found) ? this.#page(url, found) : found };
  }

  #page(url: URL, all: readonly Json[]): Json {
    const skip = Number(url.searchParams.get('$skip') ?? 0);
    const next = new URL(url);
    next.searchParams.set('$skip', String(skip + this.pageSize));
    const link = `${this.nextOrigin ?? this.origin}${next.pathname}${next.search}`;
    return {
      value: all.slice(skip, skip + this.pageSize),
      count: all.length,
      ...(skip + this.pageSize < all.length && { nextLink: link }),
    };
  }

  #tokenFor(url: URL): Json {
    return {
      access_token: this.token,
      expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
    };
  }
}

interface Reply {
  readonly status: number;
  /** Text is a page of a gateway's; absent: nothing comes. */
  readonly body?: Json | string;
  readonly retryAfter?: string;
  readonly isCut?: boolean;
}

function replyOf({ kind }: ArmFault, path: string): Reply {
  switch (kind) {
    case 'throttled': {
      const body = error('TooManyRequests', 'The request is being throttled.');
      return { status: 429, retryAfter: '300', body };
    }
    case 'forbidden':
      return { status: 403, body: forbidden(path) };
    case 'unavailable':
      return { status: 503, body: error('ServerTimeout', 'The service is unavailable.') };
    case 'html':
      return { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' };
    case 'cut':
      return { status: 200, body: { value: [{ name: 'azuremonitor' }] }, isCut: true };
    case 'unknown':
      return { status: 200, body: { odd: true } };
    case 'slow':
      return { status: 200 };
  }
}

function jwt(claims: Json): string {
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.signature`;
}

function error(code: string, text: string): Json {
  return { error: { code, message: text } };
}

const INVALID_TOKEN = error('InvalidAuthenticationToken', 'The access token is invalid.');
const MISSING_VERSION = error(
  'MissingApiVersionParameter',
  'The api-version query parameter (?api-version=) is required for all requests.',
);

function notFound(path: string): Json {
  return error('ResourceNotFound', `The Resource '${path}' was not found.`);
}

function forbidden(path: string): Json {
  return error(
    'AuthorizationFailed',
    `The client with object id '${PRINCIPAL}' does not have authorization to perform action 'read' over scope '${path}' or the scope is invalid.`,
  );
}

function send({ status, body, retryAfter, isCut }: Reply, response: ServerResponse): void {
  if (body === undefined) return;
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  const isPage = typeof body === 'string';
  const text = isPage ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': isPage ? 'text/html' : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  if (isCut) response.write(text.slice(0, text.length / 2), () => response.destroy());
  else response.end(text);
}
