import type { Call } from './call.ts';
import { hasFallenBack } from './chatter.ts';

/** What went wrong with a call and its evidence, by the names of the faults. */
export function faultNames(call: Call): string[] {
  const { faults, prescribed, incident } = call;
  const hasAgent = !faults.noGatewayAgent || !faults.noServerAgent;
  return named({
    no_trace: faults.noTrace,
    no_session: faults.noSession && call.sessionId !== undefined,
    session_aliases: call.serverSessionId !== call.sessionId,
    no_agent: !hasAgent,
    no_gateway_agent: hasAgent && faults.noGatewayAgent,
    no_server_agent: hasAgent && faults.noServerAgent,
    other_agent: faults.otherAgent !== undefined,
    duplicates: faults.duplicate,
    late: faults.late,
    late_gateway: faults.lateGateway,
    sampled_kept: faults.sampling === 'kept',
    sampled_dropped: faults.sampling === 'dropped',
    gateway_only: faults.serverLost,
    gateway_lost: faults.gatewayLost,
    server_only: incident === 'gateway_bypass',
    legacy_ids: faults.legacyIds,
    linked: call.isLinked,
    concurrent: prescribed?.isConcurrent === true,
    retries: prescribed?.isRetry === true,
    batches: call.batch !== undefined,
    input_required: call.rounds.length > 0,
    attempts: call.attempts.length > 0,
    version_probes: hasFallenBack(call),
    tool_errors: call.ending.name === 'tool_error',
    approval_denied: call.approval?.result === 'denied',
    approval_expired: call.approval?.result === 'expired',
    approval_missing: call.bypass === 'executed_without_approval',
    approval_other_arguments: call.bypass === 'executed_with_other_arguments',
    approval_stale: call.bypass === 'executed_after_expiry',
    approval_reused: call.bypass === 'executed_on_used_approval',
  });
}

function named(faults: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(faults).flatMap(([name, isThere]) => (isThere ? [name] : []));
}
