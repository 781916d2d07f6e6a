import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Truth } from '../../simulate/ground-truth.ts';
import type { SimulationSummary } from '../../simulate/simulate.ts';
import {
  emptyFolder,
  filesBelow,
  type Json,
  properties,
  recordsOf,
  simulateInto,
  textOf,
  truthsOf,
} from './fleet-files.ts';

const EVENTS = 'telemetry/appinsights/app_events.ndjson';
const DEPENDENCIES = 'telemetry/appinsights/app_dependencies.ndjson';

/** What every fleet must hold, whatever the seed. */
describe.each([1, 2, 3])('a fleet of seed %d', (seed) => {
  const folder = emptyFolder(true);
  let summary: SimulationSummary;
  let truths: Truth[];
  beforeAll(async () => {
    summary = await simulateInto(folder, { seed, calls: 2_600 });
    truths = truthsOf(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const events = (name: string): Json[] =>
    recordsOf(folder, EVENTS).filter((record) => record['Name'] === name);
  const one = (items: readonly Truth[]): Truth => {
    expect(items.length).toBeGreaterThan(0);
    return items[0] as Truth;
  };
  const toolCallOf = (truth: Truth): Json =>
    events('mcp.tool_call').find((event) => event['ParentId'] === truth.server_span_id) ?? {};
  const approvalOf = (truth: Truth): Json | undefined =>
    events('mcp.approval').find((event) => properties(event)['approval_id'] === truth.approval_id);
  const executionOf = (truth: Truth): Json | undefined =>
    recordsOf(folder, DEPENDENCIES).find((record) => record['ParentId'] === truth.server_span_id);

  test('breaks the read-only latency target through one slow server, and keeps the write target', () => {
    const readOnly = truths.filter((truth) => isExecutedIn(truth, 'read_only'));
    const slow = readOnly.filter(({ latency_ms }) => latency_ms >= 1500);
    const write = truths.filter((truth) => isExecutedIn(truth, 'write'));
    const tooSlow = write.filter(({ active_latency_ms }) => active_latency_ms >= 4000);
    const withWaits = write.filter(({ latency_ms }) => latency_ms >= 4000);

    expect(slow.length / readOnly.length).toBeGreaterThan(0.05);
    expect(slow.filter(({ server_id }) => server_id === 'docs-mcp').length).toBeGreaterThan(
      slow.length * 0.9,
    );
    expect(tooSlow.length / write.length).toBeLessThan(0.05);
    // With the time that humans took, the same calls would break it.
    expect(withWaits.length / write.length).toBeGreaterThan(0.05);
  });

  test('holds each way around an approval, and the evidence that shows it', () => {
    const bypasses = (kind: string) =>
      one(truths.filter(({ approval_bypass }) => approval_bypass === kind));

    const claimed = bypasses('claimed_not_required');
    expect(properties(toolCallOf(claimed))).toMatchObject({
      tool_name: 'delete_invoice',
      approval_required: 'false',
      approval_result: 'not_required',
    });
    expect(executionOf(claimed)).toBeDefined();

    const denied = bypasses('executed_despite_denial');
    expect(properties(approvalOf(denied) ?? {})).toMatchObject({ approval_result: 'denied' });
    expect(executionOf(denied)).toBeDefined();

    const early = bypasses('executed_before_decision');
    const decidedAt = String(properties(approvalOf(early) ?? {})['decided_at']);
    expect(Date.parse(String(executionOf(early)?.['TimeGenerated']))).toBeLessThan(
      Date.parse(decidedAt),
    );
    for (const { tool_class, executed } of [claimed, denied, early]) {
      expect({ tool_class, executed }).toEqual({ tool_class: 'destructive', executed: true });
    }
  });

  test('holds approvals that are no bypasses', () => {
    const proper = truths.filter(
      (truth) => truth.approval_id !== null && truth.approval_bypass === null,
    );
    const withResult = (result: string) =>
      one(
        proper.filter(
          (truth) => truth.approval_result === result && truth.tool_class === 'destructive',
        ),
      );

    for (const result of ['denied', 'expired']) {
      const refused = withResult(result);
      expect(refused).toMatchObject({ executed: false, outcome: 'denied', tool_outcome: 'error' });
      expect(executionOf(refused)).toBeUndefined();
    }
    const approved = withResult('approved');
    expect(approved.approval_wait_ms).toBeGreaterThanOrEqual(2_000);
    expect(approved.active_latency_ms).toBe(approved.latency_ms - approved.approval_wait_ms);
    for (const truth of proper.filter(({ executed }) => executed)) {
      expect(truth.approval_result).toBe('approved');
      expect(Date.parse(truth.execution_started_at ?? '')).toBeGreaterThanOrEqual(
        Date.parse(truth.approval_decided_at ?? ''),
      );
    }
  });

  test('holds calls that went past the gateway, at a server that belongs behind it', () => {
    const bypasses = truths.filter(({ gateway_bypass }) => gateway_bypass);
    const servers = recordsOf(folder, 'telemetry/appinsights/crm-mcp.eventhub.json');
    // The same work may also have asked a model, and that through the gateway.
    const throughGateway = [
      ...recordsOf(folder, 'telemetry/gateway/contoso-apim-weu.ndjson'),
      ...recordsOf(folder, 'telemetry/gateway/contoso-apim-neu.eventhub.ndjson'),
    ]
      .filter((record) => record['ApiId'] !== 'azure-openai')
      .map((record) => JSON.stringify(record));

    expect(bypasses.length).toBeGreaterThanOrEqual(5);
    expect(summary.gateway_bypasses).toBe(bypasses.length);
    for (const bypass of bypasses) {
      expect(bypass).toMatchObject({ server_id: 'crm-mcp', correlation_id: null });
      expect(servers.some((record) => record['Id'] === bypass.server_span_id)).toBe(true);
      expect(
        throughGateway.filter((text) => text.includes(bypass.server_operation_id ?? '')),
      ).toEqual([]);
    }
  });

  test('has an unowned and an unknown agent that call in production', () => {
    const [unowned] = summary.unowned_agents;
    const [unknown] = summary.unknown_agents;
    const callsOf = (agent: string | undefined) =>
      truths.filter((truth) => truth.agent_id === agent && truth.environment === 'production');
    const info = recordsOf(folder, 'telemetry/agents/agents_info.ndjson');
    const inventory = textOf(folder, 'inventory.yaml');

    expect(callsOf(unowned).length).toBeGreaterThan(0);
    expect(callsOf(unknown).length).toBeGreaterThan(0);
    expect(info.find((row) => row['AgentId'] === unowned)).toMatchObject({ Owners: [] });
    expect(info.some((row) => row['AgentId'] === unknown)).toBe(false);
    expect(inventory).toContain(`id: ${unowned}`);
    expect(inventory).not.toContain(unknown);
  });

  test('logs response bodies for all APIs of one gateway, and says so in its settings', () => {
    const [west, north] = ['weu', 'neu'].map(
      (name) =>
        JSON.parse(textOf(folder, `telemetry/config/contoso-apim-${name}.diagnostics.json`)) as {
          value: { name: string; properties: { frontend: { response: { body: object } } } }[];
        },
    );
    const bytes = (value = west) =>
      value?.value.map(({ name, properties: { frontend } }) => [name, frontend.response.body]);

    expect(bytes(west)).toEqual([
      ['applicationinsights', { bytes: 1024 }],
      ['azuremonitor', { bytes: 0 }],
    ]);
    expect(bytes(north)).toEqual([
      ['applicationinsights', { bytes: 0 }],
      ['azuremonitor', { bytes: 0 }],
    ]);
    expect(summary.gateways_that_log_bodies).toEqual(['contoso-apim-weu']);
  });

  test('keeps the authentication target: failures are few, challenges are not failures', () => {
    const { attempts, succeeded, failed, challenges, rateLimited } = summary.auth;

    expect(attempts).toBe(succeeded + failed + challenges + rateLimited);
    expect(failed).toBeGreaterThan(0);
    expect(challenges).toBeGreaterThan(0);
    expect(failed / (succeeded + failed)).toBeLessThan(0.001);
  });

  test('leaks secrets and content in many places, for whoever must keep them out', () => {
    const leaking = [...filesBelow(folder).keys()].filter((name) =>
      textOf(folder, name).includes('CANARY'),
    );

    expect(leaking).toEqual(
      expect.arrayContaining([
        'telemetry/appinsights/app_dependencies.ndjson',
        'telemetry/appinsights/app_exceptions.csv.gz',
        'telemetry/appinsights/app_requests.ndjson',
        'telemetry/appinsights/crm-mcp.eventhub.json',
        'telemetry/gateway/contoso-apim-neu.eventhub.ndjson',
        'telemetry/gateway/contoso-apim-weu.ndjson',
        'telemetry/llm/contoso-apim-weu.ndjson',
        'telemetry/otlp/search-mcp.jsonl',
      ]),
    );
  });
});

function isExecutedIn(truth: Truth, toolClass: string): boolean {
  return (
    truth.tool_class === toolClass &&
    truth.environment === 'production' &&
    truth.outcome !== 'denied'
  );
}
