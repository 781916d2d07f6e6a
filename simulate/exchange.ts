import type { Call } from './call.ts';
import { CANARY } from './canaries.ts';
import { type Protocol, seenAs } from './fleet/agents.ts';
import type { Gateway } from './fleet/gateways.ts';
import {
  endpointUrl,
  type Headers,
  identityTrace,
  protocolHeaders,
  sessionHeaders,
} from './gateway-side.ts';
import type { Random } from './random.ts';
import type { GatewayRequest } from './records/gateway-logs.ts';
import type { InsightsItem } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';
import { serverComponent } from './server-insights.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** One HTTP request to an MCP endpoint that is no tool call. */
export interface Exchange {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** The JSON-RPC method; undefined where there is none, or nobody got to read it. */
  readonly message?: string;
  /** Another revision than the call's. */
  readonly protocol?: Protocol;
  readonly status?: number;
  readonly totalMs?: number;
  readonly url?: string;
  readonly sessionId?: string | undefined;
  readonly hasCredential?: boolean;
  readonly responseHeaders?: Headers;
  readonly error?: GatewayRequest['error'];
  readonly toolCount?: number;
  readonly beforeMs: number;
}

/** What the gateway logs of it. */
export function requestOfExchange(
  random: Random,
  call: Call,
  gateway: Gateway,
  exchange: Exchange & { readonly at: Micros },
): GatewayRequest {
  const { agent, ip, user } = call.caller;
  const { method = 'POST', status = 200 } = exchange;
  const protocol = exchange.protocol ?? call.protocol;
  const isRefused = status === 401;
  const totalMs = exchange.totalMs ?? (isRefused ? random.int(1, 4) : random.int(12, 60));
  const sendsHeader = agent.presents === 'header';
  const headers = exchange.message === undefined ? {} : protocolHeaders(protocol, exchange.message);
  return {
    gateway,
    at: exchange.at,
    correlationId: random.uuid(),
    apiId: call.server.id,
    operationId: `${method.toLowerCase()}-mcp`,
    subscriptionId: isRefused ? undefined : agent.subscriptionId,
    method,
    url: exchange.url ?? endpointUrl(gateway, call.server),
    callerIp: ip,
    status,
    totalMs,
    backendMs: isRefused ? 0 : Math.max(0, totalMs - 6),
    clientMs: 1,
    requestBytes: 380,
    responseBytes: isRefused ? 210 : 900,
    requestHeaders: {
      'User-Agent': `${agent.clientName}/${agent.clientVersion}`,
      'x-agent-id': sendsHeader ? seenAs(agent) : undefined,
      ...sessionHeaders(protocol, exchange.sessionId),
      ...headers,
      Cookie: exchange.message === 'initialize' ? CANARY.cookie(call.number) : undefined,
    },
    responseHeaders: { 'Content-Type': 'application/json', ...exchange.responseHeaders },
    backend: isRefused
      ? undefined
      : { url: endpointOf(call.server), id: `${call.server.id}-backend`, status },
    error: exchange.error,
    traceRecords: sendsHeader || isRefused ? undefined : identityTrace(agent, user),
  };
}

/** The server's own request row of it, for servers that use Application Insights. */
export function exchangeItem(
  random: Random,
  { server }: Call,
  request: GatewayRequest,
  message: string,
): InsightsItem | undefined {
  if (server.reportsBy === 'otlp' || request.backend === undefined) return undefined;
  return {
    ...serverComponent(server, request.totalMs),
    table: 'AppRequests',
    at: request.at + microsFromMs(4),
    operationId: random.hex(4),
    parentId: undefined,
    itemCount: 1,
    columns: {
      Id: random.hex(2),
      Name: 'POST /mcp',
      Url: endpointOf(server),
      Success: request.status < 400,
      ResultCode: String(request.status),
      DurationMs: request.backendMs,
    },
    properties: { 'mcp.method.name': message },
  };
}
