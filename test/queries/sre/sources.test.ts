import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { insert, NOVEMBER, uuid } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string): Promise<Row[]> => store.query(`queries/sre/${name}.sql`, NOVEMBER);

describe('sources', () => {
  const event = (n: number, fields = {}) => ({
    event_id: uuid(n),
    item_no: 0,
    source_table: 'AppRequests',
    source_rank: 1,
    content_hash: n,
    batch_id: 1,
    record_no: n,
    layer: 'server',
    kind: 'request',
    occurred_at: '2026-11-10T10:10:00Z',
    weight: 1,
    ...fields,
  });

  test('coverage counts what each kind of evidence has', async () => {
    await insert(store, 'events', [
      event(1, { agent_id: 'a', tool_name: 't' }),
      event(2, { tool_name: 't', approval_required: false }),
      event(3, { kind: 'log' }),
    ]);

    expect(await ask('coverage_by_source')).toMatchObject([
      { kind: 'log', records: 1, tool_name_ratio: 0 },
      {
        kind: 'request',
        records: 2,
        timestamp_ratio: 1,
        agent_id_ratio: 0.5,
        tool_name_ratio: 1,
        approval_required_ratio: 0.5,
        result_code_ratio: 0,
      },
    ]);
  });

  test('sampled and truncated evidence is named', async () => {
    await insert(store, 'events', [
      event(1, { weight: 4 }),
      event(2, { is_truncated: true }),
      event(3, { source_table: 'ApiManagementGatewayLogs', layer: 'gateway' }),
    ]);

    expect(await ask('sampling_by_source')).toMatchObject([
      {
        source_table: 'AppRequests',
        records: 2,
        sampled_records: 1,
        sampled_ratio: 0.5,
        represented: 5,
        max_weight: 4,
        truncated_records: 1,
      },
      { source_table: 'ApiManagementGatewayLogs', sampled_records: 0, truncated_records: 0 },
    ]);
  });

  test('silence before an hour is counted', async () => {
    await insert(store, 'events', [
      event(1),
      event(2, { occurred_at: '2026-11-10T11:59:59Z' }),
      event(3, { occurred_at: '2026-11-10T15:00:00Z', weight: 2 }),
    ]);

    expect(
      (await ask('hours_by_source')).map((row) => [
        row['hour'],
        row['represented'],
        row['silent_hours_before'],
      ]),
    ).toEqual([
      ['2026-11-10T10:00:00Z', 1, null],
      ['2026-11-10T11:00:00Z', 1, 0],
      ['2026-11-10T15:00:00Z', 2, 3],
    ]);
  });

  test('what was received is accounted for, by source', async () => {
    const batch = { source: 'a.json', source_table: 'AppRequests', sampled: 1, truncated: 0 };
    await insert(store, 'ingest_batches', [
      { ...batch, batch_id: 1, received: 10, stored: 6, duplicate: 1, rejected: 2, excluded: 1 },
      { ...batch, batch_id: 2, received: 6, stored: 0, duplicate: 6, rejected: 0, excluded: 0 },
    ]);
    await insert(store, 'rejected_records', [
      {
        batch_id: 1,
        record_no: 3,
        source: 'a.json',
        source_table: 'AppRequests',
        reason: 'no time',
        record_bytes: 10,
        record_hash: 'h',
      },
      {
        batch_id: 1,
        record_no: 2,
        source: 'a.json',
        source_table: 'AppRequests',
        reason: 'no time',
        record_bytes: 5,
        record_hash: 'h',
      },
    ]);

    expect(await ask('loss_accounting')).toMatchObject([
      {
        source: 'a.json',
        batches: 2,
        received: 16,
        stored: 6,
        duplicate: 7,
        rejected: 2,
        excluded: 1,
        unaccounted: 0,
        sampled: 2,
      },
    ]);
    expect(await store.query('queries/soc/rejected_records_by_reason.sql')).toMatchObject([
      {
        reason: 'no time',
        records: 2,
        read_again_records: 0,
        distinct_records: 1,
        rejected_bytes: 15,
        first_record_no: 2,
      },
    ]);
  });
});
