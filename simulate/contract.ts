import type { BatchItem, Call } from './call.ts';
import { serverAgent, serverSession } from './evidence.ts';
import { isoMicros, microsFromMs } from './timestamps.ts';

/** Properties of an evidence record: Application Insights keeps them all as text. */
export type Properties = Readonly<Record<string, string | undefined>>;

/** What a call's result is called: tool error, JSON-RPC code, the gateway's reason, HTTP status. */
export function resultCode({ ending }: Call): string {
  return ending.errorType ?? ending.lastError?.reason ?? String(ending.httpStatus);
}

export function approvalRequired({ tool, bypass }: Call): boolean {
  return tool.needsApproval && bypass !== 'claimed_not_required';
}

/** The JSON-RPC id of a call in a batch: unique in its request only. */
export function rpcIdOf({ item }: BatchItem): string {
  return String(item + 1);
}

/** Undefined where an approval was needed and the call never came to asking for it. */
export function approvalResult(call: Call): string | undefined {
  return approvalRequired(call) ? call.approval?.result : 'not_required';
}

export function toolIsError({ ending }: Call): boolean | undefined {
  return ending.tool === 'unknown' ? undefined : ending.tool === 'error';
}

/** The twelve fields of the evidence contract, as a server logs them in `mcp.tool_call`. */
export function toolCallFields(call: Call): Properties {
  const { caller, server, ending } = call;
  return {
    timestamp: isoMicros(call.serverAt),
    agent_id: serverAgent(call),
    server_id: server.id,
    tool_name: call.tool.name,
    mcp_session_id: serverSession(call),
    caller_identity: caller.user,
    downstream_resource: server.downstream,
    authorization_mode: server.authorizationMode,
    approval_required: String(approvalRequired(call)),
    approval_result: approvalResult(call),
    latency_ms: String(call.serverMs),
    result_code: resultCode(call),
    tool_is_error: toolIsError(call)?.toString(),
    rpc_error_code: ending.rpcCode?.toString(),
    result_type: ending.resultType,
    'jsonrpc.request.id': call.batch && rpcIdOf(call.batch),
    arguments_hash: call.argumentsHash,
    approval_id: call.approval?.id,
    approval_wait_ms: call.approval && String(call.waitedMs),
  };
}

/** What a server logs in `mcp.approval`; undefined where nobody was asked. */
export function approvalFields(call: Call): Properties | undefined {
  const { approval, decidedAt } = call;
  if (!approval || decidedAt === undefined) return undefined;
  if (call.bypass === 'executed_on_used_approval') return undefined; // it was logged when it was new
  const requestedAt = decidedAt - microsFromMs(approval.waitMs);
  const isExpired = approval.result === 'expired';
  return {
    approval_id: approval.id,
    approval_required: 'true',
    approval_result: approval.result,
    requested_at: isoMicros(requestedAt),
    decided_at: isoMicros(decidedAt),
    expires_at: isoMicros(requestedAt + microsFromMs(approval.lifetimeMs)),
    approval_wait_ms: String(approval.waitMs),
    approver: isExpired ? undefined : approval.approver,
    server_id: call.server.id,
    tool_name: call.tool.name,
    agent_id: serverAgent(call),
    mcp_session_id: serverSession(call),
    arguments_hash: call.approvedHash,
  };
}
