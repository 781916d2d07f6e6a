import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../core/package-root.ts';
import { correlate } from '../correlate/correlate.ts';
import { Store } from '../store/store.ts';

/** Calls on each side; the gate is 1,000,000. */
const CALLS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 1_000_000);
/** Correlation may take this many times the bare join of the same events. */
const MAX_RATIO = 4;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const path = join(tmpdir(), `mcp-witness-bench-${process.pid}.duckdb`);
try {
  using store = await Store.openToWrite(path, { memoryLimit: '2GB' });
  const made = readFileSync(packagePath('bench/correlate_events.sql'), 'utf8');
  await store.run(made, { calls: CALLS });
  await store.script('checkpoint');

  const bare = readFileSync(packagePath('bench/correlate_floor.sql'), 'utf8');
  const floorMs = await timed(() => store.script(bare));
  await store.script('drop table bare_join; checkpoint');

  let last = { name: '', start: performance.now() };
  const onStep = (name: string): void => {
    const now = performance.now();
    if (process.argv.includes('--steps') && last.name !== '') {
      console.log(`  ${last.name.padEnd(24)} ${(now - last.start).toFixed(0).padStart(6)} ms`);
    }
    last = { name, start: now };
  };
  const ms = await timed(async () => {
    const summary = await correlate(store, { onStep });
    onStep('');
    if (summary.matched !== CALLS) throw new Error(`${summary.matched} of ${CALLS} calls matched`);
  });
  const ratio = ms / floorMs;
  console.log(
    `correlate ${CALLS} + ${CALLS} events: ${(ms / 1000).toFixed(1)} s, ` +
      `bare left join ${(floorMs / 1000).toFixed(1)} s, ratio ${ratio.toFixed(2)} (at most ${MAX_RATIO}), ` +
      `peak ${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`,
  );
  process.exitCode = ratio <= MAX_RATIO ? 0 : 1;
} finally {
  for (const suffix of ['', '.wal', '.tmp'])
    rmSync(path + suffix, { force: true, recursive: true });
}
