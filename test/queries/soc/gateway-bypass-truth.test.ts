import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { correlate } from '../../../correlate/correlate.ts';
import { loadInventory } from '../../../ingest/config/inventory.ts';
import { ingestFiles } from '../../../ingest/ingest-files.ts';
import { parseFaults } from '../../../simulate/faults.ts';
import { simulate } from '../../../simulate/simulate.ts';
import { readSqlFile } from '../../../store/sql-file.ts';
import { Store } from '../../../store/store.ts';

const FROM = '2026-11-18T00:00:00Z';
const TO = '2026-11-21T00:00:00Z';

interface Judged {
  readonly unseen_why: string;
  /** NULL where no record of the truth is the call's. */
  readonly gateway_bypass: boolean | null;
}

/** Busy enough that no hour of the day is without a row of the gateway's log. */
async function judgedCalls(faults: string): Promise<{ judged: Judged[]; bypasses: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bypass-'));
  using store = await Store.inMemory();
  try {
    await simulate({
      folder,
      calls: 6_000,
      seed: 5,
      from: new Date(FROM),
      to: new Date(TO),
      faults: parseFaults(faults),
    });
    await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
    await loadInventory(store, [join(folder, 'inventory.yaml')]);
    await correlate(store);
    const reasons = await store.query(readSqlFile('queries/soc/gateway_bypass_calls.sql'), {
      from_at: FROM,
      to_at: '2026-11-22T00:00:00Z',
      late_minutes: 20,
      silence_minutes: 60,
      why: '',
      limit: 100_000,
    });
    const truths = await store.rows(
      `select call.call_id, bool_or(truth.gateway_bypass) as gateway_bypass
       from tool_calls as call
       inner join read_json($path, sample_size = -1) as truth
           on list_contains(truth.server_span_ids, call.server_span_id)
       where not call.gateway_seen
       group by call.call_id`,
      { path: join(folder, 'ground_truth.ndjson') },
    );
    const [count] = await store.rows(
      'select count(*) as n from read_json($path, sample_size = -1) where gateway_bypass',
      { path: join(folder, 'ground_truth.ndjson') },
    );
    const truthOf = new Map(
      truths.map((row) => [row['call_id'], row['gateway_bypass'] as boolean]),
    );
    const judged = reasons.map((row) => ({
      unseen_why: String(row['unseen_why']),
      gateway_bypass: truthOf.get(row['call_id']) ?? null,
    }));
    return { judged, bypasses: Number(count?.['n']) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each([
  ['a well-kept fleet', 'usual'],
  ['the hard mix, whose gateway log loses one call in a hundred', 'hard'],
])('%s', (_, faults) => {
  let judged: readonly Judged[];
  let bypasses: number;
  beforeAll(async () => {
    ({ judged, bypasses } = await judgedCalls(faults));
  }, 120_000);

  const whereNotThrough = () => judged.filter(({ unseen_why }) => unseen_why === 'not_through');

  test('what is said to have gone around the gateway did', () => {
    expect(whereNotThrough().filter(({ gateway_bypass }) => gateway_bypass !== true)).toEqual([]);
  });

  test('nearly all that went around it is said to; of the rest nobody says that it passed', () => {
    expect(bypasses).toBeGreaterThan(20);
    expect(judged.filter(({ gateway_bypass }) => gateway_bypass).length).toBe(bypasses);
    expect(whereNotThrough().length).toBeGreaterThanOrEqual(0.9 * bypasses);
  });
});
