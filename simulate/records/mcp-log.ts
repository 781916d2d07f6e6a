import type { Agent, Protocol } from '../fleet/agents.ts';
import { type Gateway, SUBSCRIPTION_ID, WORKSPACE_TENANT_ID } from '../fleet/gateways.ts';
import type { Server } from '../fleet/servers.ts';
import { isoTicks, type Micros } from '../timestamps.ts';

/** One JSON-RPC message as API Management's MCP log tells it. */
export interface McpMessage {
  readonly gateway: Gateway;
  readonly at: Micros;
  readonly correlationId: string;
  readonly server: Server;
  readonly agent: Agent;
  readonly protocol: Protocol;
  readonly method: string;
  readonly sessionId: string | undefined;
  readonly toolName?: string | undefined;
  readonly toolCount?: number | undefined;
  readonly error?: string | undefined;
  readonly errorType?: string | undefined;
}

/** A row of the table ApiManagementGatewayMCPLog. */
export function mcpLog(message: McpMessage): object {
  const { gateway, server, agent } = message;
  return {
    TenantId: WORKSPACE_TENANT_ID,
    TimeGenerated: isoTicks(message.at),
    OperationName: 'Microsoft.ApiManagement/GatewayMCPLogs',
    CorrelationId: message.correlationId,
    Region: gateway.region,
    ApiType: 'passthrough',
    TransportType: 'Streamable HTTP',
    AuthenticationMethod: server.inboundAuth,
    ClientName: agent.clientName,
    ClientVersion: agent.clientVersion,
    ServerName: server.id,
    ServerVersion: server.version,
    McpServerEndpoint: endpointOf(server),
    ProtocolVersion: message.protocol,
    ToolCount: message.toolCount,
    ToolName: message.toolName ?? '',
    Method: message.method,
    SessionId: message.sessionId ?? '',
    Error: message.error ?? '',
    ErrorType: message.errorType ?? '',
    SourceSystem: 'Azure',
    Type: 'ApiManagementGatewayMCPLog',
    _ResourceId: gateway.resourceId,
    _SubscriptionId: SUBSCRIPTION_ID,
  };
}

/** The same message in an Event Hubs stream; inferred from how GatewayLogs looks there. */
export function mcpLogOfStream(message: McpMessage): object {
  const { gateway, server, agent } = message;
  return {
    Level: 4,
    category: 'GatewayMCPLogs',
    correlationId: message.correlationId,
    location: gateway.region,
    operationName: 'Microsoft.ApiManagement/GatewayMCPLogs',
    properties: {
      apiType: 'passthrough',
      transportType: 'Streamable HTTP',
      authenticationMethod: server.inboundAuth,
      clientName: agent.clientName,
      clientVersion: agent.clientVersion,
      serverName: server.id,
      serverVersion: server.version,
      mcpServerEndpoint: endpointOf(server),
      protocolVersion: message.protocol,
      toolCount: message.toolCount,
      toolName: message.toolName,
      method: message.method,
      sessionId: message.sessionId,
      error: message.error,
      errorType: message.errorType,
    },
    resourceId: gateway.resourceId.toUpperCase(),
    time: isoTicks(message.at),
  };
}

export function endpointOf({ host }: Server): string {
  return `https://${host}/mcp`;
}
