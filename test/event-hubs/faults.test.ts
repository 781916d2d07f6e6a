import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { expect, test, vi } from 'vitest';
import { Store } from '../../store/store.ts';
import { ask } from '../cli/fleet.ts';
import { envelopeIn } from '../cli/formats.ts';
import { countOf, gapsOf, HUB, hubRun, positionsOf, temporaryFolder } from './hub-run.ts';
import { DETACHED, SERVER_BUSY } from './peer/faults.ts';
import { gatewayEvent, gatewayRecord } from './peer/gateway-events.ts';
import type { EventHubsPeer } from './peer/peer.ts';

const EVENTS = 3_000;

/** What goes wrong while a hub of 3,000 events in two partitions is read. */
const faults: Readonly<Record<string, (peer: EventHubsPeer) => void>> = {
  'the connection drops': (peer) => peer.dropConnections(),
  'the readers are detached': (peer) => peer.detachReaders(DETACHED),
  'the server is busy': (peer) => peer.detachReaders(SERVER_BUSY),
  'events are delivered again': (peer) => peer.rewind(200),
  'the token expires and is renewed': (peer) => peer.expireTokens(),
  'readers are refused twice': (peer) => {
    peer.faults.refuseAttaches = { count: 2, error: SERVER_BUSY };
    peer.dropConnections();
  },
};

test.each(Object.entries(faults))('each event is stored once although %s', async (_, happen) => {
  await using run = await hubRun();
  run.fill('0', EVENTS / 2);
  run.fill('1', EVENTS / 2);
  let isDone = false;
  run.peer.onSent = (sent) => {
    if (isDone || sent < EVENTS / 3) return;
    isDone = true;
    happen(run.peer);
  };

  const summary = await run.ingest();

  expect(summary).toMatchObject({ received: EVENTS, stored: EVENTS, gaps: 0 });
  expect(await countOf(run.store)).toEqual({ rows: EVENTS, distinct: EVENTS });
  expect(await positionsOf(run.store)).toEqual({ 0: EVENTS / 2 - 1, 1: EVENTS / 2 - 1 });
});

test('a producer that missed its acknowledgement sends again: two copies, one row', async () => {
  await using run = await hubRun({ partitions: 1 });
  await using producer = disposable(
    new EventHubProducerClient(run.peer.connectionString, HUB, {
      retryOptions: { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 3_000 },
    }),
  );
  run.peer.faults.loseAcknowledgements = 1;
  await producer.client.sendBatch(
    [{ body: JSON.parse(gatewayRecord('0', 1)) }, { body: JSON.parse(gatewayRecord('0', 2)) }],
    { partitionId: '0' },
  );

  const summary = await run.ingest();

  expect(run.peer.hub.partitions[0]?.end).toBe(4);
  expect(summary).toMatchObject({ received: 4, stored: 4 - 2, duplicate: 2, gaps: 0 });
});

function disposable(client: EventHubProducerClient) {
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

test('a partition that is added is read from its first event', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 50);
  expect(await run.ingest({}, { start: 'latest' })).toMatchObject({ received: 0, gaps: 0 });
  run.peer.hub.addPartitions(1);
  run.fill('0', 5);
  run.fill('1', 20);

  expect(await run.ingest({}, { start: 'latest' })).toMatchObject({ received: 25, gaps: 0 });
});

test('a partition that is added while the hub is read is read too', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 2_000);
  run.peer.onSent = (sent) => {
    if (sent !== 500) return;
    run.peer.setStalled(true);
    run.peer.hub.addPartitions(1);
    run.fill('1', 20);
  };
  const ingested = run.ingest();
  await vi.waitUntil(() => run.peer.readers === 2, { timeout: 10_000 });
  run.peer.setStalled(false);

  await ingested;

  const { rows } = await countOf(run.store);
  expect(rows).toBeGreaterThanOrEqual(2_000);
  expect(await run.ingest()).toMatchObject({ received: 2_020 - rows, gaps: 0 });
});

const starts = {
  earliest: ['earliest', 100],
  latest: ['latest', 0],
  'a time between two events': ['2026-11-01T00:00:05Z', 49],
  'a time after all events': ['2026-11-02T00:00:00Z', 0],
} as const;

test.each(Object.entries(starts))(
  'begins at %s where nothing was read before',
  async (_, [start, count]) => {
    await using run = await hubRun({ partitions: 1 });
    for (let no = 0; no < 100; no += 1) run.peer.append('0', gatewayEvent('0', no));

    expect(await run.ingest({}, { start })).toMatchObject({ received: count, gaps: 0 });
  },
);

