import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { correlate } from '../correlate/correlate.ts';
import { ingestFiles } from '../ingest/ingest-files.ts';
import { simulate } from '../simulate/simulate.ts';
import { Store } from '../store/store.ts';

/** Calls; the gate is 1,000,000. */
const CALLS = Number(process.argv[2] ?? 1_000_000);
/** As they are published: of simulated fleets each has its own records for a call. */
const PROFILE = process.argv[3] === 'lean' ? 'lean' : 'bulk';
/** The file may be so many times the same columns in Parquet with zstd. */
const MAX_RATIO = 1.3;
const MEMORY_LIMIT = '1200MB';
const BLOCK_BYTES = 262_144;

interface Size {
  readonly table: string;
  readonly rows: number;
  readonly fileBytes: number;
  readonly parquetBytes: number;
}

/** What a table takes in the file, in whole blocks of its own, and as Parquet in the order in which it lies. */
async function sizeOf(store: Store, table: string): Promise<Size> {
  const [blocks] = await store.rows(
    `select count(distinct block_id) as blocks
     from (
       select block_id from pragma_storage_info('${table}') where persistent
       union
       select unnest(additional_block_ids) from pragma_storage_info('${table}') where persistent)
     where block_id >= 0`,
  );
  const file = join(folder, `${table}.parquet`);
  const [copied] = await store.rows(
    `copy (from ${table}) to '${file}' (format parquet, compression zstd)`,
  );
  return {
    table,
    rows: Number(copied?.['Count']),
    fileBytes: Number(blocks?.['blocks']) * BLOCK_BYTES,
    parquetBytes: statSync(file).size,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
try {
  const summary = await simulate({
    folder,
    calls: CALLS,
    seed: 1,
    from: new Date('2026-10-01T00:00:00Z'),
    to: new Date('2026-10-31T00:00:00Z'),
    profile: PROFILE,
  });
  const files = summary.files.map((name) => join(folder, name));
  const db = join(folder, 'size.duckdb');
  const telemetry = files.filter((name) => /telemetry/.test(name));
  {
    using store = await Store.openToAdd(db, { memoryLimit: MEMORY_LIMIT });
    await ingestFiles(store, telemetry, { key: 'bench' });
  }
  const evidenceBytes = statSync(db).size;
  {
    using store = await Store.openToWrite(db, { memoryLimit: MEMORY_LIMIT });
    await correlate(store);
  }
  const bytes = statSync(db).size;
  const sizes: Size[] = [];
  let freeBytes = 0;
  {
    using store = await Store.openToRead(db, { memoryLimit: MEMORY_LIMIT });
    const tables = await store.rows(
      "select table_name as name from duckdb_tables() where estimated_size > 0 and table_name <> 'schema_versions' order by 1",
    );
    for (const { name } of tables) sizes.push(await sizeOf(store, String(name)));
    const [free] = await store.rows('select free_blocks from pragma_database_size()');
    freeBytes = Number(free?.['free_blocks']) * BLOCK_BYTES;
  }
  await Store.rewrite(db, { memoryLimit: MEMORY_LIMIT });
  const rewritten = statSync(db).size;
  const perCall = (value: number): string => (value / CALLS).toFixed(0).padStart(6);
  const parquet = sizes.reduce((sum, { parquetBytes }) => sum + parquetBytes, 0);
  for (const size of sizes.sort((a, b) => b.fileBytes - a.fileBytes)) {
    if (size.fileBytes < CALLS) continue;
    console.log(
      `  ${size.table.padEnd(20)}${(size.rows / CALLS).toFixed(2).padStart(6)} rows a call ${perCall(size.fileBytes)} bytes a call, Parquet ${perCall(size.parquetBytes)}`,
    );
  }
  console.log(
    `  of the file free: ${perCall(freeBytes)} bytes a call; evidence alone ${perCall(evidenceBytes)}; written anew ${perCall(rewritten)}`,
  );
  const ratio = Math.max(bytes, rewritten) / parquet;
  console.log(
    `store-size ${CALLS} calls (${PROFILE}, ${summary.records} records): ${perCall(bytes).trim()} bytes a call, ` +
      `the same columns in Parquet ${perCall(parquet).trim()}, ratio of the larger file ${ratio.toFixed(2)} (at most ${MAX_RATIO})`,
  );
  process.exitCode = ratio <= MAX_RATIO ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
