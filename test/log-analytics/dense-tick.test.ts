import { expect, test } from 'vitest';
import { ticksOfMs } from '../../ingest/log-analytics/ticks.ts';
import { countOf, type LogsRun, logsRun, positionsOf, TABLE, WORKSPACE } from './logs-run.ts';
import { gatewayRow } from './peer/gateway-rows.ts';

const TICK = ticksOfMs(Date.parse('2026-11-20T00:05:00Z'));
const END = { [`logs/${WORKSPACE}/${TABLE}`]: '2026-11-21T00:00:00.0000000Z' };

/** Rows that the service took in as one batch. */
function batch(run: LogsRun, count: number): void {
  run.peer.add(
    WORKSPACE,
    TABLE,
    Array.from({ length: count }, (_, no) => gatewayRow(10_000 + no, { ingestedAt: TICK })),
  );
}

function rowQueries({ peer }: LogsRun): number[] {
  return peer.asked.filter(({ query }) => query.sums === undefined).map(({ rows }) => rows);
}

test('a batch is asked for in parts that fit', async () => {
  await using run = await logsRun();
  run.fill(10);
  batch(run, 14_000);
  run.peer.limits = { maxRows: 13_000, maxBytes: 100_000_000 };

  expect(await run.ingest()).toMatchObject({ received: 14_010, stored: 14_010, duplicate: 0 });

  // Once it was sent in vain; then it was counted.
  expect(rowQueries(run).filter((rows) => rows > 13_000)).toEqual([14_000]);
  expect(rowQueries(run).length).toBeLessThan(10);
  expect(await countOf(run.store)).toEqual({ rows: 14_010, distinct: 14_010 });
  expect(await positionsOf(run.store)).toEqual(END);
});

test('a pull that ends within a batch goes on within it, and no row is read twice', async () => {
  await using run = await logsRun();
  // Before and behind it.
  run.fill(100, 1_190);
  batch(run, 300);
  run.peer.limits = { maxRows: 100, maxBytes: 100_000_000 };
  let parts = 0;
  run.peer.refuse = ({ sums, part }) => {
    if (sums !== undefined || part === undefined || part.to - part.from > 16_384) return undefined;
    parts += 1;
    return parts > 2 ? { kind: 'error', status: 400, code: 'Stop', message: 'stop' } : undefined;
  };

  await expect(run.ingest()).rejects.toMatchObject({ code: 'config_invalid' });
  expect(await positionsOf(run.store)).toEqual({
    [`logs/${WORKSPACE}/${TABLE}`]: '2026-11-20T00:05:00.0000000Z',
  });
  const { rows } = await countOf(run.store);
  expect(rows).toBeGreaterThan(100);
  expect(rows).toBeLessThan(310);

  run.peer.refuse = () => undefined;
  const left = 400 - rows;
  expect(await run.ingest()).toMatchObject({ received: left, stored: left, duplicate: 0 });
  expect(await countOf(run.store)).toEqual({ rows: 400, distinct: 400 });
  expect(await positionsOf(run.store)).toEqual(END);
});
