import { AGENTS, type Agent, seenAs } from './fleet/agents.ts';
import type { Server, Tool } from './fleet/servers.ts';
import { jsonTemplate, numberHole, textHole } from './json-template.ts';
import { gatewayLog } from './records/gateway-logs.ts';
import { insightsRow } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';

/** One agent's calls of one tool, as text with holes. */
export interface CallPattern {
  readonly agent: Agent;
  readonly tool: Tool;
  readonly gateway: (values: readonly (string | number)[]) => string;
  readonly server: (values: readonly (string | number)[]) => string;
}

/** Each agent's tools at servers that need no approval and log to Application Insights. */
export function callPatterns(): CallPattern[] {
  return AGENTS.filter(({ owner }) => owner !== undefined).flatMap((agent) =>
    agent.servers
      .filter(({ server }) => server.reportsBy !== 'otlp')
      .flatMap(({ server }) =>
        server.tools
          .filter(({ needsApproval }) => !needsApproval)
          .map((tool) => ({
            agent,
            tool,
            gateway: jsonTemplate(gatewayRecord(agent, server, tool)),
            server: jsonTemplate(serverRecord(agent, server, tool)),
          })),
      ),
  );
}

function gatewayRecord(agent: Agent, server: Server, tool: Tool): object {
  const { gateway } = server;
  return {
    ...gatewayLog({
      gateway,
      at: 0,
      correlationId: textHole(1),
      apiId: server.id,
      operationId: 'post-mcp',
      subscriptionId: agent.subscriptionId,
      method: 'POST',
      url: `https://${gateway.host}/${server.id}/mcp`,
      callerIp: '203.0.113.10',
      status: 200,
      totalMs: numberHole(2),
      backendMs: numberHole(3),
      clientMs: 1,
      requestBytes: 512,
      responseBytes: 2048,
      requestHeaders: {
        'User-Agent': `${agent.clientName}/${agent.clientVersion}`,
        traceparent: `00-${textHole(4)}-${textHole(5)}-01`,
        'Mcp-Session-Id': textHole(6),
        'x-agent-id': seenAs(agent),
        'Mcp-Method': 'tools/call',
        'Mcp-Name': tool.name,
      },
      responseHeaders: { 'Content-Type': 'application/json' },
      backend: { url: endpointOf(server), id: `${server.id}-backend`, status: 200 },
    }),
    TimeGenerated: textHole(0),
  };
}

function serverRecord(agent: Agent, server: Server, tool: Tool): object {
  return {
    ...insightsRow({
      table: 'AppRequests',
      at: 0,
      component: `appi-${server.id}`,
      roleName: server.roleName,
      roleInstance: `${server.roleName}-0`,
      sdk: 'dotnet:2.23.0',
      operationId: textHole(3),
      parentId: textHole(4),
      operationName: 'POST /mcp',
      itemCount: 1,
      columns: {
        Id: textHole(1),
        Name: 'POST /mcp',
        Url: endpointOf(server),
        Success: true,
        ResultCode: '200',
        DurationMs: numberHole(2),
      },
      properties: {
        'mcp.method.name': 'tools/call',
        tool_name: tool.name,
        mcp_session_id: textHole(5),
        agent_id: seenAs(agent),
        server_id: server.id,
        caller_identity: agent.users[0],
        downstream_resource: server.downstream,
        authorization_mode: server.authorizationMode,
        approval_required: 'false',
        approval_result: 'not_required',
      },
    }),
    TimeGenerated: textHole(0),
  };
}
