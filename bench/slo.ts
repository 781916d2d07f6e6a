import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { loadDefinitions } from '../slo/definitions.ts';
import { judgeAll } from '../slo/judge.ts';
import { keepCounts, makeCounts } from '../slo/keep-counts.ts';
import { Store } from '../store/store.ts';

/** Calls, and as many authentications; the gate is 10,000,000. */
const CALLS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 10_000_000);
/** All objectives may take this many times a bare `group by` for each of them. */
const MAX_RATIO = 5;
const DAY_MS = 86_400_000;
const AT = new Date('2026-11-20T00:00:00Z');

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const sqlOf = (name: string) => readFileSync(packagePath('bench', name), 'utf8');
const shipped = ['alerting', 'auth-success', 'read-only-latency', 'services', 'write-latency'];
const definitions = loadDefinitions(
  shipped.map((name) => packagePath('examples', 'slos', `${name}.yaml`)),
);

const path = join(tmpdir(), `mcp-witness-bench-${process.pid}.duckdb`);
try {
  using store = await Store.openToWrite(path, { memoryLimit: '2GB' });
  for (const statement of sqlOf('slo_rows.sql')
    .split(/;\n/)
    .filter((each) => each.trim() !== '')) {
    await store.run(statement, statement.includes('$calls') ? { calls: CALLS } : {});
  }
  await store.script('checkpoint');

  let floorMs = 0;
  for (const { source } of definitions.definitions) {
    const name = source === 'tool_calls' ? 'slo_floor_calls.sql' : 'slo_floor_attempts.sql';
    floorMs += await timed(() =>
      store.script(`create or replace temp table floor as ${sqlOf(name)}`),
    );
  }
  if (process.argv.includes('--steps')) {
    const ask = store.query.bind(store);
    store.query = (async (file: never, params: never) => {
      const start = performance.now();
      const rows = await ask(file, params);
      const sql = typeof file === 'string' ? file : (file as { sql: string }).sql;
      const what = sql.replaceAll(/\s+/g, ' ').slice(0, 60);
      console.log(`    ${(performance.now() - start).toFixed(0).padStart(6)} ms  ${what}`);
      return rows;
    }) as typeof store.query;
  }
  let states = '';
  const ms = await timed(async () => {
    const judgements = await judgeAll(store, definitions, { at: AT, by: 'agent_id' });
    states = judgements.map(({ slo, state }) => `${slo} ${state}`).join(', ');
  });
  const ratio = ms / floorMs;
  console.log(states);
  console.log(
    `slo ${CALLS} calls and authentications over 28 days, by agent: ${(ms / 1000).toFixed(2)} s, ` +
      `bare group by ${(floorMs / 1000).toFixed(2)} s, ratio ${ratio.toFixed(2)} (at most ${MAX_RATIO}), ` +
      `peak ${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`,
  );

  const keep = async (at: Date): Promise<number> => {
    const made = await makeCounts(store, definitions, at);
    await keepCounts(store, made);
    return made.made.reduce((sum, { stale }) => sum + stale.length, 0);
  };
  const keptMs = await timed(() => keep(new Date(AT.getTime() - DAY_MS)));
  let hours = 0;
  const dayMs = await timed(async () => {
    hours = await keep(AT);
  });
  const judgedMs = await timed(() => judgeAll(store, definitions, { at: AT }));
  console.log(
    `kept: 27 days in ${(keptMs / 1000).toFixed(2)} s; a day more is ${hours} hours of counts in ` +
      `${(dayMs / 1000).toFixed(2)} s, and the verdict ${(judgedMs / 1000).toFixed(2)} s`,
  );
  const isDayOnly = hours === 24 * definitions.definitions.length;
  process.exitCode = ratio <= MAX_RATIO && isDayOnly && dayMs * 5 < keptMs ? 0 : 1;
} finally {
  for (const suffix of ['', '.wal', '.tmp'])
    rmSync(path + suffix, { force: true, recursive: true });
}
