import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CorrelateSummary, correlate } from '../../correlate/correlate.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { simulate } from '../../simulate/simulate.ts';
import { Store } from '../../store/store.ts';

const CALLS = 1_500;
const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-truth-'));
let store: Store;
let summary: CorrelateSummary;

beforeAll(async () => {
  await simulate({
    folder,
    calls: CALLS,
    seed: 11,
    from: new Date('2026-11-14T00:00:00Z'),
    to: new Date('2026-11-21T00:00:00Z'),
  });
  store = await Store.inMemory();
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  summary = await correlate(store);
  await store.run(
    `create temp table compared as
     select truth.*, found.call_id, found.match_rung, found.server_span_id as found_span_id,
            found.agent_id as found_agent_id, found.server_id as found_server_id,
            found.tool_name as found_tool_name, found.outcome as found_outcome
     from read_json($path, sample_size = -1) as truth
     left join tool_calls as found
         on coalesce('c' || truth.correlation_id, 's' || truth.server_span_id)
          = coalesce('c' || found.correlation_id, 's' || found.server_span_id)`,
    { path: join(folder, 'ground_truth.ndjson') },
  );
});

afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How many calls of the truth differ in the way that `condition` says. */
async function wrong(condition: string): Promise<number> {
  const [row] = await store.rows(`select count(*) as calls from compared where ${condition}`);
  return Number(row?.['calls']);
}

test('every call of the fleet is found once, and no other', async () => {
  expect(summary.calls).toBe(CALLS);
  expect(await wrong('true')).toBe(CALLS);
  expect(await wrong('call_id is null')).toBe(0);
});

test('each call was joined by the rung that its evidence allows, to its own server row', async () => {
  expect(await wrong('match_rung <> linkage')).toBe(0);
  expect(
    await wrong("found_span_id is distinct from server_span_id and match_rung <> 'gateway_only'"),
  ).toBe(0);
});

test('agent, server and tool are the true ones', async () => {
  expect(await wrong('found_server_id is distinct from server_id')).toBe(0);
  expect(await wrong('found_tool_name is distinct from tool_name')).toBe(0);
  expect(
    await wrong('found_agent_id is distinct from agent_id and agent_seen_as is not null'),
  ).toBe(0);
});

test('an outcome is the true one, or unknown where only the gateway saw the call', async () => {
  expect(
    await wrong(
      "found_outcome <> outcome and (match_rung, found_outcome) <> ('gateway_only', 'unknown')",
    ),
  ).toBe(0);
});
