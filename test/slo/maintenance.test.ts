import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeAll } from '../../slo/judge.ts';
import type { Asked } from '../../slo/judge-objective.ts';
import type { ObjectiveJudgement } from '../../slo/judgement.ts';
import { type Maintenance, occurrencesOf, united } from '../../slo/maintenance.ts';
import { Store } from '../../store/store.ts';
import { changed, LATENCY, load } from './documents.ts';
import { AT, ago, insertCalls, insertLife } from './rows.ts';

const UPGRADE = `---
apiVersion: mcp-slo/v1alpha1
kind: MaintenanceWindow
metadata: { name: upgrade }
spec:
  reason: the gateway moves to another tier
  owner: team-gateway
  ticket: CHG-1
  declaredAt: 2026-11-10T09:00:00Z
  firstStart: 2026-11-18T22:00:00Z
  duration: 2h
  rrule: FREQ=DAILY;COUNT=2
  appliesTo:
    - slo: latency
`;

let store: Store;
beforeEach(async () => {
  store = await Store.inMemory();
});
afterEach(() => store.close());

async function judged(text: string, asked: Asked = {}): Promise<ObjectiveJudgement> {
  const [judgement] = await judgeAll(store, load(text), { at: AT, ...asked });
  if (judgement?.kind !== 'objective') throw new Error('not an objective');
  return judgement;
}

/** 22:00 to 24:00 on the 18th and on the 19th; the window ends at 24:00 on the 19th. */
async function insertNight(): Promise<void> {
  await insertCalls(store, [
    { timestamp: ago(60), latency_ms: 9_000 },
    { timestamp: ago(120), latency_ms: 9_000 },
    { timestamp: ago(121), latency_ms: 9_000 },
    { timestamp: ago(25 * 60), latency_ms: 9_000 },
    { timestamp: ago(300), latency_ms: 10 },
  ]);
}

test('what happens in a maintenance counts for nothing, and is shown beside', async () => {
  await insertNight();

  expect(await judged(LATENCY + UPGRADE)).toMatchObject({
    inScope: { rows: 5 },
    good: { rows: 1 },
    bad: { rows: 1 },
    ratioWithoutExclusions: 0.2,
    excluded: [
      {
        id: 'upgrade',
        reason: 'the gateway moves to another tier',
        owner: 'team-gateway',
        ticket: 'CHG-1',
        rows: 3,
        badWithout: { rows: 3, weight: 3 },
      },
      { id: 'refused', rows: 0 },
    ],
    maintenance: [
      { from: '2026-11-18T22:00:00.000Z', to: '2026-11-19T00:00:00.000Z', isCounted: true },
      { from: '2026-11-19T22:00:00.000Z', to: '2026-11-20T00:00:00.000Z', isCounted: true },
    ],
    notes: expect.arrayContaining([
      {
        id: 'exclusion-dominates',
        text: "the exclusion 'upgrade' leaves out 3 of 4 bad; 1 are left.",
      },
    ]),
  });
});

test('alerts are muted while it takes place', async () => {
  await insertCalls(
    store,
    Array.from({ length: 10 }, () => ({ timestamp: ago(130), latency_ms: 9_000 })),
  );
  const muted = await judged(LATENCY + UPGRADE);
  const later = await judged(LATENCY + changed(UPGRADE, 'COUNT=2', 'COUNT=1'));

  expect(muted.burnPairs.every(({ isMuted }) => isMuted)).toBe(true);
  expect(later.burnPairs.some(({ isMuted }) => isMuted)).toBe(false);
});

test('one that was declared too late is listed, and counts only where that is allowed', async () => {
  await insertNight();
  const late = LATENCY + changed(UPGRADE, '2026-11-10T09', '2026-11-19T09');
  const definitions = load(late);
  const strict = await judged(late);
  const allowed = await judged(late, { allowRetroactive: true });

  expect(definitions.warnings[0]).toMatch(/declared after it had begun.*retroactive-maintenance/);
  expect(strict.excluded[0]).toMatchObject({ id: 'upgrade', rows: 2 });
  expect(strict.maintenance.map(({ isCounted }) => isCounted)).toEqual([false, true]);
  expect(strict.notes.map(({ id }) => id)).toContain('retroactive-maintenance');
  expect(allowed.excluded[0]).toMatchObject({ id: 'upgrade', rows: 3 });
});

