import { expect, test } from 'vitest';
import { ticksOfMs } from '../../ingest/log-analytics/ticks.ts';
import { countOf, type LogsRun, logsRun, positionsOf, TABLE, WORKSPACE } from './logs-run.ts';
import { gatewayRow } from './peer/gateway-rows.ts';

const at = (time: string) => ticksOfMs(Date.parse(`2026-11-${time}Z`));

/** A row that happened then, says when it was ingested, and is there only later. */
function late(run: LogsRun, no: number, times: Record<'at' | 'ingestedAt' | 'visibleAt', string>) {
  run.peer.add(WORKSPACE, TABLE, [
    gatewayRow(no, {
      at: at(times.at),
      ingestedAt: at(times.ingestedAt),
      visibleAt: at(times.visibleAt),
    }),
  ]);
}

/** How often rows were asked for, and how many came. */
function rowQueries({ peer }: LogsRun): number[] {
  return peer.asked.filter(({ query }) => query.sums === undefined).map(({ rows }) => rows);
}

test('rows that turn up behind what was read are read while ingestion settles', async () => {
  await using run = await logsRun();
  run.peer.now = () => new Date('2026-11-20T12:00:00Z');
  late(run, 1, { at: '20T11:50:00', ingestedAt: '20T11:55:00', visibleAt: '20T11:55:00' });
  late(run, 2, { at: '20T11:51:00', ingestedAt: '20T11:55:01', visibleAt: '20T12:10:00' });
  expect(await run.ingest()).toMatchObject({ received: 1, stored: 1 });

  run.peer.now = () => new Date('2026-11-20T12:05:00Z');
  expect(await run.ingest()).toMatchObject({ received: 0 });

  run.peer.now = () => new Date('2026-11-20T12:15:00Z');
  expect(await run.ingest()).toMatchObject({ received: 2, stored: 1, duplicate: 1 });
  expect(await countOf(run.store)).toEqual({ rows: 2, distinct: 2 });

  // Nothing is asked for again that has not changed.
  run.peer.asked.length = 0;
  run.peer.now = () => new Date('2026-11-20T12:20:00Z');
  expect(await run.ingest()).toMatchObject({ received: 0 });
  expect(rowQueries(run)).toEqual([]);
});

test('where rows were counted as none, they turn up while settling counts from then', async () => {
  await using run = await logsRun();
  late(run, 1, { at: '20T11:40:00', ingestedAt: '20T11:54:00', visibleAt: '20T11:54:00' });
  late(run, 2, { at: '20T11:41:00', ingestedAt: '20T11:48:00', visibleAt: '20T12:01:00' });
  const source = { start: '2026-11-20T11:30:00Z' };
  // Rows are counted at noon, and come forty minutes later: another table, or a throttled service, took them.
  run.peer.now = () => new Date('2026-11-20T12:00:00Z');
  const onPlan = (): boolean => {
    run.peer.now = () => new Date('2026-11-20T12:40:00Z');
    return true;
  };
  expect(await run.ingest({ onPlan }, source)).toMatchObject({ received: 1, stored: 1 });

  run.peer.now = () => new Date('2026-11-20T12:41:00Z');
  expect(await run.ingest({}, source)).toMatchObject({ stored: 1 });
  expect(await countOf(run.store)).toEqual({ rows: 2, distinct: 2 });
});

test('events that are days old when they are ingested are read', async () => {
  await using run = await logsRun();
  run.peer.now = () => new Date('2026-11-20T12:00:00Z');
  await run.ingest();
  run.peer.now = () => new Date('2026-11-20T14:00:00Z');
  late(run, 1, { at: '18T13:30:00', ingestedAt: '20T13:00:00', visibleAt: '20T13:00:00' });

  expect(await run.ingest()).toMatchObject({ received: 1, stored: 1 });
});

test("the service's clock counts, not this machine's", async () => {
  await using run = await logsRun();
  run.peer.now = () => new Date('2026-11-20T12:00:00Z');
  run.fill(10);

  await run.ingest({ now: () => new Date('2026-11-20T15:00:00Z') });

  expect(await positionsOf(run.store)).toEqual({
    [`logs/${WORKSPACE}/${TABLE}`]: '2026-11-20T12:00:00.0000000Z',
  });
});

test('what happened in a time is read to the second, and what is known of the table stays', async () => {
  await using run = await logsRun();
  run.fill(600);
  await run.ingest({}, { start: '2026-11-20T23:00:00Z' });
  const before = await positionsOf(run.store);
  const happened = {
    from: new Date('2026-11-20T00:00:10Z'),
    to: new Date('2026-11-20T00:00:20Z'),
  };

  expect(await run.ingest({ happened })).toMatchObject({ received: 100, stored: 100 });
  expect(await run.ingest({ happened })).toMatchObject({ received: 100, duplicate: 100 });

  expect(await positionsOf(run.store)).toEqual(before);
  expect(
    await run.store.rows('select min(occurred_at) as first, max(occurred_at) as last from events'),
  ).toEqual([{ first: '2026-11-20T00:00:10.000375Z', last: '2026-11-20T00:00:19.900375Z' }]);
});

test('a backfill reads what is older than where reading began, once', async () => {
  await using run = await logsRun();
  run.fill(600);
  const source = { start: '2026-11-20T00:03:30Z' };
  expect(await run.ingest({}, source)).toMatchObject({ stored: 300 });

  const from = new Date('2026-11-20T00:03:15Z');
  expect(await run.ingest({ backfill: { from } }, source)).toMatchObject({ received: 150 });
  expect(await run.ingest({ backfill: { from: undefined } }, source)).toMatchObject({
    received: 150,
    stored: 150,
  });
  expect(await run.ingest({ backfill: { from: undefined } }, source)).toMatchObject({
    received: 0,
  });

  expect(await countOf(run.store)).toEqual({ rows: 600, distinct: 600 });
  expect(Object.keys(await positionsOf(run.store))).toEqual([`logs/${WORKSPACE}/${TABLE}`]);
});

test('each workspace and each table is read from where it was left', async () => {
  await using run = await logsRun();
  const other = '0a1b2c3d-0000-4000-8000-000000000002';
  run.fill(10);
  run.peer.add(other, TABLE, [gatewayRow(10), gatewayRow(5)]);
  const source = { workspaces: [WORKSPACE, other] };

  // A row that both have is one event.
  expect(await run.ingest({}, source)).toMatchObject({ received: 12, stored: 11, duplicate: 1 });
  run.peer.now = () => new Date('2026-11-21T01:00:00Z');
  const ingestedAt = at('21T00:30:00');
  run.peer.add(other, TABLE, [gatewayRow(11, { at: ingestedAt, ingestedAt })]);

  expect(await run.ingest({}, source)).toMatchObject({ received: 1, stored: 1 });
  expect(
    await run.store.rows(
      'select source, sum(received)::bigint as received from ingest_batches group by all order by 1',
    ),
  ).toEqual([
    { source: `logs/${WORKSPACE}/${TABLE}`, received: 10 },
    { source: `logs/${other}/${TABLE}`, received: 3 },
  ]);
});

test('a resource is asked by its ARM id', async () => {
  await using run = await logsRun();
  const resource =
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso';
  run.peer.add(resource, TABLE, [gatewayRow(1)]);

  expect(await run.ingest({}, { workspaces: [], resource })).toMatchObject({ stored: 1 });
  expect(run.peer.asked[0]?.path).toBe(resource.slice(1));
});
