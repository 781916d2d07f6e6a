import type { Call } from './call.ts';
import { SERVER_KEEPS_ONE_OF } from './call-faults.ts';
import { CANARY, leaks } from './canaries.ts';
import { approvalFields, type Properties, toolCallFields } from './contract.ts';
import { loggedSpan, serverSession } from './evidence.ts';
import type { Server } from './fleet/servers.ts';
import type { InsightsItem, InsightsTable } from './records/insights.ts';
import { endpointOf } from './records/mcp-log.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** How much is written of each call: all there is, or only what tells of the call itself. */
export type Detail = 'full' | 'lean';

/** A server's items about one call: its request row first, then what happened inside it. */
export function serverInsights(call: Call, detail: Detail): InsightsItem[] {
  const items = call.batch && call.batch.item > 0 ? [] : [requestItem(call)];
  if (call.ending.httpStatus === 503) return items; // it never came to reading the message
  const isFull = detail === 'full';
  if (isFull && call.server.id === 'docs-mcp' && call.number % 3 === 0) items.push(logLine(call));
  if (isFull && call.executedAt !== undefined) items.push(downstreamItem(call, call.executedAt));
  const approval = approvalFields(call);
  if (approval && call.decidedAt !== undefined) {
    items.push(named(call, 'AppEvents', 'mcp.approval', approval, call.decidedAt));
  }
  const end = call.serverAt + microsFromMs(call.serverMs);
  const table = call.server.reportsBy === 'app_traces' ? 'AppTraces' : 'AppEvents';
  items.push(named(call, table, 'mcp.tool_call', toolCallFields(call), end));
  if (isFull && call.ending.httpStatus === 500) items.push(exceptionItem(call));
  return items;
}

/** What every item of a server's component has. */
export function serverComponent(server: Server, instance: number) {
  return {
    component: `appi-${server.id}`,
    roleName: server.roleName,
    roleInstance: `${server.roleName}-${instance % 3}`,
    sdk: 'dotnet:2.23.0',
    operationName: 'POST /mcp',
  };
}

function shared(call: Call) {
  return {
    ...serverComponent(call.server, call.number),
    operationId: call.serverTrace,
    itemCount: call.faults.sampling === 'kept' ? SERVER_KEEPS_ONE_OF : 1,
  };
}

/** The span that caused the server's request, where it came with the request. */
export function parentOfServerSpan(call: Call): string | undefined {
  if (call.faults.noTrace) return undefined;
  return loggedSpan(call, call.gateway === undefined ? call.clientSpan : call.backendSpan);
}

function requestItem(call: Call): InsightsItem {
  const url = endpointOf(call.server);
  return {
    ...shared(call),
    table: 'AppRequests',
    at: call.serverAt,
    parentId: parentOfServerSpan(call),
    columns: {
      Id: loggedSpan(call, call.serverSpan),
      Name: 'POST /mcp',
      Url: leaks(call.number) ? `${url}?${CANARY.urlCode(call.number)}` : url,
      Success: call.ending.httpStatus < 400,
      ResultCode: String(call.ending.httpStatus),
      DurationMs: call.batch?.serverMs ?? call.serverMs,
    },
    properties: {
      'mcp.method.name': call.batch ? undefined : 'tools/call',
      'gen_ai.tool.name': call.batch ? undefined : call.tool.name,
      'mcp.protocol.version': call.protocol,
      mcp_session_id: serverSession(call),
      'gen_ai.tool.call.arguments': leaks(call.number)
        ? CANARY.toolArguments(call.number)
        : undefined,
    },
  };
}

function named(
  call: Call,
  table: InsightsTable,
  name: string,
  properties: Properties,
  at: Micros,
): InsightsItem {
  return {
    ...shared(call),
    table,
    at,
    parentId: loggedSpan(call, call.serverSpan),
    columns: table === 'AppTraces' ? { Message: name, SeverityLevel: 1 } : { Name: name },
    properties,
  };
}

/** An ordinary log line inside the call: it is no call of its own. */
function logLine(call: Call): InsightsItem {
  return {
    ...shared(call),
    table: 'AppTraces',
    at: call.serverAt + microsFromMs(1),
    parentId: loggedSpan(call, call.serverSpan),
    columns: { Message: `Executing tool: ${call.tool.name}`, SeverityLevel: 1 },
    properties: { ToolName: call.tool.name, '{OriginalFormat}': 'Executing tool: {ToolName}' },
  };
}

function downstreamItem(call: Call, at: Micros): InsightsItem {
  const { server } = call;
  const query = leaks(call.number) ? `?${CANARY.urlSignature(call.number)}` : '';
  const isOk = call.ending.outcome === 'success';
  return {
    ...shared(call),
    table: 'AppDependencies',
    at,
    parentId: loggedSpan(call, call.serverSpan),
    columns: {
      Id: loggedSpan(call, call.downstreamSpan),
      Target: server.downstream,
      DependencyType: server.downstreamType,
      Name: server.downstreamType === 'SQL' ? 'billing' : `GET /v1/${call.tool.name}`,
      Data:
        server.downstreamType === 'SQL'
          ? `execute ${call.tool.name}`
          : `https://${server.downstream}/v1/${call.tool.name}${query}`,
      Success: isOk,
      ResultCode: server.downstreamType === 'SQL' ? '0' : isOk ? '200' : '503',
      DurationMs: call.downstreamMs,
    },
    properties: {},
  };
}

function exceptionItem(call: Call): InsightsItem {
  return {
    ...shared(call),
    table: 'AppExceptions',
    at: call.serverAt + microsFromMs(call.serverMs),
    parentId: loggedSpan(call, call.serverSpan),
    columns: {
      ProblemId: `System.Net.Http.HttpRequestException at ${call.tool.name}`,
      ExceptionType: 'System.Net.Http.HttpRequestException',
      OuterMessage: `Request to ${call.server.downstream} failed. Authorization: ${CANARY.bearer(call.number)}`,
      SeverityLevel: 3,
    },
    properties: { tool_name: call.tool.name },
  };
}
