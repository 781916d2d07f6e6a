import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ExitCode } from '../cli/exit-codes.ts';
import { packagePath } from '../core/package-root.ts';
import { listQueries } from '../queries/catalogue.ts';
import { HARD_MIX } from '../simulate/faults.ts';
import { simulate } from '../simulate/simulate.ts';
import { openToRead } from '../store/engines.ts';
import type { Store } from '../store/store.ts';
import { ClickHouseServer } from '../test/engines/clickhouse-server.ts';
import { waysToAsk } from '../test/engines/questions.ts';

/**
 * How long the ClickHouse engine takes for what DuckDB does, over the same evidence on the same machine. It needs the
 * package of test/engines (`npm ci --prefix test/engines`).
 */
const CALLS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 100_000);
/** Beyond this many times DuckDB's time there must be a reason. */
const MAX_RATIO = 3;
const RUNS = 3;
const TO = new Date('2026-10-31T00:00:00Z');

/** Below this a question is requests and planning, whatever the rows. */
const PLANNING_S = 0.5;
const MADE_FIRST =
  'a second of tables made first of what it names often (decision 51), whatever the rows';
const MADE_AND_READ =
  'the same second, and rows: over five times the calls it takes 2.7 times as long';

/** Why ClickHouse may take longer. */
const REASONS: Readonly<Record<string, string>> = {
  correlate:
    'some 650 requests, a third of the time, and what the next correlation is to know: 3.3 over 100,000 calls',
  'finops/cost_by_agent': MADE_FIRST,
  'finops/cost_by_cost_center': MADE_FIRST,
  'finops/cost_by_currency': MADE_FIRST,
  'finops/cost_by_model': MADE_FIRST,
  'finops/cost_by_server': MADE_FIRST,
  'finops/cost_by_tool': MADE_FIRST,
  'finops/unattributed': MADE_FIRST,
  'finops/unpriced': MADE_FIRST,
  'soc/gateway_bypass_by_server': MADE_AND_READ,
  'soc/gateway_bypass_calls': MADE_AND_READ,
  'soc/noteworthy_calls': MADE_AND_READ,
  'sre/coverage_by_source':
    'all evidence is read with `final`, by event id over all days, for a copy may be of another day: 5 times, over four times the events too',
  'sre/readiness_paths': MADE_FIRST,
};

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
const run = promisify(execFile);

/** Runs a command as its user would; says how many seconds it took. */
async function command(config: string, ...args: readonly string[]): Promise<number> {
  const start = performance.now();
  await run(process.execPath, [packagePath('cli/bin.ts'), ...args, '--config', config], {
    cwd: folder,
    env: { ...process.env, MCP_WITNESS_KEY: 'bench' },
    maxBuffer: 1e9,
  }).catch((error: { code?: number }) => {
    // Some records of the fleet are bad on purpose.
    if (error.code !== ExitCode.partial) throw error;
  });
  return (performance.now() - start) / 1000;
}

/** The seconds of the fastest of several runs. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    await work();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

function judge(what: string, duckDb: number, clickHouse: number): void {
  const ratio = clickHouse / duckDb;
  const isBeyond = ratio > MAX_RATIO;
  const reason =
    clickHouse < PLANNING_S
      ? 'requests and planning'
      : (REASONS[what] ?? 'BEYOND, without a reason');
  console.log(
    `  ${what.padEnd(36)} ${duckDb.toFixed(3).padStart(9)} s ${clickHouse.toFixed(3).padStart(9)} s ` +
      `${ratio.toFixed(2).padStart(7)}  ${isBeyond ? reason : ''}`,
  );
  if (isBeyond && reason.startsWith('BEYOND')) process.exitCode = 1;
}

async function ask(store: Store, name: string): Promise<number> {
  const path = `queries/${name}.sql`;
  const [params = {}] = await waysToAsk(store, path, TO);
  return fastest(() => store.query(path, params));
}

const server = await ClickHouseServer.start();
try {
  await simulate({
    folder,
    calls: CALLS,
    seed: 1,
    from: new Date('2026-10-24T00:00:00Z'),
    to: TO,
    faults: HARD_MIX,
  });
  server.run('create database witness engine = Atomic');
  const target = { engine: 'clickhouse', url: server.url, database: 'witness' } as const;
  const duckDb = join(folder, 'mcp-witness.yaml');
  const clickHouse = join(folder, 'clickhouse.yaml');
  writeFileSync(
    clickHouse,
    readFileSync(duckDb, 'utf8').replace(/^store:.*$/m, `store: ${JSON.stringify(target)}`),
  );

  console.log(
    `engines, ${CALLS} calls of the hard mix: DuckDB, ClickHouse, ratio (at most ${MAX_RATIO})`,
  );
  for (const args of [['ingest', 'files', join(folder, 'telemetry')], ['correlate']]) {
    const what = args.slice(0, 2).join(' ');
    judge(what, await command(duckDb, ...args), await command(clickHouse, ...args));
  }
  const self = { pid: process.pid, isRunning: () => true };
  const path = join(folder, 'witness.duckdb');
  using onDuckDb = await openToRead({ engine: 'duckdb', path }, { self });
  using onClickHouse = await openToRead(
    { ...target, user: undefined, password: undefined },
    { self },
  );
  for (const { name } of listQueries()) {
    judge(name, await ask(onDuckDb, name), await ask(onClickHouse, name));
  }
} finally {
  server[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
}
