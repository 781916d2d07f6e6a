import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { ingestFiles } from '../ingest/ingest-files.ts';
import { simulate } from '../simulate/simulate.ts';
import { Store } from '../store/store.ts';

/** Calls, each a gateway and a server record; the gate is 1,000,000. */
const CALLS = Number(process.argv[2] ?? 1_000_000);
/** Ingest may take this many times the bare mapping of the same files. */
const MAX_RATIO = 3;
const MEMORY_LIMIT = '1200MB';

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** How long the bare mapping of the same files takes. */
async function floorOf(name: string, gateway: string, server: string): Promise<number> {
  using store = await Store.openToWrite(join(folder, `${name}.duckdb`), {
    memoryLimit: MEMORY_LIMIT,
  });
  await store.script(readFileSync(packagePath('bench/ingest_floor_table.sql'), 'utf8'));
  const bare = readFileSync(packagePath('bench/ingest_floor.sql'), 'utf8');
  return await seconds(() => store.run(bare, { gateway, server }));
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
try {
  const summary = await simulate({
    folder,
    calls: CALLS,
    seed: 1,
    from: new Date('2026-10-01T00:00:00Z'),
    to: new Date('2026-10-31T00:00:00Z'),
    profile: 'bulk',
  });
  const files = summary.files.map((name) => join(folder, name));
  // Otherwise the system writes them while either of the two is measured.
  execFileSync('sync');
  const gateway = files.find((name) => name.endsWith('gateway.ndjson')) ?? '';
  const server = files.find((name) => name.endsWith('app_requests.ndjson')) ?? '';

  const before = await floorOf('before', gateway, server);
  using store = await Store.openToAdd(join(folder, 'full.duckdb'), {
    memoryLimit: MEMORY_LIMIT,
  });
  const full = await seconds(async () => {
    const { stored } = await ingestFiles(store, [gateway, server], { key: 'bench' });
    if (stored !== 2 * CALLS) throw new Error(`${stored} of ${2 * CALLS} records were stored`);
  });
  const peak = process.resourceUsage().maxRSS / 1e6;
  // The machine is not as fast at one time as at another.
  const floor = (before + (await floorOf('after', gateway, server))) / 2;
  const ratio = full / floor;
  console.log(
    `ingest ${CALLS} + ${CALLS} records: ${full.toFixed(1)} s, json_transform alone ${floor.toFixed(1)} s, ` +
      `ratio ${ratio.toFixed(2)} (at most ${MAX_RATIO}), peak ${peak.toFixed(2)} GB`,
  );
  process.exitCode = ratio <= MAX_RATIO ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
