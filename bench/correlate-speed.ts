import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { correlate } from '../correlate/correlate.ts';
import { RESULTS } from '../correlate/steps.ts';
import { loadInventory } from '../ingest/config/inventory.ts';
import { ingestFiles } from '../ingest/ingest-files.ts';
import { HARD_MIX } from '../simulate/faults.ts';
import { simulate } from '../simulate/simulate.ts';
import { Store } from '../store/store.ts';

/** Calls of the hard mix. Of several sizes each is compared with the first. The gate is 1,000,000 4,000,000. */
const given = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
const SIZES = (given.length > 0 ? given : ['1000000']).map(Number);
/** A rebuild may take this many times DuckDB's bare join of the same events. */
const MAX_RATIO = 6;
/** The newest hundredth of the evidence may take this share of a rebuild. */
const MAX_ADDITION_SHARE = 0.08;
/** Four times the calls may take this many times as long; other multiples in proportion. */
const MAX_GROWTH = 4.6 / 4;
/** Times are taken without a limit of ours; a rebuild comes to the end within this too, and makes the same rows. */
const LITTLE_MEMORY = '1GB';
const FROM = new Date('2026-10-01T00:00:00Z');
const TO = new Date('2026-10-31T00:00:00Z');

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function sqlOf(name: string): string {
  return readFileSync(packagePath(`bench/${name}.sql`), 'utf8');
}

/** A store that holds the evidence of so many calls. */
async function evidenceOf(calls: number, folder: string): Promise<string> {
  const path = join(folder, 'bench.duckdb');
  await simulate({
    folder: join(folder, 'fleet'),
    calls,
    seed: 1,
    from: FROM,
    to: TO,
    faults: HARD_MIX,
    profile: 'lean',
  });
  using store = await Store.openToWrite(path);
  await ingestFiles(store, [join(folder, 'fleet/telemetry')], { key: 'bench' });
  await loadInventory(store, [join(folder, 'fleet/inventory.yaml')]);
  rmSync(join(folder, 'fleet'), { recursive: true, force: true });
  return path;
}

/** Stands for the whole content of the published tables. */
async function contentOf(store: Store): Promise<string> {
  const sums: string[] = [];
  for (const table of RESULTS) {
    const [row] = await store.rows(
      `select '${table}' || count(*) || ' ' || sum(cast(hash(t) as hugeint)) as content from ${table} as t`,
    );
    sums.push(String(row?.['content']));
  }
  return sums.join('\n');
}

interface Times {
  readonly events: number;
  readonly floor: number;
  readonly rebuild: number;
  readonly newest: Addition;
  readonly late: Addition;
  /** Of a rebuild within little memory. */
  readonly sparing: number;
}

/** More evidence, and a correlation after it. */
interface Addition {
  readonly seconds: number;
  readonly events: number;
  readonly reopened: number;
}

/** Adds a part of the table `addition`, and takes the time of the correlation. */
async function add(store: Store, batch: number, condition: string): Promise<Addition> {
  const events = await store.run(
    `insert into events by name select * exclude (is_late) replace (${batch} as batch_id) from addition where ${condition}`,
  );
  await store.script('checkpoint');
  let reopened = 0;
  const taken = await seconds(async () => {
    const summary = await correlate(store);
    if (summary.isRebuild) throw new Error('the addition re-opened everything');
    reopened = summary.reopenedEvents;
  });
  return { seconds: taken, events, reopened };
}

/** Makes all calls of a copy of the evidence within little memory. */
async function rebuildSparingly(path: string) {
  const copy = `${path}.sparing`;
  copyFileSync(path, copy);
  try {
    using store = await Store.openToWrite(copy, { memoryLimit: LITTLE_MEMORY });
    const taken = await seconds(() => correlate(store, { rebuild: true }));
    return { seconds: taken, content: await contentOf(store) };
  } finally {
    rmSync(copy);
  }
}

async function measure(calls: number): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
  try {
    const path = await evidenceOf(calls, folder);
    const sparing = await rebuildSparingly(path);
    using store = await Store.openToWrite(path);
    await store.script('checkpoint');
    const floor = await seconds(() => store.script(sqlOf('correlate_floor')));
    await store.script('drop table bare_join; checkpoint');

    let events = 0;
    const rebuild = await seconds(async () => {
      events = (await correlate(store, { rebuild: true })).reopenedEvents;
    });
    const wanted = await contentOf(store);
    if (wanted !== sparing.content) throw new Error('with little memory there are other rows');

    await store.script(sqlOf('correlate_addition'));
    await store.run('delete from events where event_id in (select event_id from addition)');
    await correlate(store);
    const newest = await add(store, 1_000_000, 'not is_late');
    const late = await add(store, 1_000_001, 'is_late');
    if ((await contentOf(store)) !== wanted) throw new Error('the additions gave other rows');
    return { events, floor, rebuild, newest, late, sparing: sparing.seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(what: string, value: number, limit: number): void {
  const isMet = value <= limit;
  console.log(
    `  ${what}: ${value.toFixed(3)} (at most ${limit.toFixed(2)})${isMet ? '' : ' BEYOND'}`,
  );
  if (!isMet) process.exitCode = 1;
}

function told({ seconds, events, reopened }: Addition): string {
  return `${events} events in ${seconds.toFixed(1)} s (${reopened} looked at)`;
}

let first: number | undefined;
for (const calls of SIZES) {
  const { events, floor, rebuild, newest, late, sparing } = await measure(calls);
  console.log(
    `correlate ${calls} calls, ${events} events: rebuild ${rebuild.toFixed(1)} s, ` +
      `${sparing.toFixed(1)} s at ${LITTLE_MEMORY}, bare left join ${floor.toFixed(1)} s, ` +
      `newest hundredth ${told(newest)}, late ones of any time ${told(late)}, ` +
      `peak ${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`,
  );
  judge('rebuild over bare join', rebuild / floor, MAX_RATIO);
  judge('addition over rebuild', newest.seconds / rebuild, MAX_ADDITION_SHARE);
  if (first === undefined) first = rebuild / calls;
  else judge('time per call over the first size', rebuild / calls / first, MAX_GROWTH);
}
