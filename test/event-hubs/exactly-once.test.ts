import { expect, test } from 'vitest';
import { countOf, gapsOf, hubRun, positionsOf } from './hub-run.ts';

test('reads every partition to its end, and a second run finds nothing new', async () => {
  await using run = await hubRun();
  run.fill('0', 300);
  run.fill('1', 40);

  const first = await run.ingest();

  expect(first).toMatchObject({ received: 340, stored: 340, gaps: 0, wasInterrupted: false });
  expect(first.partitions).toEqual([
    { partition: '0', events: 300, redelivered: 0, rejected: 0, lag: 0, sequenceNumber: 299 },
    { partition: '1', events: 40, redelivered: 0, rejected: 0, lag: 0, sequenceNumber: 39 },
  ]);
  expect(await positionsOf(run.store)).toEqual({ 0: 299, 1: 39 });
  expect(await run.ingest()).toMatchObject({ received: 0, stored: 0 });

  run.fill('1', 5);

  expect(await run.ingest()).toMatchObject({ received: 5, stored: 5 });
  expect(await countOf(run.store)).toEqual({ rows: 345, distinct: 345 });
});

test('events that are delivered again are dropped, and counted', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 100);
  await run.ingest();
  run.fill('0', 10);
  run.peer.faults.rewind = 50;

  const again = await run.ingest();

  expect(again).toMatchObject({ received: 10, stored: 10, gaps: 0 });
  expect(again.partitions[0]).toMatchObject({ events: 10, redelivered: 50 });
  expect(await countOf(run.store)).toEqual({ rows: 110, distinct: 110 });
});

test('a hub without events is read at once', async () => {
  await using run = await hubRun();

  expect(await run.ingest()).toMatchObject({ received: 0, gaps: 0 });
  expect(await gapsOf(run.store)).toEqual([]);
});
