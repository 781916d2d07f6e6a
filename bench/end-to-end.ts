import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath, packageRoot } from '../core/package-root.ts';
import { simulate } from '../simulate/simulate.ts';
import { Store } from '../store/store.ts';

/** Calls, each a gateway and a server record; the gate is 10,000,000. */
const CALLS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 10_000_000);
/** The whole way may take this many times loading, joining and grouping the same columns by hand. */
const MAX_RATIO = 3;
const MAX_MEMORY_GB = 8;
/** Both have as much. */
const MEMORY_LIMIT = '6GB';

/** Ends a process with the most memory it had, as the last line of its messages. */
const TELLING_MEMORY = `data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))`;

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));

interface Command {
  readonly seconds: number;
  readonly memoryGb: number;
}

/** Runs a command as its user would, in a process of its own. */
function command(...args: readonly string[]): Command {
  const start = performance.now();
  const run = spawnSync(
    process.execPath,
    ['--import', TELLING_MEMORY, packagePath('dist/cli/bin.js'), ...args],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1e9 },
  );
  const seconds = (performance.now() - start) / 1000;
  // 5 and 6 are verdicts: the command did what it was told to.
  if (![0, 5, 6].includes(run.status ?? -1)) throw new Error(run.stderr);
  return { seconds, memoryGb: Number(run.stderr.trimEnd().split('\n').at(-1)) / 1e6 };
}

/** How long the same files take by hand. */
async function floorOf(gateway: string, server: string): Promise<number> {
  const path = join(folder, 'floor.duckdb');
  try {
    using store = await Store.openToWrite(path, { memoryLimit: MEMORY_LIMIT });
    await store.script(readFileSync(packagePath('bench/ingest_floor_table.sql'), 'utf8'));
    const start = performance.now();
    const load = readFileSync(packagePath('bench/ingest_floor.sql'), 'utf8');
    await store.run(load, { gateway, server });
    await store.script(readFileSync(packagePath('bench/end_to_end_floor.sql'), 'utf8'));
    await store.script('checkpoint');
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(path, { force: true });
  }
}

try {
  // What users have is compiled: Node strips the types of no source there.
  execFileSync('npm', ['run', 'build'], { cwd: packageRoot });
  const summary = await simulate({
    folder,
    calls: CALLS,
    seed: 1,
    from: new Date('2026-10-01T00:00:00Z'),
    to: new Date('2026-10-31T00:00:00Z'),
    profile: 'bulk',
  });
  const file = (name: string): string =>
    join(folder, summary.files.find((each) => each.endsWith(name)) ?? '');
  const [gateway, server] = [file('gateway.ndjson'), file('app_requests.ndjson')];
  writeFileSync(
    join(folder, 'mcp-witness.yaml'),
    `store: { path: ./witness.duckdb, memory_limit: ${MEMORY_LIMIT} }
sources: [{ name: files, kind: files, paths: ["${gateway}", "${server}"] }]
inventory: [./inventory.yaml]
slos: [${['alerting', 'auth-success', 'read-only-latency', 'services', 'write-latency'].map((name) => `"${packagePath('examples', 'slos', `${name}.yaml`)}"`).join(', ')}]
`,
  );
  // Otherwise the system writes them while one of the two is measured.
  execFileSync('sync');

  const before = await floorOf(gateway, server);
  const run = command('run');
  const window = ['--from', '2026-10-01', '--to', '2026-10-31'];
  const report = command('report', 'slo', '--out', 'report.html', ...window);
  rmSync(join(folder, 'witness.duckdb'));
  // The machine is not as fast at one time as at another: by a third for this.
  const after = await floorOf(gateway, server);
  const floor = (before + after) / 2;
  const seconds = run.seconds + report.seconds;
  const memoryGb = Math.max(run.memoryGb, report.memoryGb);
  const ratio = seconds / floor;
  console.log(
    `end to end, ${CALLS} + ${CALLS} records: ${seconds.toFixed(0)} s (run ${run.seconds.toFixed(0)}, report ${report.seconds.toFixed(0)}), ` +
      `by hand ${floor.toFixed(0)} s (${before.toFixed(0)} before, ${after.toFixed(0)} after), ratio ${ratio.toFixed(2)} (at most ${MAX_RATIO}), ` +
      `peak ${memoryGb.toFixed(1)} GB (at most ${MAX_MEMORY_GB})`,
  );
  process.exitCode = ratio <= MAX_RATIO && memoryGb < MAX_MEMORY_GB ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
