import type { Call } from './call.ts';
import { approvalRequired, approvalResult, resultCode, rpcIdOf } from './contract.ts';
import type { Decision } from './decidability.ts';
import {
  gatewayAgent,
  hasGatewayRecord,
  hasServerRecord,
  type Linkage,
  linkageOf,
  loggedSpan,
  serverAgent,
} from './evidence.ts';
import { faultNames } from './fault-names.ts';
import { seenAs } from './fleet/agents.ts';
import { isoMicros } from './timestamps.ts';

/**
 * What truly happened in one call, and which records tell of it. Where a call took several requests,
 * `correlation_id` and `server_span_id` are of the last, whose answer the client got; the lists have
 * all of them, in order. Items of one batch share both: `item_no` and `rpc_request_id` tell them apart.
 */
export function truthOf(call: Call) {
  const { caller, server, tool, ending, approval } = call;
  const isSeenByGateway = hasGatewayRecord(call);
  const isSeenByServer = hasServerRecord(call);
  const requests = [...call.rounds, call];
  const spans = requests.flatMap((request) => [...request.attempts, request]);
  const lastMs = isSeenByGateway ? call.totalMs : call.serverMs;
  const latencyMs = Math.round(call.at - call.startedAt + lastMs * 1000) / 1000;
  return {
    call: call.number,
    timestamp: isoMicros(isSeenByGateway ? call.startedAt : (spans[0] ?? call).serverAt),
    correlation_id: isSeenByGateway ? call.correlationId : null,
    gateway_operation_id: isSeenByGateway ? call.gatewayTrace : null,
    server_span_id: isSeenByServer ? loggedSpan(call, call.serverSpan) : null,
    server_operation_id: isSeenByServer ? call.serverTrace : null,
    gateway_correlation_ids: isSeenByGateway
      ? requests.map(({ correlationId }) => correlationId)
      : [],
    server_span_ids: isSeenByServer ? spans.map((span) => loggedSpan(span, span.serverSpan)) : [],
    item_no: call.batch?.item ?? null,
    rpc_request_id: call.batch ? rpcIdOf(call.batch) : null,
    linkage: linkageOf(call),
    agent_id: caller.agent.id,
    agent_seen_as: isAgentSeen(call) ? seenAs(caller.agent) : null,
    other_agent_id: call.faults.otherAgent?.id ?? null,
    server_id: server.id,
    tool_name: tool.name,
    mcp_session_id: call.sessionId ?? null,
    server_session_id: call.serverSessionId ?? null,
    protocol_version: call.protocol,
    caller_identity: caller.user,
    downstream_resource: server.downstream,
    authorization_mode: server.authorizationMode,
    approval_required: tool.needsApproval,
    approval_result: approvalResult(call) ?? null,
    latency_ms: latencyMs,
    result_code: resultCode(call),
    tool_class: tool.toolClass,
    environment: server.environment,
    transport_outcome: ending.transport,
    protocol_outcome: ending.protocol,
    tool_outcome: ending.tool,
    outcome: ending.outcome,
    http_status: ending.httpStatus,
    rpc_error_code: ending.rpcCode ?? null,
    gateway_latency_ms: isSeenByGateway ? call.totalMs : null,
    server_latency_ms: isSeenByServer ? call.serverMs : null,
    clock_skew_ms: call.skewMs,
    approval_wait_ms: call.waitedMs,
    active_latency_ms: latencyMs - call.waitedMs,
    region: call.gateway?.region ?? null,
    approval_id: approval?.id ?? null,
    approval_evidence_required: approvalRequired(call),
    approval_decided_at: call.decidedAt === undefined ? null : isoMicros(call.decidedAt),
    executed: call.executedAt !== undefined,
    execution_started_at: call.executedAt === undefined ? null : isoMicros(call.executedAt),
    approval_bypass: call.bypass ?? null,
    gateway_bypass: call.gateway === undefined,
    faults: faultNames(call),
  };
}

export type TruthOfCall = ReturnType<typeof truthOf>;

/** A row of ground_truth.ndjson: what happened, and whether the evidence decides it. */
export type Truth = TruthOfCall & Decision;

function isAgentSeen(call: Call): boolean {
  return (
    (hasGatewayRecord(call) && gatewayAgent(call) !== undefined) ||
    (hasServerRecord(call) && serverAgent(call) !== undefined)
  );
}

/** Adds up the truth of all calls. */
export class TruthTotals {
  readonly calls_by_linkage: Record<Linkage, number> = {
    operation_id: 0,
    session: 0,
    agent: 0,
    gateway_only: 0,
    server_only: 0,
    unmatchable: 0,
  };
  readonly calls_by_decidable: Record<Decision['decidable'], number> = {
    operation_id: 0,
    session: 0,
    agent: 0,
    none: 0,
  };
  readonly calls_by_fault: Record<string, number> = {};
  readonly calls_by_outcome: Record<string, number> = {};
  readonly calls_by_tool_class: Record<string, number> = {};
  readonly calls_by_agent: Record<string, number> = {};
  calls = 0;
  decided_calls = 0;
  approval_bypasses = 0;
  gateway_bypasses = 0;
  read_only_over_1500_ms = 0;
  write_over_4000_ms_without_wait = 0;

  add(truth: Truth): void {
    this.calls += 1;
    this.calls_by_linkage[truth.linkage] += 1;
    this.calls_by_decidable[truth.decidable] += 1;
    if (truth.decided) this.decided_calls += 1;
    for (const fault of truth.faults) increase(this.calls_by_fault, fault);
    increase(this.calls_by_outcome, truth.outcome);
    increase(this.calls_by_tool_class, truth.tool_class);
    increase(this.calls_by_agent, truth.agent_id);
    if (truth.approval_bypass !== null) this.approval_bypasses += 1;
    if (truth.gateway_bypass) this.gateway_bypasses += 1;
    if (truth.tool_class === 'read_only' && truth.latency_ms >= 1500) {
      this.read_only_over_1500_ms += 1;
    }
    if (truth.tool_class === 'write' && truth.active_latency_ms >= 4000) {
      this.write_over_4000_ms_without_wait += 1;
    }
  }

  /** So many fast successes of one kind, all joined by their trace. */
  addClean(agent: string, toolClass: string, calls: number): void {
    this.calls += calls;
    this.calls_by_linkage.operation_id += calls;
    this.calls_by_decidable.operation_id += calls;
    this.decided_calls += calls;
    increase(this.calls_by_outcome, 'success', calls);
    increase(this.calls_by_tool_class, toolClass, calls);
    increase(this.calls_by_agent, agent, calls);
  }
}

function increase(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}