test('slices of a maintenance are neither observed nor missed', async () => {
  await insertLife(store, ['gateway', 'server'], 28);
  const covered = changed(LATENCY, 'min-coverage: "0"', 'min-coverage: "1"');
  const days = changed(UPGRADE, 'duration: 2h', 'duration: 1d')
    .replace('2026-11-18T22', '2026-10-21T00')
    .replace('2026-11-10T09', '2026-10-01T09');

  expect((await judged(covered)).evidence).toMatchObject({
    expectedSlices: 30,
    measuredSlices: 28,
  });
  expect((await judged(covered + days)).evidence).toMatchObject({
    expectedSlices: 28,
    measuredSlices: 28,
  });
});

test('one server may be down alone; a control knows no maintenance', async () => {
  await insertNight();
  const other = changed(UPGRADE, '- slo: latency', '- { slo: latency, server_id: server-2 }');

  expect((await judged(LATENCY + other)).excluded[0]).toMatchObject({ id: 'upgrade', rows: 0 });
});

const plan = (recurrence: string | null, firstStart: string, zone = 'UTC'): Maintenance => ({
  name: 'm',
  reason: 'r',
  owner: null,
  ticket: null,
  declaredAtMs: 0,
  firstStartMs: Date.parse(firstStart),
  lengthMs: 3_600_000,
  recurrence,
  zone,
  appliesTo: [{ slo: 'x' }],
  place: { file: 'slo.yaml', lineOf: () => 1 },
});
const startsOf = (maintenance: Maintenance, from: string, to: string) =>
  occurrencesOf(maintenance, Date.parse(from), Date.parse(to)).map(({ fromMs }) =>
    new Date(fromMs).toISOString().slice(0, 16),
  );

describe('a rule', () => {
  test('of Nobl9: the first Tuesday of each month', () => {
    const tuesdays = plan('FREQ=MONTHLY;INTERVAL=1;BYDAY=1TU', '2024-01-01T12:00:00Z');

    expect(startsOf(tuesdays, '2024-01-01T00:00:00Z', '2024-04-01T00:00:00Z')).toEqual([
      '2024-01-02T12:00',
      '2024-02-06T12:00',
      '2024-03-05T12:00',
    ]);
  });

  test('keeps to the clock on the wall', () => {
    const sundays = plan('FREQ=WEEKLY', '2026-10-18T00:00:00Z', 'Europe/Berlin');

    expect(startsOf(sundays, '2026-10-18T00:00:00Z', '2026-11-05T00:00:00Z')).toEqual([
      '2026-10-18T00:00',
      '2026-10-25T00:00',
      '2026-11-01T01:00',
    ]);
  });

  test('finds a time that began before the window', () => {
    expect(
      startsOf(plan(null, '2026-11-01T00:00:00Z'), '2026-11-01T00:59:00Z', '2026-11-02T00:00:00Z'),
    ).toEqual(['2026-11-01T00:00']);
    expect(
      startsOf(plan(null, '2026-11-01T00:00:00Z'), '2026-11-01T01:00:00Z', '2026-11-02T00:00:00Z'),
    ).toEqual([]);
  });

  test('that recurs each second is a mistake', () => {
    const seconds = plan('FREQ=SECONDLY', '2026-11-01T00:00:00Z');

    expect(() => startsOf(seconds, '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z')).toThrow(
      "slo.yaml:1: 'FREQ=SECONDLY' recurs more than 10000 times in one window.",
    );
  });

  test('that is none is refused with its line', () => {
    expect(() => load(LATENCY + changed(UPGRADE, 'FREQ=DAILY;COUNT=2', 'FREQ=NEVER'))).toThrow(
      /slo\.yaml:\d+: 'FREQ=NEVER' is not a recurrence rule/,
    );
  });
});

test('times that overlap or touch are one', () => {
  const span = (fromMs: number, toMs: number) => ({ fromMs, toMs, isRetroactive: false });

  expect(united([span(5, 9), span(0, 3), span(3, 6), span(20, 30)])).toEqual([
    { fromMs: 0, toMs: 9 },
    { fromMs: 20, toMs: 30 },
  ]);
});
