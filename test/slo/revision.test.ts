import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verdictReasons } from '../../reports/verdicts.ts';
import { judgeAll } from '../../slo/judge.ts';
import type { Judgement } from '../../slo/judgement.ts';
import { recordVerdicts } from '../../slo/record.ts';
import { Store } from '../../store/store.ts';
import { changed, example, LATENCY, load } from './documents.ts';
import { AT, ago, insertCalls, insertInventory, insertLife, insertManyCalls } from './rows.ts';

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
  await insertInventory(store);
  await insertLife(store, ['gateway', 'server']);
  await insertManyCalls(store, 98, { timestamp: ago(100) });
});
beforeEach(() => store.run('begin transaction'));
afterEach(() => store.run('rollback'));
afterAll(() => store.close());

const SLOW = { latency_ms: 5_000 };
const LATER = new Date('2026-11-20T06:00:00Z');

async function judged(definitions = load(LATENCY), at = AT): Promise<Judgement> {
  const [judgement] = await judgeAll(store, definitions, { at });
  if (!judgement) throw new Error('nothing was judged');
  return judgement;
}

/** A transaction of the test is open; that of the record would end it. */
async function record(judgement: Judgement): Promise<void> {
  await store.run('commit');
  await recordVerdicts(store, [judgement], { judgedAt: AT });
  await store.run('begin transaction');
}

async function forget(): Promise<void> {
  await store.run('commit');
  await store.run('delete from slo_verdicts');
  await store.run('delete from control_verdicts');
  await store.run('begin transaction');
}

describe('a verdict that was kept', () => {
  afterEach(forget);

  test('is told where late rows have changed it, and only there', async () => {
    await record(await judged());
    expect((await judged()).revision).toBeNull();

    await insertCalls(store, Array(10).fill({ ...SLOW, timestamp: ago(90) }));
    const revised = await judged();

    expect(revised).toMatchObject({
      state: 'breached',
      revision: { state: 'met', good: 98, bad: 0, judgedAt: '2026-11-20T00:00:00Z' },
    });
    expect(verdictReasons([revised])).toContain(
      '  ~ revised: met was judged at 2026-11-20T00:00:00Z, with 98 good and 0 bad\n',
    );
    await store.run('rollback');
    await store.run('begin transaction');
  });

  test('is none of another definition, nor of another window', async () => {
    await record(await judged());
    await insertCalls(store, [{ ...SLOW, timestamp: ago(90) }]);
    const other = load(changed(LATENCY, 'value: 1000', 'value: 900'));

    expect((await judged(other)).revision).toBeNull();
    expect((await judged(load(LATENCY), LATER)).revision).toBeNull();
    expect((await judged()).revision).toMatchObject({ bad: 0 });
    await store.run('rollback');
    await store.run('begin transaction');
  });

  test('of a zero control is told too', async () => {
    const control = example('unowned-agents');
    await record(await judged(control));
    await insertCalls(store, [{ agent_id: 'late-bot', timestamp: ago(90) }]);
    const revised = await judged(control);

    expect(revised).toMatchObject({
      state: 'breached',
      revision: { state: 'met', population: 1, violating: 0, unobservable: 0 },
    });
    expect(verdictReasons([revised])).toContain(
      '  ~ revised: met was judged at 2026-11-20T00:00:00Z, with 0 of 1 violating, 0 unobservable\n',
    );
    await store.run('rollback');
    await store.run('begin transaction');
  });
});

describe('rows younger than the delay of their source', () => {
  const delayed = load(
    changed(
      LATENCY,
      '    slo.mcp/min-events',
      '    slo.mcp/ingestion-delay: 2h\n    slo.mcp/min-events',
    ),
  );

  test('are not judged yet, in the window and in the lookbacks', async () => {
    await insertCalls(store, [
      { ...SLOW, timestamp: ago(120) },
      { timestamp: ago(121) },
      { timestamp: ago(119) },
    ]);
    const judgement = await judged(delayed);

    expect(judgement).toMatchObject({
      window: { from: ago(30 * 1_440 + 120), to: ago(120) },
      good: { rows: 1 },
      bad: { rows: 0 },
    });
    expect(judgement.kind === 'objective' && judgement.lookbacks[0]).toMatchObject({
      lookback: '5m',
      good: 1,
      bad: 0,
    });
  });

  test('are judged once it has passed', async () => {
    await insertCalls(store, [{ ...SLOW, timestamp: ago(120) }]);

    expect(await judged(delayed, new Date(AT.getTime() + 60_000))).toMatchObject({
      good: { rows: 0 },
      bad: { rows: 1 },
    });
    expect(await judged(delayed, LATER)).toMatchObject({ good: { rows: 98 }, bad: { rows: 1 } });
  });

  test('are not in a zero control either', async () => {
    const control = example('token-passthrough').definitions.map((each) => ({
      ...each,
      delayMs: 7_200_000,
    }));
    const definitions = { definitions: control, warnings: [] };
    await store.run('delete from correlated_calls');
    await insertCalls(store, [
      { authorization_mode: 'passthrough', timestamp: ago(119) },
      { authorization_mode: 'obo', timestamp: ago(121) },
    ]);

    expect(await judged(definitions)).toMatchObject({ violating: 0, population: 1 });
    expect(await judged(definitions, new Date(AT.getTime() + 120_000))).toMatchObject({
      violating: 1,
    });
  });
});
