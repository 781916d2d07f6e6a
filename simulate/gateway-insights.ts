import type { Call } from './call.ts';
import { CANARY, leaks } from './canaries.ts';
import { gatewayAgent, gatewaySession, loggedSpan } from './evidence.ts';
import type { Gateway } from './fleet/gateways.ts';
import { endpointUrl } from './gateway-side.ts';
import type { InsightsItem } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';
import { isKept } from './sampling.ts';

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
    parentId: call.faults.noTrace ? undefined : loggedSpan(call, call.clientSpan),
    columns: {
      Id: loggedSpan(call, call.gatewaySpan),
      Name: `POST /${server.id}/mcp`,
      Url: endpointUrl(gateway, server),
      Success: ending.httpStatus < 400,
      ResultCode: String(ending.httpStatus),
      DurationMs: call.totalMs,
    },
    properties: requestProperties(call, gateway),
  };
  if (!ending.serverSees && ending.httpStatus !== 502) return [request];
  const tries = [...call.attempts, call].map((attempt) => attemptItem(attempt, shared));
  return [request, ...tries];
}

/** One try to reach the server: each has a span of its own, under that of the request. */
function attemptItem(
  attempt: Call,
  shared: Omit<InsightsItem, 'table' | 'at' | 'parentId' | 'columns' | 'properties'>,
): InsightsItem {
  const { server, ending } = attempt;
  return {
    ...shared,
    table: 'AppDependencies',
    at: attempt.sentAt,
    parentId: loggedSpan(attempt, attempt.gatewaySpan),
    columns: {
      Id: loggedSpan(attempt, attempt.backendSpan),
      Target: server.host,
      DependencyType: 'HTTP',
      Name: 'POST /mcp',
      Data: endpointOf(server),
      Success: ending.httpStatus < 400,
      ResultCode: String(ending.httpStatus),
      DurationMs: attempt.backendMs,
    },
    properties: { 'Request Id': attempt.correlationId, 'API Name': server.id },
  };
}

function requestProperties(call: Call, gateway: Gateway): InsightsItem['properties'] {
  const { server, ending, caller } = call;
  const sessionId = gatewaySession(call);
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
    'Request-x-agent-id': caller.agent.presents === 'token' ? undefined : gatewayAgent(call),
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
