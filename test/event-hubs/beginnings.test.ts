import type { ReceivedEventData } from '@azure/event-hubs';
import { expect, test, vi } from 'vitest';
import { accessOf } from '../../ingest/event-hubs/access.ts';
import { Backlog } from '../../ingest/event-hubs/backlog.ts';
import { closed } from '../../ingest/event-hubs/closing.ts';
import { Partitions } from '../../ingest/event-hubs/partitions.ts';
import { Reception } from '../../ingest/event-hubs/reception.ts';
import type { Row, Store } from '../../store/store.ts';
import { gapsOf, type HubRun, hubRun, positionsOf } from './hub-run.ts';
import { gatewayEvent } from './peer/gateway-events.ts';

test('what came and fell to retention after a run that found nothing is a gap', async () => {
  await using run = await hubRun({ partitions: 1 });
  await run.ingest();
  run.fill('0', 30);
  expire(run, '0', 20);

  expect(await run.ingest()).toMatchObject({ received: 10, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'retention', 0, 19)]);
});

test('so is what came after a run that found a partition of which retention had left nothing', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 40);
  expire(run, '0', 40);
  expect(await run.ingest()).toMatchObject({ received: 0, gaps: 0, isPartial: false });
  run.fill('0', 30);
  expire(run, '0', 70);

  expect(await run.ingest()).toMatchObject({ received: 0, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'retention', 40, 69)]);
});

test('what fell to retention before the first run is no gap', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 50);
  expire(run, '0', 30);

  expect(await run.ingest()).toMatchObject({ received: 20, gaps: 0 });
});

test('what falls to retention between the first look and the first event is a gap', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 50);
  run.peer.setStalled(true);
  const ingested = run.ingest();
  await vi.waitUntil(() => run.peer.readers === 1, { timeout: 10_000 });
  expire(run, '0', 20);
  run.peer.setStalled(false);

  expect(await ingested).toMatchObject({ received: 30, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'retention', 0, 19)]);
});

test('a first event that the hub has and does not deliver is a loss', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 50);
  run.peer.hub.partitions[0]?.lose(0, 1);

  expect(await run.ingest()).toMatchObject({ received: 48, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'loss', 0, 1)]);
});

const starts = ['earliest', 'latest', '2026-11-01T00:00:00Z'];

test.each(starts)(
  'a partition that is added has lost what is gone of it, start %s',
  async (start) => {
    await using run = await hubRun({ partitions: 1 });
    run.fill('0', 5);
    await run.ingest({}, { start });
    run.peer.hub.addPartitions(2);
    run.fill('1', 20);
    expire(run, '1', 8);
    run.fill('2', 6);
    expire(run, '2', 6);

    expect(await run.ingest({}, { start })).toMatchObject({ received: 12, gaps: 2 });
    expect(await gapsOf(run.store)).toEqual([
      gap('1', 'retention', 0, 7),
      gap('2', 'retention', 0, 5),
    ]);
    expect(await run.ingest({}, { start })).toMatchObject({ received: 0, gaps: 0 });
  },
);

test('what is older than the time to begin at is no gap, and what comes after it is', async () => {
  await using run = await hubRun({ partitions: 2 });
  for (let no = 0; no < 100; no += 1) run.peer.append('0', gatewayEvent('0', no));
  expire(run, '0', 10);
  run.peer.append('1', gatewayEvent('1', 0));
  expire(run, '1', 1);
  const start = '2026-11-01T00:00:05Z';

  expect(await run.ingest({}, { start })).toMatchObject({ received: 49, gaps: 0 });
  run.fill('1', 5);
  expire(run, '1', 4);

  expect(await run.ingest({}, { start })).toMatchObject({ received: 2, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('1', 'retention', 1, 3)]);
});

test('a hub that is made anew after a run that found nothing is noticed', async () => {
  await using run = await hubRun({ partitions: 1 });
  await run.ingest();
  run.peer.recreateHub();
  run.fill('0', 3);

  expect(await run.ingest()).toMatchObject({ received: 3, gaps: 1 });
  expect(await gapsOf(run.store)).toEqual([gap('0', 'recreated', 0, null)]);
});

test('a second run over an empty hub writes nothing', async () => {
  await using run = await hubRun();
  await run.ingest();
  const before = await written(run.store);

  await run.ingest({ now: () => new Date('2026-11-21T12:00:00Z') });

  expect(await written(run.store)).toEqual(before);
  expect(await positionsOf(run.store)).toEqual({ 0: -1, 1: -1 });
});

test('a reader that is stopped while a hole is looked into has noted nothing', async () => {
  await using run = await hubRun({ partitions: 1 });
  const access = await accessOf(run.source, {
    env: { [run.source.connectionStringEnv ?? '']: run.peer.connectionString },
  });
  const client = access.connect();
  try {
    const partitions = new Partitions({
      start: 'earliest',
      now: () => new Date(),
      isShared: false,
    });
    await partitions.arrive(client, []);
    run.fill('0', 10);
    expire(run, '0', 4);
    const partition = partitions.of('0');
    const reception = new Reception(client, new Backlog(() => undefined), false);

    expect(await reception.accept(partition, [received(4)], () => false)).toBe(false);
    expect(partitions.take().flatMap(({ intake }) => intake.gaps)).toEqual([]);

    expect(await reception.accept(partition, [received(4)], () => true)).toBe(true);
    expect(partitions.take().flatMap(({ intake }) => intake.gaps)).toEqual([
      expect.objectContaining({ cause: 'retention', from: 0, to: 3 }),
    ]);
  } finally {
    await closed(client);
  }
});

function received(sequenceNumber: number): ReceivedEventData {
  return {
    body: Buffer.from('{}'),
    enqueuedTimeUtc: new Date('2026-11-20T12:00:00Z'),
    offset: String(sequenceNumber * 100),
    sequenceNumber,
    partitionKey: null,
    getRawAmqpMessage: () => ({ body: undefined }),
  } as unknown as ReceivedEventData;
}

function expire(run: HubRun, partition: string, before: number): void {
  run.peer.hub.partition(partition)?.expireBefore(before);
}

function gap(partition_id: string, cause: string, from: number, to: number | null): Row {
  return { partition_id, cause, from_sequence_number: from, to_sequence_number: to };
}

/** All that a run may write. */
async function written(store: Store): Promise<Row[][]> {
  const tables = ['checkpoints', 'ingest_batches', 'stream_gaps'];
  return Promise.all(tables.map((table) => store.rows(`from ${table} order by all`)));
}
