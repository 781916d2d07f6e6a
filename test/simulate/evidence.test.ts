import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_FAULTS, NO_FAULTS } from '../../simulate/faults.ts';
import type { Truth } from '../../simulate/ground-truth.ts';
import type { SimulationSummary } from '../../simulate/simulate.ts';
import {
  emptyFolder,
  filesBelow,
  type Json,
  linesOf,
  parsed,
  properties,
  recordsOf,
  simulateInto,
  truthsOf,
} from './fleet-files.ts';

const folder = emptyFolder(true);
let summary: SimulationSummary;
let truths: Truth[];
beforeAll(async () => {
  // Each fault often, so that each kind of evidence is there.
  const faults = { ...DEFAULT_FAULTS, no_trace: 0.3, no_session: 0.3, no_agent: 0.3, late: 0.1 };
  summary = await simulateInto(folder, {
    calls: 1_500,
    faults: { ...faults, duplicates: 0.1, sampled: 0.2, gateway_only: 0.1, server_only: 0.05 },
  });
  truths = truthsOf(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const gatewayRecords = () => [
  ...recordsOf(folder, 'telemetry/gateway/contoso-apim-weu.ndjson'),
  ...recordsOf(folder, 'telemetry/gateway/contoso-apim-neu.eventhub.ndjson'),
];
const serverRecords = () =>
  [
    'telemetry/appinsights/app_requests.ndjson',
    'telemetry/late/app_requests.ndjson',
    'telemetry/appinsights/crm-mcp.eventhub.json',
    'telemetry/appinsights/lab-mcp.eventhub.json',
  ].flatMap((name) => recordsOf(folder, name));
const spans = () =>
  linesOf(folder, 'telemetry/otlp/search-mcp.jsonl').flatMap((line) => {
    const { resourceSpans } = JSON.parse(line) as {
      resourceSpans: { scopeSpans: { spans: Json[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
const headersOf = (record: Json) =>
  (record['RequestHeaders'] ??
    (record['properties'] as Json | undefined)?.['requestHeaders'] ??
    {}) as Json;

describe('ground truth', () => {
  test('adds up to its summary', () => {
    const count = (linkage: string) => truths.filter((truth) => truth.linkage === linkage).length;
    const { matched, gateway_only, server_only, unmatchable, calls } = summary;

    expect(matched).toBe(count('operation_id') + count('session') + count('agent'));
    expect(matched + gateway_only + server_only + unmatchable).toBe(calls);
    expect(gateway_only).toBe(count('gateway_only'));
    expect(server_only).toBe(count('server_only'));
    expect(unmatchable).toBe(count('unmatchable'));
    expect(summary.failures).toBe(truths.filter(({ outcome }) => outcome === 'failure').length);
    expect(Object.values(summary.calls_by_linkage).every((calls) => calls > 0)).toBe(true);
  });

  test('names gateway and server records that exist, and nothing that does not', () => {
    const gateway = new Set(
      gatewayRecords().map((record) => record['CorrelationId'] ?? record['correlationId']),
    );
    const server = new Set([
      ...serverRecords().map((record) => record['Id']),
      ...spans().map((span) => span['spanId']),
    ]);

    for (const { correlation_id, server_span_id, linkage } of truths) {
      expect(correlation_id === null).toBe(linkage === 'server_only');
      expect(server_span_id === null).toBe(linkage === 'gateway_only');
      if (correlation_id !== null) expect(gateway).toContain(correlation_id);
      if (server_span_id !== null) expect(server).toContain(server_span_id);
    }
  });

  test('says truly what the two sides share', () => {
    const headers = new Map(
      gatewayRecords().map((record) => [
        record['CorrelationId'] ?? record['correlationId'],
        headersOf(record),
      ]),
    );
    const links = new Map(spans().map((span) => [span['spanId'], span['links']]));

    for (const truth of truths.filter(({ correlation_id }) => correlation_id !== null)) {
      const logged = headers.get(truth.correlation_id) ?? {};
      const trace = String(logged['traceparent'] ?? '').split('-')[1];
      const session = logged['Mcp-Session-Id'] ?? logged['MCP-Session-Id'];
      if (truth.linkage === 'operation_id') {
        const link = links.get(truth.server_span_id) as { traceId: string }[] | undefined;
        expect(trace).toBe(link?.[0]?.traceId ?? truth.server_operation_id);
      }
      if (truth.linkage === 'session') expect(session).toBe(truth.mcp_session_id);
      if (truth.linkage === 'agent' || truth.linkage === 'unmatchable') {
        expect([trace, session]).toEqual([undefined, undefined]);
      }
    }
  });

  test('counts the tokens of each agent and model as they are in the records', () => {
    const rows = recordsOf(folder, 'telemetry/llm/contoso-apim-weu.ndjson');
    const sum = (column: string) =>
      rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
    const total = (field: 'requests' | 'input_tokens' | 'output_tokens') =>
      summary.tokens.reduce((all, use) => all + use[field], 0);

    expect(total('input_tokens')).toBe(sum('PromptTokens'));
    expect(total('output_tokens')).toBe(sum('CompletionTokens'));
    expect(total('requests')).toBe(new Set(rows.map((row) => row['CorrelationId'])).size);
    expect(rows.length).toBe(3 * total('requests'));
  });
});

describe('records', () => {
  test('are one JSON value a line, except the broken lines that the summary counts', () => {
    const lines = [...filesBelow(folder).keys()]
      .filter((name) => /\.(ndjson|jsonl|eventhub\.json|json\.gz)$/.test(name))
      .flatMap((name) => linesOf(folder, name));

    const broken = lines.filter((line) => parsed(line) === undefined);
    // Two of the five are JSON, but no telemetry that could be placed in time.
    expect(broken.length).toBe(summary.malformed_records - 2);
  });

  test('come twice at times: in the other shape, or in the same file', () => {
    const copies = recordsOf(folder, 'telemetry/gateway/contoso-apim-weu.copy.eventhub.json');
    const originals = new Map(
      recordsOf(folder, 'telemetry/gateway/contoso-apim-weu.ndjson').map((record) => [
        record['CorrelationId'],
        record,
      ]),
    );

    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) {
      const original = originals.get(copy['correlationId']);
      expect(copy).toMatchObject({
        time: original?.['TimeGenerated'],
        durationMs: original?.['TotalTime'],
        resourceId: String(original?.['_ResourceId']).toUpperCase(),
      });
      expect((copy['properties'] as Json)['requestHeaders']).toEqual(original?.['RequestHeaders']);
    }
    const requests = recordsOf(folder, 'telemetry/appinsights/app_requests.ndjson');
    expect(new Set(requests.map((row) => row['Id'])).size).toBeLessThan(requests.length);
  });

  test('say by ItemCount for how many requests they stand', () => {
    const requests = recordsOf(folder, 'telemetry/appinsights/app_requests.ndjson');
    const byGateway = requests.filter((row) => properties(row)['api.type'] === 'Mcp');
    const byServer = requests.filter((row) => properties(row)['mcp.method.name'] === 'tools/call');

    expect(new Set(byGateway.map((row) => row['ItemCount']))).toEqual(new Set([1, 2]));
    expect(new Set(byServer.map((row) => row['ItemCount']))).toEqual(new Set([1, 4]));
  });

  test('of API Management in Application Insights know the gateway request and its attempt', () => {
    const known = new Set(truths.map(({ correlation_id }) => correlation_id));
    const requests = recordsOf(folder, 'telemetry/appinsights/app_requests.ndjson').filter(
      (row) => properties(row)['Request Id'] !== undefined,
    );
    const attempts = new Map(
      recordsOf(folder, 'telemetry/appinsights/app_dependencies.ndjson').map((row) => [
        row['Id'],
        row,
      ]),
    );
    const children = serverRecords().filter((row) => attempts.has(row['ParentId']));

    for (const row of requests) expect(known).toContain(properties(row)['Request Id']);
    expect(children.length).toBeGreaterThan(100);
    for (const child of children) {
      expect(attempts.get(child['ParentId'])?.['OperationId']).toBe(child['OperationId']);
    }
  });
});

test('without faults every call that reached its server is joined by its trace', async () => {
  const clean = emptyFolder();

  const { calls, matched, calls_by_linkage, gateway_only } = await simulateInto(clean, {
    calls: 4_000,
    faults: NO_FAULTS,
  });

  expect(calls_by_linkage['operation_id']).toBe(matched);
  expect(matched + gateway_only).toBe(calls);
  const unseen = truthsOf(clean).filter(({ linkage }) => linkage === 'gateway_only');
  expect(new Set(unseen.map(({ http_status }) => http_status))).toEqual(new Set([429, 502]));
});
