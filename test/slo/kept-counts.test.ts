import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeAll } from '../../slo/judge.ts';
import type { Judgement } from '../../slo/judgement.ts';
import { keepCounts, makeCounts } from '../../slo/keep-counts.ts';
import { outside } from '../../slo/kept-counts.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, type Fields, insertCalls, insertInventory } from './rows.ts';

const KEPT = changed(
  LATENCY,
  'slo.mcp/min-events: "1"',
  'slo.mcp/min-events: "1"\n    slo.mcp/dimensions: agent_id',
);
const definitions = load(KEPT);

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

/** Adds calls as publishing them does: their hours get another version. */
async function publish(rows: readonly Fields[]): Promise<void> {
  await insertCalls(store, rows);
  for (const { timestamp } of rows) {
    await store.run(
      `delete from changed_hours where hour_no = epoch_us($at::timestamptz) // 3600000000`,
      { at: timestamp as string },
    );
    await store.run(
      `insert into changed_hours select 'correlated_calls', epoch_us($at::timestamptz) // 3600000000,
       (select coalesce(max(version), 0) + 1 from changed_hours)`,
      { at: timestamp as string },
    );
  }
}

async function keep(at = AT): Promise<number> {
  const made = await makeCounts(store, definitions, at);
  await keepCounts(store, made);
  return made.made[0]?.stale.length ?? -1;
}

/** The verdict over kept counts, and the one over the rows alone. */
async function both(at = AT, by: string | null = null): Promise<[Judgement[], Judgement[]]> {
  const over = await judgeAll(store, definitions, { at, by });
  const hours = await store.rows('from kept_count_hours');
  await store.run('delete from kept_count_hours');
  const plain = await judgeAll(store, definitions, { at, by });
  for (const row of hours) {
    await store.run('insert into kept_count_hours values ($counts_key, $hour_no, $version)', {
      counts_key: row['counts_key'] as string,
      hour_no: row['hour_no'] as number,
      version: row['version'] as number,
    });
  }
  return [over, plain];
}

test('what is kept is what counting gives, at any time and in any groups', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          seconds: fc.integer({ min: 0, max: 4 * 86_400 }),
          latency_ms: fc.constantFrom(10, 5_000),
          agent_id: fc.constantFrom('a', 'b'),
          weight: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 5, maxLength: 25 },
      ),
      fc.constantFrom(0, 1, 299, 3_000),
      async (drawn, shift) => {
        for (const table of ['correlated_calls', 'changed_hours', 'kept_count_hours']) {
          await store.run(`delete from ${table}`);
        }
        await publish(
          drawn.map(({ seconds, ...fields }) => ({
            ...fields,
            timestamp: new Date(AT.getTime() - seconds * 1_000).toISOString(),
          })),
        );
        await keep();
        const at = new Date(AT.getTime() - shift * 1_000);

        for (const by of [null, 'agent_id']) {
          const [over, plain] = await both(at, by);
          expect(over).toEqual(plain);
        }
      },
    ),
    { numRuns: 3, seed: 6 },
  );
});

describe('after a day was kept', () => {
  beforeEach(async () => {
    await publish([
      { timestamp: ago(30), latency_ms: 5_000 },
      { timestamp: ago(90), latency_ms: 10 },
      { timestamp: ago(5_000), latency_ms: 10 },
    ]);
    await keep();
  });

  test('only the hours that changed are counted again', async () => {
    await publish([{ timestamp: ago(20), latency_ms: 10 }]);

    expect(await keep()).toBe(1);
    expect(await keep()).toBe(0);
    expect(await keep(new Date(AT.getTime() + 3_600_000))).toBe(1);
    // As many hours as the window has: those that it no longer reaches are gone.
    expect(await store.rows('select count(*)::int as hours from kept_count_hours')).toEqual([
      { hours: 720 },
    ]);
  });

  test('the verdict does not read the others', async () => {
    // A row that came without a word: only who reads its hour would see it.
    await insertCalls(store, [{ timestamp: ago(95), latency_ms: 10 }]);

    const [over, plain] = await both();

    expect(over).toMatchObject([{ good: { rows: 2 } }]);
    expect(plain).toMatchObject([{ good: { rows: 3 } }]);
  });

  test('an hour that changed is read, whatever is kept of it', async () => {
    await publish([{ timestamp: ago(95), latency_ms: 10 }]);

    expect((await both())[0]).toMatchObject([{ good: { rows: 3 }, bad: { rows: 1 } }]);
  });

  test('another inventory counts everything anew', async () => {
    await insertInventory(store);

    expect(await keep()).toBeGreaterThan(700);
    expect(
      await store.rows('select count(distinct counts_key)::int as keys from kept_count_hours'),
    ).toEqual([{ keys: 1 }]);
  });

  test('another definition does not take them for its own', async () => {
    const other = load(changed(KEPT, 'value: 1000', 'value: 6000'));

    expect(await judgeAll(store, other, { at: AT })).toMatchObject([{ good: { rows: 3 } }]);
  });
});

test('what lies outside the hours that are kept', () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 20, hour, minute);
  const hour = (of: number) => at(of) / 3_600_000;
  const window = {
    from: new Date(at(1, 30)).toISOString(),
    to: new Date(at(6, 10)).toISOString(),
  };

  expect(outside(new Set([hour(2), hour(3), hour(5)]), window)).toEqual([
    { fromMs: at(1, 30), toMs: at(2) },
    { fromMs: at(4), toMs: at(5) },
    { fromMs: at(6), toMs: at(6, 10) },
  ]);
  expect(outside(new Set(), window)).toEqual([{ fromMs: at(1, 30), toMs: at(6, 10) }]);
});
