import { expect, test } from 'vitest';
import { Store } from '../../../store/store.ts';
import { insert, NOVEMBER, uuid } from '../evidence.ts';

const event = (n: number, fields: Readonly<Record<string, unknown>>) => ({
  event_id: uuid(n),
  item_no: 0,
  source_rank: 1,
  content_hash: n,
  batch_id: 1,
  record_no: n,
  weight: 1,
  source_table: 'AppGenAIContent',
  layer: 'platform',
  kind: 'content',
  occurred_at: '2026-11-10T11:00:00Z',
  resource_id: '/appi',
  server_id: 'supervisor-app',
  ...fields,
});

test('content that was logged shows by its source, also where only a prompt was', async () => {
  using store = await Store.inMemory();
  await insert(store, 'events', [
    event(1, { response_body_logged_bytes: 28 }),
    event(2, { occurred_at: '2026-11-10T12:00:00Z' }),
    event(3, { kind: 'access' }),
    event(4, {
      source_table: 'ApiManagementGatewayLogs',
      layer: 'gateway',
      kind: 'request',
      server_id: 'weather-mcp',
      response_body_logged_bytes: 512,
    }),
    event(5, { layer: 'gateway', kind: 'request', response_body_logged_bytes: 0 }),
    event(6, { occurred_at: '2026-12-10T12:00:00Z' }),
  ]);

  const rows = await store.query('queries/soc/content_logged_by_source.sql', NOVEMBER);

  expect(rows).toMatchObject([
    { source_table: 'AppGenAIContent', records: 2, response_bytes: 28 },
    { source_table: 'ApiManagementGatewayLogs', server_id: 'weather-mcp', records: 1 },
  ]);
  expect(rows[0]).toMatchObject({
    first_at: '2026-11-10T11:00:00Z',
    last_at: '2026-11-10T12:00:00Z',
  });
});
