import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HARD_MIX } from '../../simulate/faults.ts';
import { emptyFolder, linesOf, parsed, simulateInto } from './fleet-files.ts';
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

test('the items of a batch share a request whose body tells them apart', () => {
  const batches = Map.groupBy(fleet.befallen('batches'), ({ correlation_id }) => correlation_id);
  for (const [id, items] of batches) {
    const log = fleet.gateway.get(id ?? '') ?? {};
    const body = JSON.parse(String(fieldOf(log, 'RequestBody'))) as {
      id: number;
      params: { name: string };
    }[];
    expect(body.map((item) => [String(item.id), item.params.name])).toEqual(
      items.map(({ rpc_request_id, tool_name }) => [rpc_request_id, tool_name]),
    );
    expect(items.map(({ item_no }) => item_no)).toEqual(items.map((_, index) => index));
    const rows = fleet.messages.get(id ?? '') ?? [];
    expect(rows.map((row) => fieldOf(row, 'ToolName')).sort()).toEqual(
      items.map(({ tool_name }) => tool_name).sort(),
    );
    for (const item of items.filter(usesInsights)) {
      expect(fleet.reportOf(item)['tool_name']).toBe(item.tool_name);
    }
  }
});

test('a call that asks for input takes several requests, and is one call', () => {
  for (const truth of fleet.befallen('input_required', usesInsights)) {
    const { gateway_correlation_ids: ids, server_span_ids } = truth;
    const said = server_span_ids.map((id) => fleet.reportsOf(id)[0] ?? {});
    const starts = ids.map((id) => timeOf(fleet.gateway.get(id) ?? {}));

    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(said.map((bag) => bag['result_type'])).toEqual([
      ...ids.slice(1).map(() => 'input_required'),
      undefined,
    ]);
    expect(new Set(said.map((bag) => bag['arguments_hash'])).size).toBe(1);
    expect(truth.approval_wait_ms).toBeGreaterThan(1_000);
    expect(truth.active_latency_ms).toBeGreaterThan(0);
    expect(truth.latency_ms - (timeOf(fleet.logOf(truth)) - (starts[0] ?? 0))).toBeCloseTo(
      Number(fieldOf(fleet.logOf(truth), 'TotalTime') ?? fleet.logOf(truth)['durationMs']),
      0,
    );
  }
});

test('the gateway tries again under spans of its own, and the last answer counts', () => {
  for (const truth of fleet.befallen('attempts', usesInsights)) {
    const rows = truth.server_span_ids.map((id) => fleet.requests.get(id) ?? {});
    const parents = rows.map((row) => row['ParentId']);

    expect(rows.slice(0, -1).map((row) => row['ResultCode'])).toEqual(
      rows.slice(1).map(() => '503'),
    );
    expect(rows.at(-1)?.['ResultCode']).toBe(String(truth.http_status));
    expect(new Set(parents).size).toBe(parents.length);
    expect(truth.gateway_correlation_ids.length).toBe(1);
  }
});

test('a repeated call is a call of its own, after one that broke, with the same arguments', () => {
  const byNumber = new Map(fleet.truths.map((truth) => [truth.call, truth]));
  for (const { call, tool_name, server_id } of fleet.befallen('retries')) {
    const broken = byNumber.get(call - 1);
    expect(broken).toMatchObject({ tool_name, server_id, outcome: 'failure' });
    expect(broken?.transport_outcome).toBe('error');
  }
  const retried = fleet.befallen('retries', usesInsights).map(({ call }) => byNumber.get(call - 1));
  const gone = retried.filter((truth) => truth?.result_code === 'ClientConnectionFailure');
  expect(gone.length).toBeGreaterThan(0);
  for (const truth of gone) expect(truth).toMatchObject({ http_status: 200, executed: true });
});

test('concurrent calls are of one tool, and begin before the other has ended', () => {
  const byNumber = new Map(fleet.truths.map((truth) => [truth.call, truth]));
  for (const truth of fleet.befallen(
    'concurrent',
    ({ faults }) => !faults.includes('input_required'),
  )) {
    const other = byNumber.get(truth.call - 1);
    if (!other?.correlation_id || other.faults.includes('input_required')) continue;
    const apart = Date.parse(truth.timestamp) - Date.parse(other.timestamp);
    expect(other.tool_name).toBe(truth.tool_name);
    expect(apart).toBeGreaterThanOrEqual(0);
    expect(apart).toBeLessThanOrEqual(41);
  }
});

test('a version probe is refused, and a session follows it', () => {
  const refused = [...fleet.gateway.values()].filter(
    (record) => (record['ResponseCode'] ?? fieldOf(record, 'ResponseCode')) === 400,
  );
  expect(refused.length).toBeGreaterThan(0);
  for (const record of refused) {
    expect(headersOf(record)['MCP-Protocol-Version']).toBe('2026-07-28');
    expect(fieldOf(fleet.messages.get(correlationOf(record))?.[0] ?? {}, 'Method')).toBe(
      'server/discover',
    );
  }
  for (const truth of fleet.befallen('version_probes')) {
    expect(fleet.headersOf(truth)['MCP-Protocol-Version']).toBe('2025-11-25');
  }
});

test('without handshakes, streams and challenges there is no other talk', async () => {
  const quiet = emptyFolder();
  const silence = { handshakes: 0, streams: 0, challenges: 0, version_probes: 0, late_gateway: 0 };
  await simulateInto(quiet, { calls: 1_500, profile: 'lean', faults: { ...HARD_MIX, ...silence } });
  const methods = linesOf(quiet, 'telemetry/gateway/contoso-apim-weu.ndjson')
    .map(parsed)
    .map((record) => [record?.['Method'], record?.['ResponseCode']].join(' '));

  expect(methods.filter((method) => method.startsWith('GET'))).toEqual([]);
  const said = linesOf(quiet, 'telemetry/mcp/contoso-apim-weu.ndjson')
    .map(parsed)
    .map((record) => record?.['Method']);
  expect(new Set(said).has('initialize')).toBe(false);
  expect(new Set(said).has('tools/list')).toBe(false);
});
