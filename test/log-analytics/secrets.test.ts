import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPulls } from '../../ingest/kql.ts';
import { isoOfTicks, ticksOfMs } from '../../ingest/log-analytics/ticks.ts';
import { Store } from '../../store/store.ts';
import { ask } from '../cli/fleet.ts';
import { filesWith } from '../ingest/bytes.ts';
import { CANARY, SECRETS, telemetryWith } from '../ingest/canaries.ts';
import { ingestOver, WORKSPACE } from './logs-run.ts';
import { LogsPeer } from './peer/peer.ts';
import type { PeerRow } from './peer/tables.ts';

const AT = ticksOfMs(Date.parse('2026-11-20T10:00:00Z'));
/** One of each shape; test/ingest/redaction.test.ts has every source. */
const TABLES = ['ApiManagementGatewayLogs', 'AppRequests', 'AppTraces', 'ContainerAppConsoleLogs'];
const pulls = listPulls().filter(({ table }) => TABLES.includes(table));

let folder: string;
let peer: LogsPeer;
const before = getCACertificates('default');
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-test-'));
  peer = await LogsPeer.start();
  setDefaultCACertificates([...before, peer.certificate.cert]);
  for (const { table, source } of pulls) peer.add(WORKSPACE, table, rowsWithSecrets(table, source));
});
afterAll(async () => {
  setDefaultCACertificates(before);
  await peer.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The fixtures that have the table's form, with a secret in each of their fields. */
function rowsWithSecrets(table: string, source: string): PeerRow[] {
  return Object.values(SECRETS)
    .flatMap((text, no) => telemetryWith(text, source, no))
    .map(recordIn)
    .filter((record) => 'TimeGenerated' in record)
    .map((record, no) => {
      const entries = Object.entries({ ...record, Type: table, _ItemId: `item-${no}` });
      const cells = Object.fromEntries(entries.map(([name, value]) => [name, cellOf(value)]));
      return { at: AT, ingestedAt: AT + BigInt(no), cells: () => cells };
    });
}

/** Some secrets break the JSON that they are planted in. */
function recordIn(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What is dynamic comes as text. */
function cellOf(value: unknown): string {
  const isDynamic = typeof value === 'object' && value !== null;
  return JSON.stringify(isDynamic ? JSON.stringify(value) : value);
}

test('no secret that Log Analytics has in a row is stored, set aside, told or exported', async () => {
  const path = join(folder, 'witness.duckdb');
  const told: unknown[] = [];
  using store = await Store.openToAdd(path);
  // Texts that are compressed could not be found in the file.
  await store.script("pragma force_compression = 'uncompressed'");

  const summary = await ingestOver(
    peer,
    store,
    {
      onPlan: (plan) => told.push(plan) > 0,
      onProgress: (progress) => {
        told.push(progress);
      },
    },
    { tables: pulls.map(({ table }) => table), start: isoOfTicks(AT - 1n) },
  );
  store.close();

  expect(summary.stored).toBeGreaterThan(50);
  expect(summary.rejected).toBeGreaterThan(50);
  expect(Object.keys(summary.redacted)).toEqual(expect.arrayContaining(['api_key']));
  expect(JSON.stringify([summary, told])).not.toContain(CANARY);
  expect(filesWith(folder, CANARY)).toEqual([]);
  expect(filesWith(folder, 'ApiManagementGatewayLogs')).not.toEqual([]);
  const exports = [
    ['query', '--sql', 'select * exclude (content_hash) from events', '--max-rows', '100000'],
    ['query', '--sql', 'from rejected_records', '--max-rows', '100000'],
    ['coverage', '--of', 'rejects'],
  ];
  for (const args of exports) {
    const { code, out } = await ask([...args, '--format', 'csv', '--db', path]);
    expect([args, code, out.length > 1_000, out.includes(CANARY)]).toEqual([args, 0, true, false]);
  }
});
