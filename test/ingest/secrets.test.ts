import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listSources } from '../../ingest/sources.ts';
import { Store } from '../../store/store.ts';
import { type Ingested, ingesting } from './ingested.ts';
import { CANARY, telemetryWithSecrets } from './secrets-in-telemetry.ts';

let folder: string;
let spill: string;
let run: Ingested;
let dump: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-witness-test-'));
  spill = join(folder, 'spill');
  mkdirSync(spill);
  run = await ingesting(telemetryWithSecrets(), () =>
    Store.openToWrite(join(folder, 'witness.duckdb')),
  );
  await run.store.script(`set temp_directory = '${spill}'`);
  // A packed table is unpacked into the folder for temporary files; it must not stay there.
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = spill;
  await run.ingest();
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  dump = await allTablesAsText(run.store);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every source stored something, so that the secrets had their chance', async () => {
  const rows = await run.store.rows('select distinct source_table from events');

  expect(rows.map(({ source_table: table }) => table).sort()).toEqual(
    [...new Set(listSources().map(({ table }) => table))].sort(),
  );
});

test('some records were set aside, with an excerpt', async () => {
  const [rejects] = await run.store.rows(
    'select count(*) as listed, count(excerpt) as excerpts from rejected_records',
  );

  expect(rejects?.['listed']).toBeGreaterThan(5);
  expect(rejects?.['excerpts']).toBeGreaterThan(5);
});

test('what is not secret is still there', () => {
  for (const kept of ['sess-A', 'helpdesk-bot', 'ana@contoso.com', '203.0.113.9', '/weather/mcp']) {
    expect(dump).toContain(kept);
  }
});

test('no table holds a secret', () => {
  expect(linesWith(CANARY, dump)).toEqual([]);
});

test('neither the closed database file nor what lies beside it holds a secret', () => {
  run[Symbol.dispose]();

  for (const name of readdirSync(folder)) {
    if (name === 'spill') continue;
    const bytes = readFileSync(join(folder, name));
    expect(bytes.length, name).toBeGreaterThan(0);
    expect(bytes.indexOf(CANARY), name).toBe(-1);
    expect(bytes.indexOf(Buffer.from(CANARY, 'utf16le')), name).toBe(-1);
    expect(bytes.indexOf(Buffer.from(CANARY).toString('base64').slice(0, 16)), name).toBe(-1);
  }
});

test('nothing is left of what was unpacked or spilled', () => {
  expect(readdirSync(spill)).toEqual([]);
});

test('while records are read nothing may be spilled, however short memory is', async () => {
  using reading = await ingesting(telemetryWithSecrets());
  const limit = "select current_setting('max_temp_directory_size') as bytes";
  const before = await reading.store.rows(limit);
  const during: Promise<unknown>[] = [];

  await reading.ingest({ onProgress: () => during.push(reading.store.rows(limit)) });

  expect(new Set((await Promise.all(during)).map((rows) => JSON.stringify(rows)))).toEqual(
    new Set(['[{"bytes":"0 bytes"}]']),
  );
  expect(await reading.store.rows(limit)).toEqual(before);
});

async function allTablesAsText(store: Store): Promise<string> {
  const tables = await store.rows(
    "select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = 'main' order by table_name",
  );
  const texts: string[] = [];
  for (const { table_name: table } of tables) {
    for (const row of await store.rows(`select cast(t as varchar) as text from "${table}" as t`)) {
      texts.push(`${table} ${row['text']}`);
    }
  }
  return texts.join('\n');
}

function linesWith(part: string, text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.includes(part))
    .map((line) => {
      const at = line.indexOf(part);
      return `${line.slice(0, 40)} … ${line.slice(Math.max(0, at - 60), at + 40)}`;
    });
}
