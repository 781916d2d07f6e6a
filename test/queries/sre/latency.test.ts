import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Row, Store } from '../../../store/store.ts';
import { call, insert, NOVEMBER } from '../evidence.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

const ask = (name: string): Promise<Row[]> => store.query(`queries/sre/${name}.sql`, NOVEMBER);

describe('percentiles are the weighted nearest rank', () => {
  const cases = {
    'of 1 to 100': [
      Array.from({ length: 100 }, (_, n) => ({ latency_ms: 100 - n })),
      { calls: 100, rows: 100, p50_ms: 50, p95_ms: 95, p99_ms: 99, max_ms: 100 },
    ],
    // at least 95 of 21 are 20 of them (19.95); interpolation would say 19.95 or 20.0
    'never between two values': [
      Array.from({ length: 21 }, (_, n) => ({ latency_ms: n * 10 })),
      { p50_ms: 100, p95_ms: 190, p99_ms: 200 },
    ],
    'a weight counts as that many calls': [
      [
        { latency_ms: 10, weight: 94 },
        { latency_ms: 500, weight: 5 },
        { latency_ms: 900, weight: 1 },
      ],
      { calls: 100, rows: 3, p50_ms: 10, p95_ms: 500, p99_ms: 500, max_ms: 900 },
    ],
    'exactly at the rank is enough': [
      [
        { latency_ms: 10, weight: 95 },
        { latency_ms: 500, weight: 5 },
      ],
      { p95_ms: 10, p99_ms: 500 },
    ],
    'unknown latencies are counted and do not count': [
      [{ latency_ms: 10 }, { latency_ms: null, weight: 4 }],
      { calls: 1, unmeasured_calls: 4, p50_ms: 10, p99_ms: 10 },
    ],
    'none known': [
      [{ latency_ms: null }],
      { calls: 0, unmeasured_calls: 1, p50_ms: null, p99_ms: null },
    ],
    'refused calls answer fast and are left out': [
      [
        { latency_ms: 200 },
        { latency_ms: 1, outcome: 'denied' },
        { latency_ms: 1, outcome: 'challenge' },
      ],
      { calls: 1, p50_ms: 200 },
    ],
    'failures stay in': [
      [{ latency_ms: 1 }, { latency_ms: 9000, outcome: 'failure' }],
      { calls: 2, p50_ms: 1, p95_ms: 9000 },
    ],
  } as const;

  test.each(Object.entries(cases))('%s', async (_, [rows, expected]) => {
    await insert(
      store,
      'correlated_calls',
      rows.map((row, n) => call(n + 1, { ...row, timestamp: '2026-11-10T10:30:00Z' })),
    );

    expect(await ask('latency_by_tool')).toMatchObject([
      { tool_name: 'get_forecast', ...expected },
    ]);
    expect(await ask('latency_by_hour')).toMatchObject([
      { hour: '2026-11-10T10:00:00Z', tool_class: 'unclassified', ...expected },
    ]);
  });
});
