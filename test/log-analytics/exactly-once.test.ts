import { expect, test } from 'vitest';
import { ticksOfMs } from '../../ingest/log-analytics/ticks.ts';
import { countOf, logsRun, positionsOf, TABLE, WORKSPACE } from './logs-run.ts';
import { gatewayRow } from './peer/gateway-rows.ts';

test('reads a table to now, and a second run finds nothing new', async () => {
  await using run = await logsRun();
  run.fill(300);

  const first = await run.ingest();

  expect(first).toMatchObject({ received: 300, stored: 300, wasInterrupted: false });
  expect(first.tables).toEqual([
    { target: WORKSPACE, table: TABLE, kind: 'new', rows: 300, expected: 300 },
  ]);
  expect(await positionsOf(run.store)).toEqual({
    [`logs/${WORKSPACE}/${TABLE}`]: '2026-11-21T00:00:00.0000000Z',
  });
  expect(await run.ingest()).toMatchObject({ received: 0, stored: 0 });

  run.peer.now = () => new Date('2026-11-21T01:00:00Z');
  run.peer.add(WORKSPACE, TABLE, [
    gatewayRow(300, { at: ticksOfMs(run.peer.now().getTime() - 600_000) }),
  ]);

  expect(await run.ingest()).toMatchObject({ received: 1, stored: 1 });
  expect(await countOf(run.store)).toEqual({ rows: 301, distinct: 301 });
});
