import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlate } from '../../correlate/correlate.ts';
import { createTable } from '../../correlate/run-step.ts';
import { readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';

/** A broken client uses one id for everything: what is compared must grow with the calls, not with their square. */
const CALLS = 100_000;

/** Calls a second apart, and one of 50 without its other side; every record is of the one key. */
const LINE_UP = `
  create or replace temp table lined_up as
  select 'one' as match_key, side, cast(md5(side || n) as uuid) as id,
         cast(n * 1e6 as double) + case side when 'server' then 5e3 + n % 7 * 1e3 else 0 end as at_us,
         case side when 'gateway' then 1e5 else 0 end as reach_us,
         case side when 'server' then 2.5e5 else 0 end as slack_us,
         true as is_clocked, cast(null as varchar) as rpc_request_id
  from generate_series(1, $calls) as series(n), (values ('gateway'), ('server')) as sides(side)
  where n % 50 <> case side when 'gateway' then 1 else 2 end`;

interface Profile {
  readonly operator_cardinality?: number;
  readonly children?: readonly Profile[];
}

/** Every row that any operator of a plan gave to the next. */
function rowsIn({ operator_cardinality = 0, children = [] }: Profile): number {
  return children.reduce((sum, child) => sum + rowsIn(child), operator_cardinality);
}

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

async function rowsOf(path: string, calls: number): Promise<number> {
  await store.run(LINE_UP, { calls });
  await createTable(store, 'placed_calls', 'correlate/match/placed_calls.sql');
  const file = readSqlFile(path);
  const params = { window_ms: 2_000, whole: false };
  const [plan] = await store.query<{ explain_value: string }>(
    { ...file, sql: `explain (analyze, format json) ${file.sql}` },
    params,
  );
  return rowsIn(JSON.parse(plan?.explain_value ?? '{}') as Profile);
}

describe('one key of 100,000 calls', () => {
  test.each(['candidates', 'placed_calls', 'pairs_by_nearness', 'pairs_in_order', 'two_sided'])(
    '%s handles four times as many rows for four times as many calls',
    async (name) => {
      const path = `correlate/match/${name}.sql`;
      const [few, many] = [await rowsOf(path, CALLS / 4), await rowsOf(path, CALLS)];
      expect(few).toBeGreaterThan(CALLS / 4);
      expect(many / few).toBeLessThan(4.1);
    },
  );
});

const ids: Readonly<Record<string, string>> = {
  session: "'s' as mcp_session_id, null as operation_id",
  trace: "null as mcp_session_id, repeat('a', 32) as operation_id",
};

test.each(Object.entries(ids))(
  'calls of a %s shared by 100,000 records say so',
  async (_, id) => {
    using crowded = await Store.inMemory();
    for (const [layer, kind, table, late] of [
      ['gateway', 'request', 'ApiManagementGatewayLogs', 0],
      ['server', 'call', 'AppTraces', 3],
    ] as const) {
      await crowded.run(
        `insert into events by name
       select cast(md5($layer || n) as uuid) as event_id, 0 as item_no, $table as source_table,
              0 as source_rank, 0 as content_hash, 1 as batch_id, n as record_no, $layer as layer,
              $kind as kind, 'weather' as server_id, 'x' as tool_name, 'tools/call' as mcp_method,
              timestamptz '2026-11-01 00:00:00Z' + to_milliseconds(n * 500 + n % 200 + $late) as occurred_at,
              1 as weight, x_text(n) as correlation_id, ${id}
       from generate_series(1, 50000) as series(n)`,
        { layer, kind, table, late },
      );
    }
    const summary = await correlate(crowded);
    const [row] = await crowded.rows(
      `select count(*) filter (match_candidates > 1) as ambiguous,
            count(*) filter (match_confidence < 1) as unsure
     from tool_calls`,
    );
    expect(summary).toMatchObject({ calls: 50_000, matched: 50_000 });
    expect(row).toEqual({ ambiguous: 50_000, unsure: 50_000 });
  },
  180_000,
);
