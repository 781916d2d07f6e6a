import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath } from '../core/package-root.ts';
import { correlate } from '../correlate/correlate.ts';
import { loadInventory } from '../ingest/config/inventory.ts';
import { ingestFiles } from '../ingest/ingest-files.ts';
import { parseFaults } from '../simulate/faults.ts';
import { simulate } from '../simulate/simulate.ts';
import { Store } from '../store/store.ts';
import { type Quality, qualityTables, shortcomings } from './quality/tables.ts';

/**
 * How right correlation is on the hard mix, by the ground truth: precision and recall of each rung,
 * whether confidence means what it says, and that nothing is lost or used twice. Another seed than
 * those that confidence was calibrated on. `--write` puts the tables into docs/correlation.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '24' },
    faults: { type: 'string', default: 'hard' },
    write: { type: 'boolean', default: false },
  },
});
const CALLS = Number(positionals[0] ?? 120_000);
const FROM = new Date('2026-10-05T00:00:00Z');
const PAGE = packagePath('docs/correlation.md');

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-quality-'));
try {
  await simulate({
    folder,
    calls: CALLS,
    seed: Number(values.seed),
    from: FROM,
    to: new Date(FROM.getTime() + Number(values.hours) * 3_600_000),
    faults: parseFaults(values.faults),
    profile: 'lean',
  });
  using store = await Store.openToWrite(join(folder, 'quality.duckdb'), { memoryLimit: '2GB' });
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'bench' });
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  await correlate(store);
  const quality = await judge(store, join(folder, 'ground_truth.ndjson'));

  const origin = `${CALLS} calls of \`--faults ${values.faults}\` in ${values.hours} h, seed ${values.seed}`;
  const tables = qualityTables(quality, origin);
  console.log(tables);
  if (values.write) writeInto(PAGE, tables);
  const short = shortcomings(quality);
  for (const sentence of short) console.error(sentence);
  process.exitCode = short.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function judge(store: Store, path: string): Promise<Quality> {
  await store.run(bench('truths'), { path });
  await store.run(bench('judged'));
  const [losses] = await store.rows(bench('losses'));
  return {
    rungs: await store.rows(bench('by_rung')),
    calibration: await store.rows(bench('calibration')),
    choices: await store.rows(bench('by_choice')),
    losses: losses ?? {},
  } as unknown as Quality;
}

function bench(name: string): string {
  return readFileSync(packagePath(`bench/quality/${name}.sql`), 'utf8');
}

/** Replaces what stands between the two markers of a page. */
function writeInto(page: string, tables: string): void {
  const [begin, end] = ['<!-- bench/correlate-quality -->', '<!-- end -->'];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place marked for the tables`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${tables}\n\n${text.slice(to)}`);
}
