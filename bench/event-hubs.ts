import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { ingestEventHub } from '../ingest/ingest-event-hubs.ts';
import { Store } from '../store/store.ts';
import { startPeerProcess } from '../test/event-hubs/peer/peer-process.ts';

/** Events of the hub; memory is to be flat over 1,000,000. */
const EVENTS = Number(process.argv[2] ?? 200_000);
const PARTITIONS = 4;
const BODY_BYTES = 1_500;
/** What is committed a second, as a share of what the bare client hands to an empty handler. */
const MIN_RATIO = 0.5;
/** Resident memory may grow by this much from the first third of the events to the last. */
const MAX_GROWTH_MB = 200;
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
  using store = await Store.openToWrite(join(folder, 'hub.duckdb'), { memoryLimit: '1200MB' });
  const memory: number[] = [];
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
      onProgress: () => memory.push(process.memoryUsage.rss() / 1e6),
    },
  );
  const committed = EVENTS / ((performance.now() - begin) / 1000);
  if (stored !== EVENTS) throw new Error(`${stored} of ${EVENTS} events were stored`);
  const third = Math.max(1, Math.floor(memory.length / 3));
  const growth = Math.max(...memory.slice(-third)) - Math.max(...memory.slice(0, third));
  const ratio = committed / bare;
  console.log(
    `event-hubs: ${EVENTS} events of ${BODY_BYTES} B: ${committed.toFixed(0)} committed/s, the bare client ${bare.toFixed(0)}/s, ` +
      `ratio ${ratio.toFixed(2)} (at least ${MIN_RATIO}), peak ${Math.max(...memory).toFixed(0)} MB, growth ${growth.toFixed(0)} MB (at most ${MAX_GROWTH_MB})`,
  );
  if (ratio < MIN_RATIO || growth > MAX_GROWTH_MB) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
