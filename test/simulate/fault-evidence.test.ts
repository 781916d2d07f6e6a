import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Truth } from '../../simulate/ground-truth.ts';
import { emptyFolder, properties, recordsOf } from './fleet-files.ts';
import {
  correlationOf,
  fieldOf,
  HardFleet,
  headersOf,
  timeOf,
  usesInsights,
} from './hard-fleet.ts';

let fleet: HardFleet;
beforeAll(async () => {
  fleet = await HardFleet.simulateInto(emptyFolder(true));
});
afterAll(() => rmSync(fleet.folder, { recursive: true }));

test('the truth names records that exist, all of them', () => {
  for (const truth of fleet.truths) {
    const { correlation_id, gateway_correlation_ids, server_span_id, server_span_ids } = truth;
    expect(gateway_correlation_ids.at(-1) ?? null).toBe(correlation_id);
    expect(server_span_ids.at(-1) ?? null).toBe(server_span_id);
    for (const id of gateway_correlation_ids) expect(fleet.gateway.has(id)).toBe(true);
    for (const id of server_span_ids)
      expect(fleet.requests.has(id) || fleet.spans.has(id)).toBe(true);
  }
});

test('no record of a call is left out of the truth', () => {
  const known = new Set(fleet.truths.flatMap(({ gateway_correlation_ids: ids }) => ids));
  const calls = [...fleet.messages.values()]
    .flat()
    .filter((row) => fieldOf(row, 'Method') === 'tools/call');
  for (const row of calls) expect(known).toContain(correlationOf(row));

  const knownSpans = new Set(fleet.truths.flatMap(({ server_span_ids: ids }) => ids));
  for (const [id, row] of fleet.requests) {
    if (properties(row)['Request Id'] !== undefined) continue; // the gateway's own
    if (properties(row)['mcp.method.name'] === 'tools/call') expect(knownSpans).toContain(id);
  }
});

test('an agent that one side hides is told by the other', () => {
  for (const truth of fleet.befallen('no_gateway_agent', usesInsights)) {
    const log = fleet.logOf(truth);
    expect(headersOf(log)['x-agent-id']).toBeUndefined();
    expect(JSON.stringify(fieldOf(log, 'TraceRecords') ?? '')).not.toContain('azp');
  }
  for (const truth of fleet.befallen('no_server_agent', usesInsights)) {
    expect(fleet.reportOf(truth)['agent_id']).toBeUndefined();
  }
});

test('a session has another name at its server, always the same', () => {
  const names = new Map<string, string>();
  for (const truth of fleet.befallen(
    'session_aliases',
    (t) => usesInsights(t) && !t.faults.includes('no_session'),
  )) {
    const headers = fleet.headersOf(truth);
    const session = String(headers['Mcp-Session-Id'] ?? headers['MCP-Session-Id']);
    const name = String(truth.server_session_id);
    expect([session, name]).not.toEqual([name, session]);
    expect(names.get(session) ?? name).toBe(name);
    names.set(session, name);
    if (fleet.reportsOf(truth.server_span_id).length > 0) {
      expect(fleet.reportOf(truth)['mcp_session_id']).toBe(name);
    }
  }
});

test('legacy ids name the same root on both sides, and no traceparent', () => {
  for (const truth of fleet.befallen('legacy_ids')) {
    const headers = fleet.headersOf(truth);
    const [root = ''] = String(headers['Request-Id']).slice(1).split('.');
    expect(headers['traceparent']).toBeUndefined();
    expect(root.replaceAll('-', '')).toBe(truth.server_operation_id);
    expect(truth.server_span_id).toMatch(/^\|[0-9a-f]{32}\.[0-9a-f]{16}\.$/);
    expect(fleet.requestOf(truth)['OperationId']).toBe(truth.server_operation_id);
  }
});

