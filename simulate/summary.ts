import type { Faults } from './fault-table.ts';
import { AGENTS } from './fleet/agents.ts';
import { GATEWAYS } from './fleet/gateways.ts';
import type { FleetTruth } from './fleet-simulation.ts';
import type { RecordFiles } from './record-files.ts';

/** What a simulation wrote, and what a reader of it ought to find. */
export interface SimulationSummary {
  readonly seed: number;
  readonly from: string;
  readonly to: string;
  readonly faults: Faults;
  readonly files: readonly string[];
  /** Usable records in all files of telemetry, copies included. */
  readonly records: number;
  readonly malformed_records: number;
  readonly calls: number;
  readonly matched: number;
  readonly gateway_only: number;
  readonly server_only: number;
  /** Both sides were logged but share nothing, so that they look like two calls. */
  readonly unmatchable: number;
  readonly calls_by_linkage: Readonly<Record<string, number>>;
  /** Of the calls with both sides: the strongest rung by which the evidence decides them. */
  readonly calls_by_decidable: Readonly<Record<string, number>>;
  readonly decided_calls: number;
  readonly calls_by_fault: Readonly<Record<string, number>>;
  readonly calls_by_outcome: Readonly<Record<string, number>>;
  readonly calls_by_tool_class: Readonly<Record<string, number>>;
  readonly calls_by_agent: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly read_only_over_1500_ms: number;
  readonly write_over_4000_ms_without_wait: number;
  readonly approval_bypasses: number;
  readonly gateway_bypasses: number;
  /** Production agents that called: in the inventory, but without an owner. */
  readonly unowned_agents: readonly string[];
  /** Production agents that called, and are in no inventory. */
  readonly unknown_agents: readonly string[];
  /** Services that log response bodies for all of their APIs. */
  readonly gateways_that_log_bodies: readonly string[];
  readonly auth: FleetTruth['auth'];
  readonly tokens: FleetTruth['tokens'];
}

interface Simulated {
  readonly seed: number;
  readonly from: Date;
  readonly to: Date;
  readonly faults: Faults;
}

export function fleetSummary(
  { seed, from, to, faults }: Simulated,
  files: RecordFiles,
  { totals, auth, tokens, malformedRecords }: FleetTruth,
): SimulationSummary {
  const linkage = totals.calls_by_linkage;
  const callers = AGENTS.filter(
    ({ id, environment }) => environment === 'production' && id in totals.calls_by_agent,
  );
  const telemetry = files.names.filter((name) => name.startsWith('telemetry/'));
  return {
    seed,
    from: from.toISOString(),
    to: to.toISOString(),
    faults,
    files: telemetry,
    records: files.recordsOf(telemetry),
    malformed_records: malformedRecords,
    calls: totals.calls,
    matched: linkage.operation_id + linkage.session + linkage.agent,
    gateway_only: linkage.gateway_only,
    server_only: linkage.server_only,
    unmatchable: linkage.unmatchable,
    calls_by_linkage: linkage,
    calls_by_decidable: totals.calls_by_decidable,
    decided_calls: totals.decided_calls,
    calls_by_fault: totals.calls_by_fault,
    calls_by_outcome: totals.calls_by_outcome,
    calls_by_tool_class: totals.calls_by_tool_class,
    calls_by_agent: totals.calls_by_agent,
    failures: totals.calls_by_outcome['failure'] ?? 0,
    read_only_over_1500_ms: totals.read_only_over_1500_ms,
    write_over_4000_ms_without_wait: totals.write_over_4000_ms_without_wait,
    approval_bypasses: totals.approval_bypasses,
    gateway_bypasses: totals.gateway_bypasses,
    unowned_agents: callers
      .filter(({ isKnown, owner }) => isKnown && owner === undefined)
      .map(({ id }) => id),
    unknown_agents: callers.filter(({ isKnown }) => !isKnown).map(({ id }) => id),
    gateways_that_log_bodies: telemetry.some((name) => name.includes('/config/'))
      ? GATEWAYS.filter(({ responseBodyBytes }) => responseBodyBytes > 0).map(({ name }) => name)
      : [],
    auth,
    tokens,
  };
}
