import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { BatchMapper } from '../../ingest/batch.ts';
import { type Row, Store } from '../../store/store.ts';

/** No record: what stands behind it goes the long way. */
const NO_RECORD = 3;

let store: Store;
let mapper: BatchMapper;
beforeAll(async () => {
  store = await Store.inMemory();
  mapper = await BatchMapper.prepare(store, { key: 'k', apis: [] });
});
afterAll(() => store.close());

/** The records of a stream that a fixture has, without their envelope. */
function streamed(stem: string): Row[] {
  const path = join(packageRoot, 'test/ingest/fixtures', `${stem}.event_hubs.json`);
  const { records } = JSON.parse(readFileSync(path, 'utf8'));
  return records;
}

/** What lines of these values give, and how many of them went the long way. */
async function mappedFrom(values: readonly unknown[]): Promise<{ rows: Row[]; seen: number }> {
  const text = Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'));
  const origin = { no: 1, name: 'a', observedAt: '2026-11-20T00:00:00Z' };
  await mapper.add(origin, { text, firstNo: 1, count: values.length });
  await mapper.map();
  const rows = await store.rows(
    'select event_id, content_hash, source_rank, reject_reason, exclude_reason from evidence order by all',
  );
  const [counted] = await store.rows('select count(*) as seen from seen');
  await mapper.commit();
  return { rows, seen: Number(counted?.['seen']) };
}

test.each(['api_management_gateway_logs', 'api_management_gateway_mcp_log'])(
  'a stream of %s is the same at first sight and the long way',
  async (stem) => {
    const records = streamed(stem);

    const atFirstSight = await mappedFrom(records);
    const theLongWay = await mappedFrom([NO_RECORD, ...records]);

    expect(atFirstSight.rows.length).toBeGreaterThan(0);
    expect(atFirstSight.rows).toEqual(theLongWay.rows);
    expect(theLongWay.seen).toBe(1 + records.length);
    expect(atFirstSight.seen).toBeLessThan(records.length);
  },
);

test('a category of another service, without a time or beside a type is none', async () => {
  const [record = {}] = streamed('api_management_gateway_logs');
  const { operationName: _, resourceId: __, ...ofNoService } = record;
  const { time: ___, ...untimed } = record;
  const others = [ofNoService, untimed, { ...record, type: 'mcp.gateway_request' }];

  expect(await mappedFrom([record, ...others])).toMatchObject({ seen: others.length });
});
