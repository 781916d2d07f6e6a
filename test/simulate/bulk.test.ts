import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulationSummary } from '../../simulate/simulate.ts';
import {
  emptyFolder,
  linesOf,
  properties,
  recordsOf,
  simulateInto,
  textOf,
} from './fleet-files.ts';
import { PUBLISHED_COLUMNS } from './published-columns.ts';

const folder = emptyFolder(true);
let summary: SimulationSummary;
beforeAll(async () => {
  summary = await simulateInto(folder, { profile: 'bulk', calls: 2_000 });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('bulk writes one gateway and one server record a call, and nothing else', () => {
  expect(summary.files).toEqual(['telemetry/app_requests.ndjson', 'telemetry/gateway.ndjson']);
  expect(summary).toMatchObject({
    records: 4_000,
    calls: 2_000,
    matched: 2_000,
    malformed_records: 0,
  });
  for (const name of summary.files) expect(linesOf(folder, name).length).toBe(2_000);
  expect(textOf(folder, 'telemetry/gateway.ndjson')).not.toContain('⟦');
  expect(textOf(folder, 'telemetry/app_requests.ndjson')).not.toContain('⟦');
});

test('the two records of a bulk call share trace, parent, session, agent and tool', () => {
  const gateway = recordsOf(folder, 'telemetry/gateway.ndjson');
  const server = recordsOf(folder, 'telemetry/app_requests.ndjson');

  for (const [index, record] of gateway.entries()) {
    const headers = record['RequestHeaders'] as Record<string, string>;
    const request = server[index] ?? {};
    expect(headers['traceparent']).toBe(`00-${request['OperationId']}-${request['ParentId']}-01`);
    expect(properties(request)).toMatchObject({
      mcp_session_id: headers['Mcp-Session-Id'],
      tool_name: headers['Mcp-Name'],
      agent_id: headers['x-agent-id'],
      server_id: record['ApiId'],
    });
    expect(Number(record['TotalTime'])).toBeGreaterThan(Number(request['DurationMs']));
  }
  expect(new Set(server.map((request) => request['OperationId'])).size).toBe(2_000);
  expect(new Set(gateway.map((record) => record['CorrelationId'])).size).toBe(2_000);
});

test('bulk records have only published columns', () => {
  for (const name of summary.files) {
    const [record = {}] = recordsOf(folder, name);
    const published = PUBLISHED_COLUMNS[String(record['Type'])];
    expect(Object.keys(record).filter((column) => !published?.includes(column))).toEqual([]);
  }
});
