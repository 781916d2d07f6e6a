import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { ingestEventHub } from '../ingest/ingest-event-hubs.ts';
import { Store } from '../store/store.ts';
import { startPeerProcess } from '../test/event-hubs/peer/peer-process.ts';

/** Events of the hub; the gate is 1,000,000. */
const EVENTS = Number(process.argv[2] ?? 1_000_000);
const PARTITIONS = 4;
const BODY_BYTES = 1_500;
/** What is committed a second, as a share of what the bare client hands to an empty handler. */
const MIN_RATIO = 0.5;
/** After so many events the pools of client, engine and allocator are as large as they are meant to be. */
const WARM_UP_EVENTS = 100_000;
/** What is in use goes up and down by a quarter with every commit, so that two moments, or the peaks of a few, say nothing. */
const SAMPLE_EVERY_MS = 200;
/** The median of the last third of the time after the warm-up, as a multiple of the first third's: flat memory. */
const MAX_GROWTH = 1.1;
const HUB = 'apim-logs';
const GROUP = 'mcp-witness';

/** Events a second that the client delivers when nothing is done with them. */
async function bareRate(connectionString: string): Promise<number> {
  const client = new EventHubConsumerClient(GROUP, connectionString, HUB, {
    loadBalancingOptions: { strategy: 'greedy' },
  });
  let events = 0;
  let begin = 0;
  await new Promise<void>((resolve) => {
    client.subscribe(
      {
        processEvents: async (batch) => {
          if (events === 0) begin = performance.now();
          events += batch.length;
          if (events >= EVENTS) resolve();
        },
        processError: async (error) => console.error(error.message),
      },
      {
        startPosition: { offset: '-1' },
        maxBatchSize: 1000,
        prefetchCount: 1000,
        skipParsingBodyAsJson: true,
      },
    );
  });
  const seconds = (performance.now() - begin) / 1000;
  await client.close();
  return EVENTS / seconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-bench-'));
try {
  await using peer = await startPeerProcess({
    name: HUB,
    partitions: PARTITIONS,
    groups: [GROUP],
    generated: EVENTS / PARTITIONS,
    bodyBytes: BODY_BYTES,
  });
  const bare = await bareRate(peer.connectionString);
  using store = await Store.openToAdd(join(folder, 'hub.duckdb'), { memoryLimit: '1200MB' });
  const memoryMb: number[] = [];
  let isWarm = false;
  const sampling = setInterval(() => {
    if (isWarm) memoryMb.push(process.memoryUsage.rss() / 1e6);
  }, SAMPLE_EVERY_MS);
  const begin = performance.now();
  const { stored } = await ingestEventHub(
    store,
    {
      name: 'bench',
      kind: 'event-hubs',
      apis: [],
      hub: HUB,
      namespace: undefined,
      connectionStringEnv: 'HUB',
      consumerGroup: GROUP,
      mapping: undefined,
      start: 'earliest',
    },
    {
      key: 'bench',
      env: { HUB: peer.connectionString },
      now: () => new Date(),
      claimant: { pid: process.pid, isRunning: () => true },
      onProgress: ({ partitions }) => {
        isWarm ||= partitions.reduce((sum, each) => sum + each.events, 0) >= WARM_UP_EVENTS;
      },
    },
  );
  clearInterval(sampling);
  const committed = EVENTS / ((performance.now() - begin) / 1000);
  if (stored !== EVENTS) throw new Error(`${stored} of ${EVENTS} events were stored`);
  const ratio = committed / bare;
  console.log(
    `event-hubs: ${EVENTS} events of ${BODY_BYTES} B: ${committed.toFixed(0)} committed/s, the bare client ${bare.toFixed(0)}/s, ` +
      `ratio ${ratio.toFixed(2)} (at least ${MIN_RATIO})`,
  );
  if (ratio < MIN_RATIO) process.exitCode = 1;
  if (EVENTS > 2 * WARM_UP_EVENTS) {
    const third = Math.floor(memoryMb.length / 3);
    const early = median(memoryMb.slice(0, third));
    const late = median(memoryMb.slice(-third));
    console.log(
      `  memory: ${early.toFixed(0)} MB in the first third after the warm-up, ${late.toFixed(0)} MB in the last, ` +
        `at most ${Math.max(...memoryMb).toFixed(0)} MB, ratio ${(late / early).toFixed(2)} (at most ${MAX_GROWTH})`,
    );
    if (!(late / early <= MAX_GROWTH)) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
