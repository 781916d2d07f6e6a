import type { Call } from './call.ts';
import { type Exchange, exchangeItem, requestOfExchange } from './exchange.ts';
import type { Faults } from './fault-table.ts';
import type { Gateway } from './fleet/gateways.ts';
import { sessionHeaders } from './gateway-side.ts';
import type { Random } from './random.ts';
import type { CallInSession } from './runs.ts';
import type { SessionUse } from './sessions.ts';
import type { Telemetry } from './telemetry.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** Counts of the HTTP requests to MCP endpoints, by how authentication went. */
export interface AuthCounts {
  readonly attempts: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly challenges: number;
  readonly rateLimited: number;
}

/** What clients and gateways say to each other around the calls: most MCP traffic is no tool call. */
export class Chatter {
  readonly #random: Random;
  readonly #telemetry: Telemetry;
  readonly #from: Micros;
  readonly #faults: Faults;
  readonly #counts = { succeeded: 0, failed: 0, challenges: 0, rateLimited: 0 };

  constructor(random: Random, telemetry: Telemetry, from: Micros, faults: Faults) {
    this.#random = random;
    this.#telemetry = telemetry;
    this.#from = from;
    this.#faults = faults;
  }

  get auth(): AuthCounts {
    const { succeeded, failed, challenges, rateLimited } = this.#counts;
    return { attempts: succeeded + failed + challenges + rateLimited, ...this.#counts };
  }

  /** Writes what came before a call, and counts the call's own authentication. */
  around({ call, session }: CallInSession): void {
    const { gateway } = call;
    if (!gateway) return;
    if (call.batch && call.batch.item > 0) return; // it came with the first
    for (const { ending } of [...call.rounds, call]) this.#count(ending.httpStatus, true);
    if (call.incident === 'bad_credential') this.#badCredential(call, gateway);
    if (session.isNew) this.#openSession(call, gateway, session);
    if (this.#random.chance(0.02)) this.#say(call, gateway, { ...PING, sessionId: session.id });
    if (session.id === undefined && this.#random.chance(0.05)) {
      this.#say(call, gateway, { message: 'server/discover', beforeMs: 600 });
    }
  }

  #openSession(call: Call, gateway: Gateway, { id, closedId, isPerCall }: SessionUse): void {
    const random = this.#random;
    const { agent } = call.caller;
    if (closedId !== undefined) {
      this.#say(call, gateway, { method: 'DELETE', sessionId: closedId, beforeMs: 2_500 });
    }
    if (agent.presents === 'token' && random.chance(this.#faults.challenges)) {
      this.#challenge(call, gateway);
    }
    if (hasFallenBack(call)) this.#probeVersion(call, gateway);
    if (this.#isSeenOpening()) this.#shakeHands(call, gateway, id, isPerCall);
    if (!isPerCall && random.chance(this.#faults.streams)) {
      // The stream on which the server may speak stays open for minutes.
      this.#say(call, gateway, {
        method: 'GET',
        totalMs: random.int(60_000, 1_500_000),
        responseHeaders: { 'Content-Type': 'text/event-stream' },
        sessionId: id,
        beforeMs: 600,
      });
    }
  }

  #isSeenOpening(): boolean {
    const { handshakes } = this.#faults;
    return handshakes >= 1 || this.#random.chance(handshakes);
  }

  #shakeHands(call: Call, gateway: Gateway, id: string | undefined, isPerCall: boolean): void {
    this.#say(call, gateway, {
      message: 'initialize',
      responseHeaders: sessionHeaders(call.protocol, id),
      beforeMs: 900,
    });
    if (isPerCall) return;
    this.#say(call, gateway, {
      message: 'notifications/initialized',
      status: 202,
      sessionId: id,
      beforeMs: 700,
    });
    this.#say(call, gateway, {
      message: 'tools/list',
      toolCount: call.server.tools.length,
      sessionId: id,
      beforeMs: 500,
    });
  }

  /** The client speaks the newest revision first; an older server does not know its words. */
  #probeVersion(call: Call, gateway: Gateway): void {
    this.#say(call, gateway, {
      message: 'server/discover',
      protocol: call.caller.agent.protocol,
      status: 400,
      beforeMs: 1_200,
    });
  }

  /** OAuth discovery: the first request carries no token, by design. */
  #challenge(call: Call, gateway: Gateway): void {
    const metadata = `https://${gateway.host}/.well-known/oauth-protected-resource/${call.server.id}`;
    this.#say(call, gateway, {
      status: 401,
      hasCredential: false,
      responseHeaders: { 'WWW-Authenticate': `Bearer resource_metadata="${metadata}"` },
      error: {
        source: 'validate-azure-ad-token',
        reason: 'TokenNotPresent',
        message: 'JWT not present.',
      },
      beforeMs: 2_000,
    });
    this.#say(call, gateway, { method: 'GET', url: metadata, beforeMs: 1_800 });
  }

  #badCredential(call: Call, gateway: Gateway): void {
    this.#say(call, gateway, {
      status: 401,
      responseHeaders: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      error: {
        source: 'validate-azure-ad-token',
        reason: 'TokenExpired',
        message: 'JWT Validation Failed: Lifetime validation failed. The token is expired.',
      },
      beforeMs: 3_000,
    });
  }

  #say(call: Call, gateway: Gateway, exchange: Exchange): void {
    const { message, status = 200 } = exchange;
    const at = call.at - microsFromMs(exchange.beforeMs - this.#random.int(0, 80));
    const request = requestOfExchange(this.#random, call, gateway, {
      ...exchange,
      at: Math.max(at, this.#from),
    });
    this.#telemetry.request(request);
    if (!request.url.includes('/.well-known/')) {
      this.#count(status, exchange.hasCredential ?? true);
    }
    if (message === undefined) return;
    this.#telemetry.message({
      gateway,
      at: request.at + microsFromMs(1),
      correlationId: request.correlationId,
      server: call.server,
      agent: call.caller.agent,
      protocol: exchange.protocol ?? call.protocol,
      method: message,
      sessionId: exchange.sessionId,
      toolCount: exchange.toolCount,
    });
    const item = exchangeItem(this.#random, call, request, message);
    if (item) this.#telemetry.serverItem(call.server, item);
  }

  #count(status: number, hasCredential: boolean): void {
    if (status === 429) this.#counts.rateLimited += 1;
    else if (status === 401 && !hasCredential) this.#counts.challenges += 1;
    else if (status === 401 || status === 403) this.#counts.failed += 1;
    else this.#counts.succeeded += 1;
  }
}

/** The call's revision of MCP is older than what its client speaks by itself. */
export function hasFallenBack({ caller, protocol, batch }: Call): boolean {
  return caller.agent.protocol === '2026-07-28' && protocol !== '2026-07-28' && !batch;
}

const PING = { message: 'ping', beforeMs: 300 } as const;
