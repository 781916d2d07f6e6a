import { expect, test } from 'vitest';
import { Store } from '../../../store/store.ts';
import { insert, NOVEMBER, uuid } from '../evidence.ts';

const event = (n: number, kind: string, fields: Readonly<Record<string, unknown>>) => ({
  event_id: uuid(n),
  item_no: 0,
  source_rank: 1,
  content_hash: n,
  batch_id: 1,
  record_no: n,
  weight: 1,
  source_table: 'AppMetrics',
  layer: 'platform',
  kind,
  occurred_at: '2026-11-10T11:00:00Z',
  ...fields,
});

test('what was counted by request stands beside what metrics and usage records say, and is not added to', async () => {
  using store = await Store.inMemory();
  await insert(store, 'model_calls', [
    {
      event_id: uuid(1),
      timestamp: '2026-11-10T10:00:00Z',
      input_tokens: 400,
      output_tokens: 50,
      weight: 2,
    },
  ]);
  await insert(store, 'events', [
    event(2, 'metric', { input_tokens: 600 }),
    event(3, 'metric', { input_tokens: 240 }),
    event(4, 'metric', { output_tokens: 110 }),
    event(5, 'metric', { tags: '{"total_tokens":950}' }),
    event(6, 'usage', { input_tokens: 7, occurred_at: '2026-11-11T00:00:00Z' }),
    event(7, 'tokens', { layer: 'model', input_tokens: 400 }),
  ]);

  const rows = await store.query('queries/finops/token_reconciliation_by_day.sql', NOVEMBER);

  expect(rows).toEqual([
    {
      day: '2026-11-10T00:00:00Z',
      counted_input_tokens: 800,
      counted_output_tokens: 100,
      metric_input_tokens: 840,
      metric_output_tokens: 110,
      metric_input_ratio: 1.05,
      metric_output_ratio: 1.1,
      usage_input_tokens: null,
      usage_output_tokens: null,
    },
    {
      day: '2026-11-11T00:00:00Z',
      counted_input_tokens: null,
      counted_output_tokens: null,
      metric_input_tokens: null,
      metric_output_tokens: null,
      metric_input_ratio: null,
      metric_output_ratio: null,
      usage_input_tokens: 7,
      usage_output_tokens: null,
    },
  ]);
});
