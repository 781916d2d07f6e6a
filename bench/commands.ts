import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath, packageRoot } from '../core/package-root.ts';
import { correlate } from '../correlate/correlate.ts';
import { Store } from '../store/store.ts';

/** Calls in the database that the commands are asked about; the gate is 1,000,000. */
const CALLS = Number(process.argv[2] ?? 1_000_000);
const RUNS = 7;
/** The floor is a process that does nothing: what Node itself takes. */
const FLOOR = ['-e', '0'];
/** Whole commands, in milliseconds on the machine of the gate, and so as a multiple of the floor. */
const LIMITS_MS = { '--help': 200, timeline: 400 } as const;

function medianMs(args: readonly string[]): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

const path = join(tmpdir(), `mcp-witness-bench-${process.pid}.duckdb`);
try {
  let session = '';
  {
    using store = await Store.openToWrite(path, { memoryLimit: '2GB' });
    await store.run(readFileSync(packagePath('bench/correlate_events.sql'), 'utf8'), {
      calls: CALLS,
    });
    await correlate(store);
    const [row] = await store.rows('select min(session_key) as session from correlated_calls');
    session = String(row?.['session']);
  }
  // What users have is compiled: Node strips the types of no source there.
  execFileSync('npm', ['run', 'build'], { cwd: packageRoot });
  const bin = packagePath('dist/cli/bin.js');
  const floor = medianMs(FLOOR);
  const commands = {
    '--help': [bin, '--help'],
    timeline: [bin, 'timeline', '--db', path, '--session', session, '--since', '3650d'],
  } as const;
  for (const name of ['--help', 'timeline'] as const) {
    const ms = medianMs(commands[name]);
    const limit = LIMITS_MS[name];
    console.log(
      `${name}: ${ms.toFixed(0)} ms as a whole command (at most ${limit}), bare node ${floor.toFixed(0)} ms, ratio ${(ms / floor).toFixed(1)}`,
    );
    if (ms > limit) process.exitCode = 1;
  }
} finally {
  for (const suffix of ['', '.wal', '.tmp', '.key']) {
    rmSync(path + suffix, { force: true, recursive: true });
  }
}
