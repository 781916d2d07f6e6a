import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Store } from '../store/store.ts';
import { cpuSeconds, type Running, run, start } from '../test/cli/program.ts';
import { startPeerProcess } from '../test/event-hubs/peer/peer-process.ts';
import { LagMeter } from './watch/lag.ts';
import { simulateTraffic } from './watch/traffic.ts';

/** `run --watch` over a hub that fills, while somebody asks for a timeline each second. */
const SECONDS = Number(process.argv[2] ?? 300);
const PER_SECOND = Number(process.argv[3] ?? 2_000);
/** From an event's enqueuing until another process can read it, throughout. */
const MAX_LAG_MS = 10_000;
/** What an analyst waits for a timeline, nearly always. */
const MAX_TIMELINE_MS = 2_000;
const PARTITIONS = 4;
const HUB = 'apim-logs';
const GROUP = 'mcp-witness';
const VARIABLE = 'EVENT_HUBS_CONNECTION';
const LOOK_EVERY_MS = 500;
const ASK_EVERY_MS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
const db = join(folder, 'w.duckdb');
const config = join(folder, 'mcp-witness.yaml');

/** Asks again and again, like somebody who watches; tells how long each answer took. */
async function askTimelines(isOver: () => boolean): Promise<{ ms: number[]; errors: string[] }> {
  const ms: number[] = [];
  const errors: string[] = [];
  while (!isOver()) {
    const begin = performance.now();
    const { code, err } = await run(['timeline', '--db', db, '--since', '1m', '--limit', '100']);
    const took = performance.now() - begin;
    ms.push(took);
    if (code !== 0) errors.push(err);
    await sleep(Math.max(0, ASK_EVERY_MS - took));
  }
  return { ms, errors };
}

/** Waits until the watch has looked at all there was when it began. */
async function firstJudged({ child, ended }: Running): Promise<void> {
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (text: string) => {
      if (/^judged: /m.test(text)) resolve();
    });
    void ended.then(() => resolve());
  });
}

async function isCorrelated(store: Store): Promise<boolean> {
  const [row] = await store.rows(
    'select (select max(batch_id) from events) = (select max(batch_id) from correlation_state) as is_all',
  );
  return row?.['is_all'] === true;
}

function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? 0;
}

function judge(what: string, value: number, limit: number): void {
  console.log(
    `  ${what}: ${value.toFixed(0)} (at most ${limit})${value <= limit ? '' : ' BEYOND'}`,
  );
  if (value > limit) process.exitCode = 1;
}

try {
  const traffic = await simulateTraffic(folder, SECONDS * PER_SECOND, SECONDS);
  writeFileSync(
    config,
    `store: { path: ./w.duckdb }
sources:
  - { name: stream, kind: event-hubs, connection_string_env: ${VARIABLE}, hub: ${HUB}, consumer_group: ${GROUP} }
  - { name: settings, kind: files, paths: ["./fleet/telemetry/agents/*", "./fleet/telemetry/config/*"] }
inventory: [./fleet/inventory.yaml]
prices: [./fleet/prices.yaml]
`,
  );
  await using peer = await startPeerProcess({ name: HUB, partitions: PARTITIONS, groups: [GROUP] });
  const watching = start(['run', '--watch', '--config', config], {
    env: { [VARIABLE]: peer.connectionString },
  });
  let isFed = false;
  let isOver = false;
  void watching.ended.then(() => {
    isOver = true;
  });
  const reads = async <T>(read: (store: Store) => Promise<T>): Promise<T> => {
    using store = await Store.openToRead(db);
    return await read(store);
  };
  await firstJudged(watching);
  const meter = new LagMeter(Date.now(), PARTITIONS);
  const feeding = peer.feed({ path: traffic.stream, perSecond: PER_SECOND }).then(() => {
    isFed = true;
  });
  const asking = askTimelines(() => isOver || isFed);
  while (!isOver && !(isFed && meter.events >= traffic.events)) {
    await reads((store) => meter.look(store));
    await sleep(LOOK_EVERY_MS);
  }
  await feeding;
  const { ms, errors } = await asking;
  while (!isOver && !(await reads(isCorrelated))) await sleep(LOOK_EVERY_MS);
  const cpu = cpuSeconds(watching.child.pid ?? 0);
  watching.child.kill('SIGINT');
  const { code, err } = await watching.ended;
  if (code !== 130) throw new Error(`the watch ended with ${code}: ${err}`);

  console.log(
    `watch: ${traffic.events} events at ${PER_SECOND}/s in ${SECONDS} s, ${err.match(/^judged: /gm)?.length ?? 0} turns, ${cpu.toFixed(0)} s of processor, ${ms.length} timelines`,
  );
  judge('lag in ms, the longest', meter.maxMs, MAX_LAG_MS);
  console.log(
    `  lag in ms, p50 ${meter.quantileMs(0.5).toFixed(0)}, p99 ${meter.quantileMs(0.99).toFixed(0)}`,
  );
  judge('timeline in ms, p99', quantile(ms, 0.99), MAX_TIMELINE_MS);
  console.log(
    `  timeline in ms, p50 ${quantile(ms, 0.5).toFixed(0)}, the longest ${Math.max(...ms).toFixed(0)}`,
  );
  judge('timelines that failed', errors.length, 0);
  for (const text of new Set(errors)) console.error(text);
  if (process.env['BENCH_VERBOSE']) console.error(err);

  // What was made turn by turn is what is made of everything at once.
  const rebuilt = await run(['correlate', '--rebuild', '--config', config]);
  const [, revised = '0'] = /([\d,]+) published calls revised/.exec(rebuilt.err) ?? [];
  judge('calls that a rebuild makes otherwise', Number(revised.replaceAll(',', '')), 0);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