test('what the gateway lost went through it all the same, and is no bypass', () => {
  const lost = fleet.truths.filter(({ faults }) => faults.includes('gateway_lost'));
  const bypasses = fleet.truths.filter(({ gateway_bypass }) => gateway_bypass);
  expect(lost.length).toBeGreaterThan(0);
  for (const truth of lost) {
    expect(truth).toMatchObject({ gateway_bypass: false, correlation_id: null });
    expect(truth.region).not.toBeNull();
  }
  for (const { faults } of bypasses) expect(faults).toEqual(['server_only']);
});

test('a late record is in no other file', () => {
  const onTime = new Set(fleet.recordsBelow('telemetry/gateway/').map(correlationOf));
  for (const { correlation_id } of fleet.befallen('late_gateway')) {
    expect(onTime).not.toContain(correlation_id);
  }
});

test('records are out of order, but not far', () => {
  const times = recordsOf(fleet.folder, 'telemetry/mcp/contoso-apim-weu.ndjson').map(timeOf);
  const behind = times.filter((time, index) => time < Math.max(...times.slice(0, index)));

  expect(behind.length / times.length).toBeGreaterThan(0.15);
});

test('clocks are off by server, and wander from hour to hour', () => {
  const skews = Map.groupBy(fleet.truths, ({ server_id }) => server_id);
  for (const calls of skews.values()) {
    const found = calls.map(({ clock_skew_ms }) => clock_skew_ms);
    const range = Math.max(...found) - Math.min(...found);
    expect(range).toBeGreaterThan(100);
    expect(range).toBeLessThanOrEqual(400);
  }
  for (const truth of fleet.befallen(
    'no_session',
    (t) => usesInsights(t) && t.server_span_ids.length === 1,
  )) {
    const apart = timeOf(fleet.requestOf(truth)) - timeOf(fleet.logOf(truth));
    expect(Math.abs(apart - truth.clock_skew_ms)).toBeLessThanOrEqual(25);
  }
});

test('a tool that ran without an approval has none, anywhere', () => {
  const missing = fleet.truths.filter(({ faults }) => faults.includes('approval_missing'));
  expect(missing.length).toBeGreaterThan(0);
  for (const truth of missing) {
    expect(truth).toMatchObject({
      approval_bypass: 'executed_without_approval',
      executed: true,
      approval_id: null,
      approval_result: null,
    });
  }
});

test('an approval of other arguments, too late or used before does not cover its call', () => {
  const decisionOf = ({ approval_id }: Truth) =>
    fleet.approvals.find((bag) => bag['approval_id'] === approval_id) ?? {};

  for (const truth of fleet.befallen('approval_other_arguments')) {
    expect(decisionOf(truth)).toMatchObject({
      approval_result: 'approved',
      tool_name: truth.tool_name,
    });
    expect(decisionOf(truth)['arguments_hash']).not.toBe(fleet.reportOf(truth)['arguments_hash']);
  }
  for (const truth of fleet.befallen('approval_stale')) {
    const { expires_at, decided_at } = decisionOf(truth);
    expect(Date.parse(String(expires_at))).toBeLessThan(Date.parse(String(decided_at)));
    expect(truth).toMatchObject({ executed: true, approval_result: 'approved' });
  }
  for (const truth of fleet.befallen('approval_reused')) {
    const users = fleet.truths.filter(({ approval_id }) => approval_id === truth.approval_id);
    expect(users.length).toBeGreaterThan(1);
    expect(users[0]?.approval_bypass).toBeNull();
    expect(Date.parse(truth.approval_decided_at ?? '')).toBeLessThan(Date.parse(truth.timestamp));
    const decisions = fleet.approvals.filter((bag) => bag['approval_id'] === truth.approval_id);
    expect(decisions.length).toBeLessThanOrEqual(1);
  }
});

test('a trace that only links to HTTP names it', () => {
  for (const truth of fleet.befallen('linked')) {
    const links = fleet.spans.get(truth.server_span_id ?? '')?.['links'] as { traceId: string }[];
    expect(links[0]?.traceId).toBe(truth.gateway_operation_id);
    expect(truth.server_operation_id).not.toBe(truth.gateway_operation_id);
  }
});
