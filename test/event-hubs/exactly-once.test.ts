import { expect, test, vi } from 'vitest';
import { countOf, GROUP, gapsOf, HUB, hubRun, positionsOf } from './hub-run.ts';

const WAIT = { timeout: 50_000, interval: 20 };

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

test('names are the same in any letters, also those of what was kept before', async () => {
  await using run = await hubRun();
  run.fill('0', 30);
  run.fill('1', 20);
  await run.ingest();
  const [kept] = await run.store.rows('select min(source) as source from checkpoints');
  const source = String(kept?.['source']);
  expect(source).toMatch(new RegExp(`/${HUB}/${GROUP}$`));
  // An earlier version kept them as they were written; of two spellings one is behind.
  await run.store.script(`
    insert into checkpoints from checkpoints where partition_id = '0';
    update checkpoints set source = upper(source), updated_at = timestamptz '2026-11-19 00:00:00Z', position = '9', event_offset = '900'
    where rowid = (select max(rowid) from checkpoints);
    update checkpoints set source = replace(source, '${HUB}', 'Apim-Logs') where source = lower(source);
    insert into stream_gaps values (upper('${source}'), '0', 'loss', 3, 4, null, now(), now())`);

  const changed = { hub: HUB.toUpperCase(), consumerGroup: 'MCP-Witness' };
  expect(await run.ingest({}, changed)).toMatchObject({ received: 0, gaps: 0 });
  run.fill('0', 5);
  expect(await run.ingest({}, changed)).toMatchObject({ received: 5, stored: 5, duplicate: 0 });

  expect(await positionsOf(run.store)).toEqual({ 0: 34, 1: 19 });
  for (const table of ['checkpoints', 'stream_gaps']) {
    expect(await run.store.rows(`select distinct source from ${table}`)).toEqual([{ source }]);
  }
});

test('a process whose lease was taken commits nothing more', async () => {
  await using run = await hubRun({ partitions: 1 });
  run.fill('0', 13_000);
  run.peer.faults.holdAfter = 12_000;
  const failure = run.ingest().then(
    () => undefined,
    (error: unknown) => error,
  );
  await vi.waitUntil(async () => (await positionsOf(run.store))['0'] === 11_999, WAIT);

  await run.store.script(
    "update ingest_lease set holder = 'another', host = 'elsewhere', pid = 7, purpose = 'ingest files', since = timestamptz '2026-11-20 12:00:01Z'",
  );
  run.peer.faults.holdAfter = Number.MAX_SAFE_INTEGER;
  run.peer.setStalled(false);

  expect(await failure).toMatchObject({
    code: 'store_busy',
    message: expect.stringMatching(
      /^'ingest files', process 7 on elsewhere, adds to the database '.*' since 2026-11-20T12:00:01Z\.$/,
    ),
  });
  expect(await countOf(run.store)).toEqual({ rows: 12_000, distinct: 12_000 });
  expect(await positionsOf(run.store)).toEqual({ 0: 11_999 });
  // Nor does it give up what is not its own.
  expect(await run.store.rows('select holder from ingest_lease')).toEqual([{ holder: 'another' }]);
});
