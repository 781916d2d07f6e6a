import type { Call } from './call.ts';
import { CANARY, leaks } from './canaries.ts';
import { gatewayAgent, gatewaySession, legacyId } from './evidence.ts';
import type { Agent, Protocol } from './fleet/agents.ts';
import type { Gateway } from './fleet/gateways.ts';
import type { Server } from './fleet/servers.ts';
import type { GatewayRequest } from './records/gateway-logs.ts';
import type { McpMessage } from './records/mcp-log.ts';
import { endpointOf } from './records/mcp-log.ts';
import { microsFromMs } from './timestamps.ts';

export type Headers = Record<string, string | undefined>;

/** How each revision of the protocol spells the session header; the last one has none. */
const SESSION_HEADER = {
  '2025-03-26': 'Mcp-Session-Id',
  '2025-06-18': 'Mcp-Session-Id',
  '2025-11-25': 'MCP-Session-Id',
  '2026-07-28': undefined,
} as const;

export function sessionHeaders(protocol: Protocol, sessionId: string | undefined): Headers {
  const name = SESSION_HEADER[protocol];
  return name === undefined || sessionId === undefined ? {} : { [name]: sessionId };
}

/** What a client says about a message in its headers: from 2026-07-28 on, method and tool too. */
export function protocolHeaders(protocol: Protocol, method: string, tool?: string): Headers {
  return protocol === '2026-07-28'
    ? { 'MCP-Protocol-Version': protocol, 'Mcp-Method': method, 'Mcp-Name': tool }
    : { 'MCP-Protocol-Version': protocol };
}

/** A policy writes who the token is for, where the agent does not send a header. */
export function identityTrace(agent: Agent, user: string, isAgentHidden = false): object[] {
  const metadata = isAgentHidden
    ? { 'caller-upn': user }
    : { azp: agent.appId, 'caller-upn': user };
  return [{ source: 'mcp-identity', message: 'MCP caller', severity: 'information', metadata }];
}

export function endpointUrl(gateway: Gateway, { id }: Server): string {
  return `https://${gateway.host}/${id}/mcp`;
}

/** What the gateway logs of a call. */
export function requestOfCall(call: Call, gateway: Gateway): GatewayRequest {
  const { caller, server, ending, faults } = call;
  const { agent } = caller;
  const isLeaking = leaks(call.number);
  const url = endpointUrl(gateway, server);
  const secretQuery =
    server.inboundAuth === 'api_key' ? CANARY.urlKey(call.number) : CANARY.urlCode(call.number);
  return {
    gateway,
    at: call.at,
    correlationId: call.correlationId,
    apiId: server.id,
    operationId: 'post-mcp',
    subscriptionId: agent.subscriptionId,
    method: 'POST',
    url: isLeaking ? `${url}?${secretQuery}` : url,
    callerIp: caller.ip,
    status: ending.httpStatus,
    totalMs: call.totalMs,
    backendMs: call.backendMs,
    clientMs: call.clientMs,
    requestBytes: 420 + (call.number % 400),
    responseBytes: ending.serverSees ? 600 + ((call.number * 37) % 9_000) : 180,
    requestHeaders: {
      'User-Agent': `${agent.clientName}/${agent.clientVersion}`,
      ...traceHeaders(call),
      ...sessionHeaders(call.protocol, gatewaySession(call)),
      'x-agent-id': agent.presents === 'token' ? undefined : gatewayAgent(call),
      ...protocolHeaders(call.protocol, 'tools/call', call.tool.name),
      Authorization: isLeaking ? CANARY.bearer(call.number) : undefined,
      Cookie: isLeaking ? CANARY.cookie(call.number) : undefined,
      'Ocp-Apim-Subscription-Key': isLeaking ? CANARY.key(call.number) : undefined,
    },
    responseHeaders: { 'Content-Type': 'application/json' },
    backendHeaders:
      gateway.logsBackendHeaders && ending.serverSees && !faults.noTrace && !faults.legacyIds
        ? { traceparent: `00-${call.gatewayTrace}-${call.backendSpan}-01` }
        : undefined,
    requestBody: requestBodyOf(call, isLeaking),
    backend:
      ending.serverSees || ending.httpStatus === 502
        ? { url: endpointOf(server), id: `${server.id}-backend`, status: ending.httpStatus }
        : undefined,
    error: ending.lastError,
    traceRecords:
      agent.presents === 'token'
        ? identityTrace(agent, caller.user, faults.noGatewayAgent)
        : undefined,
  };
}

/** Who continues which trace, as the client says it. */
function traceHeaders(call: Call): Headers {
  if (call.faults.noTrace) return {};
  return call.faults.legacyIds
    ? { 'Request-Id': legacyId(call, call.clientSpan) }
    : { traceparent: `00-${call.gatewayTrace}-${call.clientSpan}-01` };
}

/** A batch can only be told from its body, so that whoever has batches logs it. */
function requestBodyOf(call: Call, isLeaking: boolean): string | undefined {
  if (call.batch) {
    const items = call.batch.tools.map((tool, item) =>
      CANARY.requestBody(call.number, tool, item + 1),
    );
    return `[${items.join(',')}]`;
  }
  return isLeaking ? CANARY.requestBody(call.number, call.tool.name) : undefined;
}

/** What the gateway's MCP log tells of a call. */
export function messageOfCall(call: Call, gateway: Gateway): McpMessage {
  return {
    gateway,
    at: call.at + microsFromMs(2 + (call.batch?.item ?? 0)),
    correlationId: call.correlationId,
    server: call.server,
    agent: call.caller.agent,
    protocol: call.protocol,
    method: 'tools/call',
    sessionId: gatewaySession(call),
    toolName: call.tool.name,
    error: call.ending.errorMessage,
    errorType: call.ending.errorType,
  };
}