test('what fell to retention since the last run is a gap', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 100);
  await run.ingest();
  run.fill('0', 100);
  run.peer.hub.partitions[0]?.expireBefore(150);

  const summary = await run.ingest();

  expect(summary).toMatchObject({ received: 50, gaps: 1, isPartial: true });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'retention', 100, 149)]);
});

test('a partition of which retention left nothing has a gap up to its end', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 100);
  await run.ingest();
  run.fill('0', 30);
  run.peer.hub.partitions[0]?.expireBefore(130);

  expect(await run.ingest()).toMatchObject({ received: 0, gaps: 1 });
  expect(await run.ingest()).toMatchObject({ received: 0, gaps: 0 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'retention', 100, 129)]);
});

test('events that the hub should have and does not deliver are read for again, then a loss', async () => {
  await using run = await hubRun({ partitions: 2 });
  run.fill('0', 100);
  run.fill('1', 100);
  run.peer.hub.partitions[0]?.lose(40, 44);

  const summary = await run.ingest();

  expect(summary).toMatchObject({ received: 195, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'loss', 40, 44)]);
});

test('retention that moves past unread events is told apart from a loss beside it', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 10);
  await run.ingest();
  run.fill('0', 90);
  run.peer.hub.partitions[0]?.expireBefore(30);
  run.peer.hub.partitions[0]?.lose(30, 31);

  expect(await run.ingest()).toMatchObject({ received: 68, gaps: 2 });
  expect(await gapsOf(run.store)).toEqual([
    gap('0', 'loss', 30, 31),
    gap('0', 'retention', 10, 29),
  ]);
});

test('a hub that was made anew is read from its beginning, and what was left in the old is a gap', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 100);
  await run.ingest();
  run.peer.recreateHub();
  for (let no = 200; no < 205; no += 1) {
    run.peer.append('0', { body: Buffer.from(gatewayRecord('0', no)) });
  }

  expect(await run.ingest()).toMatchObject({ received: 5, stored: 5, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'recreated', 100, null)]);
  expect(await positionsOf(run.store)).toEqual({ 0: 4 });
});

test('a hub that is made anew while it is read is noticed by its answer to the old place', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 2_000);
  run.peer.onSent = (sent) => {
    if (sent !== 1_500) return;
    run.peer.recreateHub();
    run.fill('0', 10);
  };

  const summary = await run.ingest();

  expect(summary.gaps).toBe(1);
  expect(await gapsOf(run.store)).toEqual([
    gap('0', 'recreated', expect.any(Number) as unknown as number, null),
  ]);
  expect(await positionsOf(run.store)).toEqual({ 0: 9 });
});

test('a stream that stops delivering is given up, and what had come is stored', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 500);
  run.peer.onSent = (sent) => {
    if (sent === 300) run.peer.setStalled(true);
  };

  await expect(run.ingest({ patienceMs: 1_000 })).rejects.toMatchObject({
    code: 'source_unreachable',
    message: expect.stringMatching(
      /^The event hub 'apim-logs' stopped delivering: partition 0 has \d+ more events and sends none\.$/,
    ),
  });
  run.peer.setStalled(false);
  await run.ingest();

  expect(await countOf(run.store)).toEqual({ rows: 500, distinct: 500 });
});

function gap(partition_id: string, cause: string, from: number, to: number | null) {
  return { partition_id, cause, from_sequence_number: from, to_sequence_number: to };
}

test('coverage shows the gaps, and its overview names them only where there are any', async () => {
  using folder = temporaryFolder();
  const db = join(folder.path, 'w.duckdb');
  {
    using store = await Store.openToWrite(db);
    await store.script(`insert into stream_gaps values ('ns/hub/group', '0', 'retention', 10, 19, null,
      timestamptz '2026-11-20 10:00:00+00', timestamptz '2026-11-20 11:00:00+00')`);
  }

  const { code, out } = await ask(['coverage', '--of', 'gaps', '--db', db, '--format', 'json']);
  const overview = await ask(['coverage', '--db', db]);

  expect(code).toBe(0);
  expect(envelopeIn(out).rows).toEqual([
    expect.objectContaining({ source: 'ns/hub/group', cause: 'retention', missing_events: 10 }),
  ]);
  expect(overview.out).toContain('Events that were in a stream and never will be here;');
});
