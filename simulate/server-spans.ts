import type { Call } from './call.ts';
import { CANARY, leaks } from './canaries.ts';
import { approvalRequired, approvalResult, resultCode, rpcIdOf } from './contract.ts';
import { serverAgent, serverSession } from './evidence.ts';
import { otlpSpan, type ServerSpan } from './records/otlp-spans.ts';
import { type Detail, parentOfServerSpan } from './server-insights.ts';

/** The spans of a call at a server that reports by OpenTelemetry, by the MCP conventions. */
export function serverSpans(call: Call, detail: Detail): object[] {
  const spans = [otlpSpan(callSpan(call))];
  if (detail === 'lean') return spans;
  if (call.executedAt !== undefined) spans.push(otlpSpan(downstreamSpan(call, call.executedAt)));
  return spans;
}

/**
 * MCP carries its own trace context: such a span is the child of the client's MCP span, in the
 * client's trace, and only links to the HTTP request.
 */
function callSpan(call: Call): ServerSpan {
  const { caller, server, ending } = call;
  return {
    traceId: call.serverTrace,
    spanId: call.serverSpan,
    parentId: call.isLinked ? call.clientSpan : parentOfServerSpan(call),
    link: call.isLinked ? { traceId: call.gatewayTrace, spanId: call.backendSpan } : undefined,
    name: `tools/call ${call.tool.name}`,
    kind: 'server',
    at: call.serverAt,
    durationMs: call.serverMs,
    error: errorText(call),
    attributes: {
      'mcp.method.name': 'tools/call',
      'mcp.session.id': serverSession(call),
      'mcp.protocol.version': call.protocol,
      'jsonrpc.request.id': call.batch ? rpcIdOf(call.batch) : String(call.number),
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.tool.name,
      'gen_ai.agent.id': serverAgent(call),
      'gen_ai.tool.call.arguments': leaks(call.number)
        ? CANARY.toolArguments(call.number)
        : undefined,
      'mcp.result.type': ending.resultType,
      'error.type': ending.errorType ?? (ending.httpStatus >= 500 ? '500' : undefined),
      'rpc.response.status_code': ending.rpcCode?.toString(),
      'http.response.status_code': ending.httpStatus,
      'network.transport': 'tcp',
      'enduser.id': caller.user,
      downstream_resource: server.downstream,
      authorization_mode: server.authorizationMode,
      approval_required: approvalRequired(call),
      approval_result: approvalResult(call),
      result_code: resultCode(call),
      arguments_hash: call.argumentsHash,
    },
  };
}

/** Some SDKs put the text of the tool's result into the status message. */
function errorText({ number, ending }: Call): string | undefined {
  if (ending.outcome === 'success') return undefined;
  return ending.tool === 'error' ? CANARY.toolResult(number) : (ending.errorMessage ?? 'failed');
}

function downstreamSpan(call: Call, at: number): ServerSpan {
  const query = leaks(call.number) ? `?${CANARY.urlSignature(call.number)}` : '';
  return {
    traceId: call.serverTrace,
    spanId: call.downstreamSpan,
    parentId: call.serverSpan,
    name: 'GET',
    kind: 'client',
    at,
    durationMs: call.downstreamMs,
    attributes: {
      'http.request.method': 'GET',
      'http.response.status_code': call.ending.outcome === 'success' ? 200 : 503,
      'server.address': call.server.downstream,
      'url.full': `https://${call.server.downstream}/v1/${call.tool.name}${query}`,
    },
  };
}
