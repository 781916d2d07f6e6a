import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { miscalibrations, type Quality, shortcomings } from '../../bench/quality/tables.ts';
import { packagePath } from '../../core/package-root.ts';
import { correlate } from '../../correlate/correlate.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { HARD_MIX } from '../../simulate/faults.ts';
import { simulate } from '../../simulate/simulate.ts';
import { Store } from '../../store/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-hard-'));
let store: Store;

beforeAll(async () => {
  await simulate({
    folder,
    calls: 6_000,
    seed: 31,
    from: new Date('2026-11-14T08:00:00Z'),
    to: new Date('2026-11-14T12:00:00Z'),
    faults: { ...HARD_MIX, approval_missing: 0.1, approval_reused: 0.2, approval_stale: 0.1 },
    profile: 'lean',
  });
  store = await Store.inMemory();
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  await correlate(store);
  const path = join(folder, 'ground_truth.ndjson');
  await store.run(bench('truths'), { path });
  await store.run(bench('judged'));
  await store.run(
    `create temp table compared as
     select told.*, truth.executed as true_executed, truth.approval_bypass, truth.latency_ms as true_latency_ms,
            truth.approval_wait_ms as true_wait_ms, truth.outcome as true_outcome,
            truth.transport_outcome as true_transport, len(truth.gateway_correlation_ids) as true_rounds
     from judged
     inner join tool_calls as told on judged.call_id = told.call_id
     inner join read_json($path, sample_size = -1) as truth on judged.gateway_call = truth.call
     where judged.gateway_call = judged.server_call and truth.decided`,
    { path },
  );
}, 120_000);

afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function bench(name: string): string {
  return readFileSync(packagePath(`bench/quality/${name}.sql`), 'utf8');
}

async function count(condition: string): Promise<number> {
  const [row] = await store.rows(`select count(*) as calls from compared where ${condition}`);
  return Number(row?.['calls']);
}

test('the targets of the benchmark hold on a small fleet too', async () => {
  const [losses] = await store.rows(bench('losses'));
  const quality = {
    rungs: await store.rows(bench('by_rung')),
    calibration: await store.rows(bench('calibration')),
    choices: await store.rows(bench('by_choice')),
    losses: losses ?? {},
  } as unknown as Quality;
  expect(shortcomings(quality)).toEqual([]);
  // Of so few calls only those can be judged of which nearly all are sure.
  expect(miscalibrations(quality).filter((sentence) => !sentence.includes('too few'))).toEqual([]);
});

test('rounds are one call, as long as all of it, and their gaps are waits', async () => {
  expect(await count('true_rounds > 1')).toBeGreaterThan(20);
  expect(await count('rounds <> true_rounds')).toBe(0);
  expect(await count('abs(latency_ms - true_latency_ms) > 1')).toBe(0);
  expect(await count('abs(approval_wait_ms - true_wait_ms) > 50')).toBe(0);
});

test('what ran and how it ended is never told wrong', async () => {
  expect(await count('executed <> true_executed')).toBe(0);
  expect(await count("outcome <> true_outcome and outcome <> 'unknown'")).toBe(0);
  expect(await count('transport_outcome <> true_transport')).toBe(0);
  expect(await count("error_type = 'ClientConnectionFailure' and failure_layer <> 'client'")).toBe(
    0,
  );
});

test('every call that ran past its approval is found, and no other', async () => {
  const covered = `
    approval_result = 'approved'
    and approval_decided_at <= execution_started_at
    and coalesce(approval_expires_at > execution_started_at, true)
    and approval_uses = 1`;
  const ran = "executed and tool_class = 'destructive'";
  const otherArguments = "approval_bypass = 'executed_with_other_arguments'"; // see slo/approval-bypass
  expect(await count(`${ran} and approval_bypass is not null`)).toBeGreaterThan(10);
  expect(
    await count(`${ran} and approval_bypass is not null and ${covered} and not ${otherArguments}`),
  ).toBe(0);
  expect(
    await count(`${ran} and approval_bypass is null and not coalesce(${covered}, false)`),
  ).toBe(0);
});
