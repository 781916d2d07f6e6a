import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { correlate } from '../correlate/correlate.ts';
import { Store } from '../store/store.ts';

/** Calls of a client that uses one session id for all of them; the gate is 100,000. */
const CALLS = Number(process.argv[2] ?? 100_000);
/** Four times the calls may take this many times as long: sorting is a little worse than linear. */
const MAX_RATIO = 5;

async function msOf(calls: number): Promise<number> {
  const path = join(tmpdir(), `mcp-witness-crowd-${process.pid}.duckdb`);
  try {
    using store = await Store.openToWrite(path, { memoryLimit: '1GB' });
    await store.run(readFileSync(packagePath('bench/correlate_events.sql'), 'utf8'), { calls });
    await store.run(
      "update events set mcp_session_id = 'one', operation_id = null, tool_name = 'one'",
    );
    await store.script('checkpoint');
    const start = performance.now();
    const { matched } = await correlate(store);
    if (matched !== calls) throw new Error(`${matched} of ${calls} calls matched`);
    return performance.now() - start;
  } finally {
    for (const suffix of ['', '.wal', '.tmp'])
      rmSync(path + suffix, { force: true, recursive: true });
  }
}

await msOf(CALLS / 10); // the first run also loads the engine
const [few, many] = [await msOf(CALLS / 4), await msOf(CALLS)];
console.log(
  `correlate ${CALLS} + ${CALLS} events of one session: ${(many / 1000).toFixed(1)} s, a quarter of them ` +
    `${(few / 1000).toFixed(1)} s, ratio ${(many / few).toFixed(2)} (at most ${MAX_RATIO}), ` +
    `peak ${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`,
);
process.exitCode = many / few <= MAX_RATIO ? 0 : 1;
