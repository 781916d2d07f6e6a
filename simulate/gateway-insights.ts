import type { Call } from './call.ts';
import { CANARY, leaks } from './canaries.ts';
import { seenAs } from './fleet/agents.ts';
import type { Gateway } from './fleet/gateways.ts';
import { endpointUrl } from './gateway-side.ts';
import type { InsightsItem } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';
import { microsFromMs } from './timestamps.ts';

/** Fixed-rate sampling keeps or drops a whole trace, by its id. */
export function isKept(traceId: string, oneOf: number): boolean {
  return Number.parseInt(traceId.slice(-4), 16) % oneOf === 0;
}

/** What API Management sends to its own Application Insights about a call; none if sampled out. */
export function gatewayInsights(call: Call, gateway: Gateway): InsightsItem[] {
  if (!isKept(call.gatewayTrace, gateway.insightsKeepsOneOf)) return [];
  const { server, ending } = call;
  const shared = {
    component: `appi-${gateway.name}`,
    roleName: `${gateway.name} ${gateway.region}`,
    roleInstance: 'gateway_0',
    sdk: 'apim:0.51.20122',
    operationId: call.gatewayTrace,
    operationName: `${server.id};rev=1 - post-mcp`,
    itemCount: gateway.insightsKeepsOneOf,
  };
  const request: InsightsItem = {
    ...shared,
    table: 'AppRequests',
    at: call.at,
    parentId: call.faults.noTrace ? undefined : call.clientSpan,
    columns: {
      Id: call.gatewaySpan,
      Name: `POST /${server.id}/mcp`,
      Url: endpointUrl(gateway, server),
      Success: ending.httpStatus < 400,
      ResultCode: String(ending.httpStatus),
      DurationMs: call.totalMs,
    },
    properties: requestProperties(call, gateway),
  };
  if (!ending.serverSees && ending.httpStatus !== 502) return [request];
  const attempt: InsightsItem = {
    ...shared,
    table: 'AppDependencies',
    at: call.at + microsFromMs(3),
    parentId: call.gatewaySpan,
    columns: {
      Id: call.backendSpan,
      Target: server.host,
      DependencyType: 'HTTP',
      Name: 'POST /mcp',
      Data: endpointOf(server),
      Success: ending.httpStatus < 400,
      ResultCode: String(ending.httpStatus),
      DurationMs: call.backendMs,
    },
    properties: { 'Request Id': call.correlationId, 'API Name': server.id },
  };
  return [request, attempt];
}

function requestProperties(call: Call, gateway: Gateway): InsightsItem['properties'] {
  const { server, ending, caller, faults } = call;
  const sessionId = faults.noSession ? undefined : call.sessionId;
  return {
    'Service ID': gateway.name,
    'Service Name': gateway.host,
    'Service Type': 'API Management',
    Region: gateway.region,
    'API Name': server.id,
    'API Revision': '1',
    'API Type': 'mcp',
    'Operation Name': 'post-mcp',
    'Subscription Name': caller.agent.subscriptionId,
    'Request Id': call.correlationId,
    'HTTP Method': 'POST',
    Cache: 'None',
    'Request-x-agent-id':
      caller.agent.presents === 'token' || faults.noAgent ? undefined : seenAs(caller.agent),
    'Request-Mcp-Session-Id': sessionId,
    'api.type': 'Mcp',
    'auth.type': server.inboundAuth,
    'gen_ai.operation.name': 'tools/call',
    'gen_ai.conversation.id': sessionId,
    'gen_ai.tool.name': call.tool.name,
    'gen_ai.tool.type': 'function',
    'service.name': server.id,
    'service.version': server.version,
    'user_agent.name': caller.agent.clientName,
    'user_agent.version': caller.agent.clientVersion,
    'error.type': ending.errorType,
    'error.message': ending.errorMessage,
    'Response-Body': gateway.responseBodyBytes > 0 ? CANARY.toolResult(call.number) : undefined,
    'gen_ai.tool.call.arguments': leaks(call.number)
      ? CANARY.toolArguments(call.number)
      : undefined,
  };
}
