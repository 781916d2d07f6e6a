import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_YAML, inventoryYaml, pricesYaml } from './config-files.ts';
import { AGENTS, type Agent, seenAs } from './fleet/agents.ts';
import type { Server, Tool } from './fleet/servers.ts';
import type { FleetOptions, FleetTruth } from './fleet-simulation.ts';
import { TruthTotals } from './ground-truth.ts';
import { jsonTemplate, numberHole, textHole } from './json-template.ts';
import { Random } from './random.ts';
import type { RecordFiles } from './record-files.ts';
import { gatewayLog } from './records/gateway-logs.ts';
import { insightsRow } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';
import { isoTicks, microsFromMs, microsOf } from './timestamps.ts';

const CALLS_PER_SESSION = 20;
const CALLS_PER_FLUSH = 500;

/**
 * Clean calls as fast as they can be written: one gateway record and one server record for each,
 * in one trace of their own. For benchmarks; there is nothing to find in it.
 */
export async function simulateBulk(files: RecordFiles, options: FleetOptions): Promise<FleetTruth> {
  const { calls, folder, from, to } = options;
  const random = new Random(options.seed);
  const gatewayFile = files.open('telemetry/gateway.ndjson');
  const serverFile = files.open('telemetry/app_requests.ndjson');
  const patterns = callPatterns();
  const sessions = patterns.map(() => '');
  const start = microsOf(from);
  const step = (microsOf(to) - start) / calls;
  const counts = patterns.map(() => 0);

  for (let call = 0; call < calls; call += 1) {
    const chosen = random.int(0, patterns.length - 1);
    const pattern = patterns[chosen] as CallPattern;
    const count = counts[chosen] ?? 0;
    if (count % CALLS_PER_SESSION === 0) sessions[chosen] = random.uuid();
    counts[chosen] = count + 1;

    const at = start + Math.floor(call * step);
    const serverMs = 40 + (random.bits() % 1_200_000) / 1000;
    const backendMs = Math.ceil(serverMs) + 2;
    const trace = random.hex(4);
    const span = random.hex(2);
    const session = sessions[chosen] ?? '';
    gatewayFile.addText(
      pattern.gateway([
        isoTicks(at),
        random.uuid(),
        backendMs + 9,
        backendMs,
        trace,
        span,
        session,
      ]),
    );
    serverFile.addText(
      pattern.server([
        isoTicks(at + microsFromMs(6)),
        random.hex(2),
        serverMs,
        trace,
        span,
        session,
      ]),
    );
    if (call % CALLS_PER_FLUSH === 0) {
      await files.flushFull();
      options.onProgress(call);
    }
  }
  options.onProgress(calls);

  writeFileSync(join(folder, 'mcp-witness.yaml'), CONFIG_YAML);
  writeFileSync(join(folder, 'inventory.yaml'), inventoryYaml(from, to));
  writeFileSync(join(folder, 'prices.yaml'), pricesYaml(from));
  return truthOfBulk(patterns, counts);
}

interface CallPattern {
  readonly agent: Agent;
  readonly tool: Tool;
  readonly gateway: (values: readonly (string | number)[]) => string;
  readonly server: (values: readonly (string | number)[]) => string;
}

/** Each agent's tools at servers that need no approval and log to Application Insights. */
function callPatterns(): CallPattern[] {
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

function truthOfBulk(patterns: readonly CallPattern[], counts: readonly number[]): FleetTruth {
  const totals = new TruthTotals();
  patterns.forEach(({ agent, tool }, index) => {
    totals.addClean(agent.id, tool.toolClass, counts[index] ?? 0);
  });
  const auth = { failed: 0, challenges: 0, rateLimited: 0 };
  return {
    totals,
    auth: { attempts: totals.calls, succeeded: totals.calls, ...auth },
    tokens: [],
    malformedRecords: 0,
  };
}
