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
import { pool } from './quality/pool.ts';
import { miscalibrations, type Quality, qualityTables, shortcomings } from './quality/tables.ts';

/**
 * How right correlation is on the hard mix, by the ground truth: precision and recall of each rung,
 * whether confidence means what it says, and that nothing is lost or used twice. Each seed has to reach
 * the targets; confidence is checked on all together, as a single seed has too few uncertain matches
 * to tell. Other seeds than those that confidence was calibrated on. `--write` puts the tables into
 * docs/correlation.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '41,42,43,44,45,46' },
    hours: { type: 'string', default: '24' },
    faults: { type: 'string', default: 'hard' },
    write: { type: 'boolean', default: false },
  },
});
const CALLS = Number(positionals[0] ?? 150_000);
const SEEDS = values.seed.split(',').map(Number);
/** Clocks wander by date: each seed has a day of its own. */
const FIRST_DAY = Date.UTC(2026, 9, 5);
const DAY_MS = 86_400_000;
const PAGE = packagePath('docs/correlation.md');

const runs: Quality[] = [];
const short: string[] = [];
for (const seed of SEEDS) {
  const run = await qualityOf(seed);
  runs.push(run);
  short.push(...shortcomings(run).map((sentence) => `seed ${seed}: ${sentence}`));
  console.error(`seed ${seed} is done`);
}
const quality = pooled(runs);
short.push(...miscalibrations(quality));
const seeds = SEEDS.length === 1 ? `seed ${SEEDS[0]}` : `each of the seeds ${SEEDS.join(', ')}`;
const tables = qualityTables(
  quality,
  `${CALLS} calls of \`--faults ${values.faults}\` in ${values.hours} h, ${seeds}`,
);
console.log(tables);
if (values.write) writeInto(PAGE, tables);
for (const sentence of short) console.error(sentence);
process.exitCode = short.length === 0 ? 0 : 1;

async function qualityOf(seed: number): Promise<Quality> {
  const from = FIRST_DAY + seed * DAY_MS;
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-quality-'));
  try {
    await simulate({
      folder,
      calls: CALLS,
      seed,
      from: new Date(from),
      to: new Date(from + Number(values.hours) * 3_600_000),
      faults: parseFaults(values.faults),
      profile: 'lean',
    });
    using store = await Store.openToWrite(join(folder, 'quality.duckdb'), { memoryLimit: '2GB' });
    await ingestFiles(store, [join(folder, 'telemetry')], { key: 'bench' });
    await loadInventory(store, [join(folder, 'inventory.yaml')]);
    await correlate(store);
    return await judge(store, join(folder, 'ground_truth.ndjson'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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

function pooled(runs: readonly Quality[]): Quality {
  const [losses] = pool(runs.map((run) => run.losses));
  if (!losses) throw new Error('there is no seed');
  return {
    rungs: pool(runs.flatMap((run) => run.rungs)),
    calibration: pool(runs.flatMap((run) => run.calibration)),
    choices: pool(runs.flatMap((run) => run.choices)),
    losses,
  };
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
